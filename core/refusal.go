package core

import "fmt"

// Reason is the sort of a refusal. The numbers travel on the wire.
type Reason uint8

// The reasons for refusing something.
const (
	Invalid   Reason = 1 // what was entered can't be right
	Missing   Reason = 2 // something needed is absent
	NotFound  Reason = 3
	Forbidden Reason = 4 // role or region doesn't allow it
	Taken     Reason = 5 // used already
	Expired   Reason = 6
	TooLarge  Reason = 7
	NoRoom    Reason = 8 // a disk is full; what was confirmed before is safe
)

// Status gives the HTTP status of answers that refuse for a reason, to tablets
// and browsers alike. This is the only such table; core speaks no HTTP itself,
// hence the bare numbers. A reason of a newer program is a bad request.
func (r Reason) Status() int {
	switch r {
	case Forbidden:
		return 403
	case NotFound:
		return 404
	case Taken:
		return 409
	case Expired:
		return 410
	case TooLarge:
		return 413
	case NoRoom:
		return 507
	}
	return 400
}

// Refusal says what is wrong with what somebody entered. Key names the
// sentence in the translation catalogue, Args fill its placeholders in pairs
// of name and value. A refusal holds no personal data beyond what the person
// just typed.
type Refusal struct {
	Reason Reason
	Field  string // the field it is about, or ""
	Key    string
	Args   []any
}

// Refuse makes a refusal.
func Refuse(r Reason, field, key string, args ...any) *Refusal {
	return &Refusal{Reason: r, Field: field, Key: key, Args: args}
}

// Error writes the refusal in English, for commands and logs.
func (r *Refusal) Error() string {
	s, ok := refusals[r.Key]
	if !ok {
		s = r.Key
	}
	s = fill(s, r.Args)
	if r.Field != "" {
		return r.Field + ": " + s
	}
	return s
}

func fill(s string, args []any) string {
	for i := 0; i+1 < len(args); i += 2 {
		s = replaceAll(s, "{"+fmt.Sprint(args[i])+"}", fmt.Sprint(args[i+1]))
	}
	return s
}

// refusals are the sentences in English; the catalogue has them in every
// language under the same keys.
var refusals = map[string]string{
	"refuse.region":         "{code} is not a region code: give 12 digits or the first 2, 4, 6 or 9",
	"refuse.region.other":   "{code} is outside your area: ask your supervisor for access",
	"refuse.region.none":    "say which village it is in: give a 12-digit region code",
	"refuse.text":           "must be text",
	"refuse.long":           "is longer than {max} characters: shorten it",
	"refuse.integer":        "must be a whole number",
	"refuse.number":         "must be a number",
	"refuse.range":          "must be between {min} and {max}",
	"refuse.yesno":          "must be yes or no",
	"refuse.date":           "must be a date such as 2026-03-15",
	"refuse.time":           "must be a time such as 09:30",
	"refuse.moment":         "must be a moment such as 2026-03-15T09:30:00+08:00",
	"refuse.choice":         "must be one of the listed choices",
	"refuse.choices":        "must be a list of the listed choices",
	"refuse.ref":            "must be the id of a record",
	"refuse.phone":          "must be a mobile number of 11 digits",
	"refuse.idcard":         "is not a valid identity number: check all 18 characters",
	"refuse.idcard.last":    "is not a valid identity number: the last character does not fit the others, so one digit is mistyped",
	"refuse.uscc":           "is not a valid social credit code: check all 18 characters",
	"refuse.file":           "must be the name of an attachment",
	"refuse.file.absent":    "this file is not at the server yet: it arrives when the tablet that has it sends it",
	"refuse.file.elsewhere": "this file is not on the tablet: fetch it from the server",
	"refuse.file.never":     "the settings keep files off every network: change that first",
	"refuse.file.scope":     "this file belongs to no record that you may see",
	"refuse.file.hash":      "the file was changed on its way: it is sent again",
	"refuse.file.picture":   "this is not a picture that can be shown",
	"refuse.file.large":     "the file is larger than {max} MB: attach a smaller one",
	"refuse.file.policy":    "the file is larger than the settings let through by itself: fetch it by hand",
	"refuse.file.damaged":   "the file on the tablet is damaged and no server has it: take the photo again",
	"refuse.file.field":     "this field does not take files",
	"refuse.table":          "must be rows of a table",
	"refuse.form.version":   "{form} has a version {version} with other questions or files already: give the changed form a new version in its settings sheet",
	"refuse.missing":        "is needed",
	"refuse.line.region":    "a monitoring line holds for a province, a prefecture or a county",
	"refuse.line.year":      "a line keeps its year and region: set another line for another year",
	"refuse.line.unit":      "the unit is {unit}: amounts are in CNY/person/year",
	"refuse.form.area":      "say in which regions the form is filled in",
	"refuse.form.role":      "{role} is not a role",
	"refuse.form.none":      "choose the workbook of the form",
	"refuse.preview.size":   "the trial has become too large: begin again",
	"refuse.form.shipped":   "this form comes with the program: export its workbook, change it, give it a new version and add that",
	"refuse.submission.id":  "the submission has no instanceID, so it could not be told from another one",
	"refuse.form.absent":    "there is no form {form} with version {version}: see the list of forms",
	"refuse.form.file":      "the file of this form has not arrived at the server yet",
	"refuse.absent":         "there is no such record",
	"refuse.role":           "your role may not do this: ask your supervisor",
	"refuse.state":          "a record can't go from {from} to {to} by your role",
	"refuse.identity":       "the id follows from {a} and {b}: leave it out or give the right one",
	"refuse.merge.kind":     "only two different households, or two different people, can be one",
	"refuse.merge.deleted":  "one of the two is deleted: a record that is gone can't be merged",
	"refuse.merge.gone":     "one of the two was merged already: undo that, or merge the record that stands for it",
	"refuse.merge.none":     "this record was not merged into another one",
	"refuse.notopen":        "there is no such open conflict: it may have been settled already",
	"refuse.take":           "the choice is ambiguous: give #1, #2 … or a value",
	"refuse.nothing":        "nothing was given to change",
	"refuse.json":           "this line is not a JSON object: {err}",
	"refuse.conflict":       "{id} is not the id of a conflict: copy it from the list of conflicts",

	"refuse.url":              "the server's address must look like https://host:8443",
	"refuse.http":             "plain http is only for a server on this machine: use its https address",
	"refuse.pin":              "give the server's fingerprint: it stands beside the enrollment code",
	"refuse.fingerprint":      "this is not the server that the code was made on, or it got a new key: ask for a new code",
	"refuse.code.absent":      "give the enrollment code",
	"refuse.code.unknown":     "this enrollment code is not known here: check it, or ask for a new one",
	"refuse.code.used":        "this enrollment code was used by another tablet: ask for a new one",
	"refuse.code.expired":     "this enrollment code has expired: ask for a new one",
	"refuse.code.role":        "a code is for the roles field, trainer, supervisor or hub",
	"refuse.enroll":           "this tablet belongs to no server yet: enroll it with a code",
	"refuse.signature":        "the server could not make sure who this tablet is: enroll it again",
	"refuse.challenge":        "signing in took too long: try again",
	"refuse.unknown":          "the server doesn't know this tablet: enroll it again",
	"refuse.wiped":            "the office had this tablet emptied after everything on it was sent: ask there",
	"refuse.session":          "the server ended the session: try again",
	"refuse.segment":          "the server refused damaged or foreign data from this tablet: report this",
	"refuse.message":          "the server could not read the message: update the program on the tablet",
	"refuse.version":          "tablet and server speak different versions: update the older one",
	"refuse.size":             "the message is too large",
	"refuse.busy":             "the server is busy: try again in a minute",
	"refuse.internal":         "the server has a fault: try again later and report it",
	"refuse.answers":          "these are more answers than one form can hold: take some rows out and fill in a second form for them",
	"refuse.command":          "this is too much to save in one go: save it in parts",
	"refuse.full":             "there is no room left on this device: free some space and try again; what was confirmed before is safe",
	"refuse.full.server":      "the server has no room left: tell the office; the work stays safe on the tablet and goes up later",
	"refuse.hub":              "this is a hub and only carries work: decide it in the console of the centre",
	"refuse.delegation.term":  "the centre's permission for this hub has run out: let it reach the centre once",
	"refuse.delegation.count": "this hub has enrolled {max} tablets and may enroll no more: ask the centre",
	"refuse.bundle.foreign":   "this is no bundle of Muqu: choose a file that ends in .muqu",
	"refuse.bundle.none":      "choose a file that ends in .muqu",
	"refuse.bundle.part":      "part {n} of {of} of this bundle is missing: put all parts into one folder",
	"refuse.bundle.parts":     "this makes more than {max} files: choose a larger size for each",
	"refuse.bundle.other":     "this bundle is for somebody else: take it to the server or tablet that it was made for",
	"refuse.bundle.tablet":    "this bundle is for a tablet: import it there",
	"refuse.bundle.cut":       "the bundle is cut off or damaged: copy it again; nothing was taken from it",
	"refuse.bundle.forged":    "the bundle's signature does not fit; nothing was taken from it: report this",
	"refuse.bundle.newer":     "the bundle was made by a newer program: update this one first",
	"refuse.bundle.gap":       "this bundle goes on from something that is not here: ask the centre for a whole one",
	"refuse.gap":              "nothing waits behind a gap there: it may have been filled or closed already",
	"refuse.held":             "too much waits for entries that are missing: ask an administrator to close the gap",
	"refuse.device":           "there is no such tablet",
	"refuse.user":             "there is no such account",
	"refuse.username":         "an account needs a name of at most 40 characters",
	"refuse.rolename":         "there is no such role",
	"refuse.password":         "a password needs at least {min} characters",
	"refuse.locked":           "too many wrong passwords: wait a quarter of an hour",
	"refuse.signin":           "name or password is wrong",
}
