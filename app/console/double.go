package console

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/base64"
	"net/http"
	"slices"
	"strings"
	"time"

	"muqu/core"
	"muqu/core/change"
)

type doublesPage struct {
	Frame
	Pairs []doubleRow
	More  string // where to look further; "" at the end
}

type doubleRow struct {
	To      string
	Kind    string
	A, B    doubleSide
	Degree  string
	Reasons string
}

type doubleSide struct {
	To, Title, Place, Group, Phone, Number string
}

// A page looks no longer than this and shows no more pairs than that; it reads
// stretch by stretch, each in a transaction of its own, so that nobody waits
// for it however many records there are.
const (
	doublesTime = 400 * time.Millisecond
	doublesMax  = 50
)

// doubles lists pairs that may be one household or person.
func (v *visit) doubles() error {
	p := &doublesPage{Frame: v.frame("double.title")}
	kind, at, _ := strings.Cut(v.unseal(v.r.FormValue("at")), " ")
	for end := time.Now().Add(doublesTime); ; {
		if kind == "" {
			kind = nextMergeable("")
		}
		pairs, next, err := core.Suspects(v.ctx, v.desk, kind, at)
		if err != nil {
			return err
		}
		for i := range pairs {
			p.Pairs = append(p.Pairs, v.doubleRow(&pairs[i]))
		}
		if at = next; at == "" {
			kind = nextMergeable(kind)
		}
		if kind == "" {
			break
		}
		if len(p.Pairs) >= doublesMax || time.Now().After(end) {
			p.More = "/doubles?at=" + v.seal(kind+" "+at)
			break
		}
	}
	v.render(http.StatusOK, "doubles", p)
	return nil
}

// nextMergeable gives the kind after one among those that can be merged.
func nextMergeable(kind string) string {
	after := kind == ""
	for _, k := range core.Kinds() {
		if after && k.Mergeable() {
			return k.Name
		}
		after = after || k.Name == kind
	}
	return ""
}

// newSeal makes the key under which places are sealed, anew at each start.
func newSeal() (cipher.AEAD, error) {
	key := make([]byte, 32)
	_, _ = rand.Read(key) // never fails
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}

// seal makes a place in an index unreadable, because it may be somebody's
// number and addresses of pages are kept in many books.
func (c *Console) seal(text string) string {
	nonce := make([]byte, c.places.NonceSize())
	_, _ = rand.Read(nonce) // never fails
	return base64.RawURLEncoding.EncodeToString(c.places.Seal(nonce, nonce, []byte(text), nil))
}

// unseal reads such a place; of one from before the server was started anew
// nothing can be read, and one looks from the beginning.
func (c *Console) unseal(text string) string {
	b, err := base64.RawURLEncoding.DecodeString(text)
	if n := c.places.NonceSize(); err == nil && len(b) > n {
		if plain, err := c.places.Open(nil, b[:n], b[n:], nil); err == nil {
			return string(plain)
		}
	}
	return ""
}

func (v *visit) doubleRow(p *core.Pair) doubleRow {
	return doubleRow{To: pairURL(p.A.Kind, p.A.ID, p.B.ID), Kind: v.words.Kind(p.A.Kind), A: v.doubleSide(&p.A), B: v.doubleSide(&p.B),
		Degree: v.degree(p.Alike), Reasons: v.reasons(p.Alike)}
}

func (v *visit) degree(a core.Alike) string {
	if a.Degree() == "" {
		return ""
	}
	return v.words.T("double.degree." + a.Degree())
}

func (v *visit) reasons(a core.Alike) string {
	var out []string
	for _, r := range a.Reasons {
		out = append(out, v.words.T("double.reason."+r))
	}
	return v.join(out)
}

func (v *visit) doubleSide(r *core.Record) doubleSide {
	k := core.KindOf(r.Kind)
	shown := func(field string) string {
		if field == "" {
			return ""
		}
		return v.show(k.Field(field), r.Field(field))
	}
	return doubleSide{To: recordURL(r.Ref), Title: v.titleOr(r), Place: v.cfg.Regions().Name(r.Region),
		Group: shown(k.Double.Group), Phone: shown(k.Double.Phone), Number: shown(k.Double.Number)}
}

// titleOr names a record, one without a name by its id.
func (v *visit) titleOr(r *core.Record) string {
	if title := v.title(r); title != "" {
		return title
	}
	return r.ID.String()
}

func pairURL(kind string, a, b change.RecordID) string {
	return "/double/" + kind + "/" + a.String() + "/" + b.String()
}

type doublePage struct {
	Frame
	Gives, Stays    doubleSide
	Degree, Reasons string
	Rows            []compareRow
	Swap            string
	Seen            change.Seen
	MayEdit         bool
	Apart           bool // somebody said that they are not the same
	Gone            bool // one of them gave way already
}

type compareRow struct {
	Label, Gives, Stays string
	Register            string // may be taken over; "" if there is nothing to
	Other               bool   // the two say something else
}

// pair reads the two records of the address. The first is the one that stays.
func (v *visit) pair() (core.Pair, error) {
	kind := v.r.PathValue("kind")
	stays, err := change.ParseRecordID(v.r.PathValue("stays"))
	gives, err2 := change.ParseRecordID(v.r.PathValue("gives"))
	if err != nil || err2 != nil || !core.KindOf(kind).Mergeable() {
		return core.Pair{}, core.Refuse(core.NotFound, "", "refuse.absent")
	}
	return core.FindPair(v.ctx, v.desk, kind, stays, gives)
}

// double shows two records side by side.
func (v *visit) double() error {
	pair, err := v.pair()
	if err != nil {
		return err
	}
	stays, gives := &pair.A, &pair.B
	p := &doublePage{Frame: v.frame("double.pair"), Gives: v.doubleSide(gives), Stays: v.doubleSide(stays), Degree: v.degree(pair.Alike), Reasons: v.reasons(pair.Alike),
		Swap: pairURL(gives.Kind, gives.ID, stays.ID), Seen: stays.Seen, MayEdit: v.person.Role.MayWrite(gives.Kind),
		Apart: core.ToldApart(stays, gives), Gone: stays.GaveWay() || gives.GaveWay() || stays.Deleted || gives.Deleted}
	p.Rows = append(p.Rows, compareRow{Label: v.words.Field(gives.Kind, "region"), Gives: p.Gives.Place, Stays: p.Stays.Place, Other: gives.Region != stays.Region})
	p.Rows = append(p.Rows, v.compareRows(gives, stays)...)
	v.render(http.StatusOK, "double", p)
	return nil
}

// compareRows lists what either knows.
func (v *visit) compareRows(gives, stays *core.Record) []compareRow {
	k := core.KindOf(gives.Kind)
	other := make(map[string]core.Difference)
	for _, d := range core.Differences(gives, stays) {
		other[d.Register] = d
	}
	var out []compareRow
	done := make(map[string]bool)
	for _, f := range k.Fields {
		reg := f.Register()
		if f.Name == core.MergedInto || f.Name == core.NotSameAs || done[reg] {
			continue
		}
		done[reg] = reg != f.Name || f.Group != ""
		row := compareRow{Label: v.registerName(k.Name, reg)}
		row.Gives, row.Stays = v.shownOf(gives, k, reg), v.shownOf(stays, k, reg)
		if row.Gives == "" && row.Stays == "" {
			continue
		}
		if d, ok := other[reg]; ok {
			row.Other = true
			if !d.Open {
				row.Register = reg
			}
		}
		out = append(out, row)
	}
	return out
}

// shownOf writes what a record holds in a register.
func (v *visit) shownOf(r *core.Record, k *core.Kind, register string) string {
	var out []string
	for _, f := range k.Fields {
		if f.Register() == register {
			if text := v.show(k.Field(f.Name), r.Field(f.Name)); text != "" {
				out = append(out, text)
			}
		}
	}
	return v.join(out)
}

// decideDouble merges two records, or notes that they are not the same.
func (v *visit) decideDouble() error {
	pair, err := v.pair()
	if err != nil {
		return err
	}
	stays, gives := pair.A, pair.B
	if err := v.r.ParseForm(); err != nil {
		return core.Refuse(core.TooLarge, "", "refuse.size")
	}
	seen := seenOf(v.r.PostForm)
	stays.Seen, gives.Seen = seen, seen
	edits := []core.Edit{core.Differ(gives, stays.ID)}
	to := "/doubles"
	if v.r.PostForm.Get("do") == "merge" {
		if edits, err = core.Merge(gives, stays, v.r.PostForm["take"]); err != nil {
			return err
		}
		to = recordURL(stays.Ref) + "?saved=1"
	}
	if _, err := v.desk.Commit(v.ctx, edits); err != nil {
		return err
	}
	return v.back(to)
}

// unmerge undoes the merge of a record.
func (v *visit) unmerge() error {
	ref, err := v.ref()
	if err != nil {
		return err
	}
	r, found, err := v.desk.Get(v.ctx, ref)
	if err != nil {
		return err
	}
	if !found {
		return core.Refuse(core.NotFound, "", "refuse.absent")
	}
	if err := v.r.ParseForm(); err != nil {
		return core.Refuse(core.TooLarge, "", "refuse.size")
	}
	r.Seen = seenOf(v.r.PostForm)
	e, err := core.Unmerge(r)
	if err != nil {
		return err
	}
	if _, err := v.desk.Commit(v.ctx, []core.Edit{e}); err != nil {
		return err
	}
	return v.back(recordURL(ref) + "?saved=1")
}

type mergedPart struct {
	Gone     string // what to say where the record gave way; "" if it stands
	To       string // the record that stays
	Unmerge  string // where its merge is undone
	MergedIn []mergedRow
}

type mergedRow struct{ Title, To, Unmerge string }

// merged says which record stands for this one, and for which it stands.
func (v *visit) merged(r *core.Record) (mergedPart, error) {
	var p mergedPart
	if r.GaveWay() {
		stays := core.Ref{Kind: r.Kind, ID: r.Stays}
		p.To, p.Gone = recordURL(stays), v.words.T("double.gone", "name", v.titleOf(r.Kind, r.Stays.String()))
		p.Unmerge = recordURL(r.Ref) + "/unmerge"
		return p, nil
	}
	gone, err := core.MergedIn(v.ctx, v.desk, r.Ref)
	slices.SortFunc(gone, func(a, b core.Record) int { return strings.Compare(a.ID.String(), b.ID.String()) })
	for i := range gone {
		p.MergedIn = append(p.MergedIn, mergedRow{To: recordURL(gone[i].Ref), Title: v.titleOr(&gone[i]), Unmerge: recordURL(gone[i].Ref) + "/unmerge"})
	}
	return p, err
}
