package console

import (
	"net/url"

	"muqu/core"
	"muqu/core/change"
)

// shownFile is one file of a field on a record's page.
type shownFile struct {
	Label string
	Thumb string // address of its thumbnail; "": it has none, or may not be shown yet
	Whole string // address of the file; "": it has not arrived, or may not be shown yet
}

// file answers with a file of a record, or its thumbnail.
func (v *visit) file() error {
	name, ok := core.ParseFileName(v.r.PathValue("name"))
	if !ok {
		return core.Refuse(core.NotFound, "", "refuse.absent")
	}
	q := v.r.URL.Query()
	id, err := change.ParseRecordID(q.Get("record"))
	if err != nil {
		return core.Refuse(core.NotFound, "", "refuse.absent")
	}
	return v.desk.ServeFile(v.w, v.r, core.Ref{Kind: q.Get("kind"), ID: id}, name, q.Get("size") == "thumb")
}

func fileURL(ref core.Ref, name core.FileName, thumb bool) string {
	q := url.Values{"kind": {ref.Kind}, "record": {ref.ID.String()}}
	if thumb {
		q.Set("size", "thumb")
	}
	return "/files/" + string(name) + "?" + q.Encode()
}

// files lists the files of a value. Of a personal document nothing is shown
// before somebody says that they want to look.
func (v *visit) files(ref core.Ref, f core.Field, value change.Value, unmasked bool) (out []shownFile, masked bool) {
	for _, name := range core.FilesIn(value) {
		s := shownFile{Label: v.fileLabel(name)}
		switch {
		case !v.desk.HasFile(name):
			s.Label += " · " + v.words.T("console.file.later")
		case f.Sensitive != core.Open && !unmasked:
			masked = true
		default:
			s.Whole = fileURL(ref, name, false)
			if name.Picture() {
				s.Thumb = fileURL(ref, name, true)
			}
		}
		out = append(out, s)
	}
	return out, masked
}

// fileLabel tells files apart without filling the page with their hashes.
func (v *visit) fileLabel(name core.FileName) string {
	if name.Picture() {
		return v.words.T("console.file.picture", "name", string(name[:6]))
	}
	return v.words.T("console.file.other", "name", string(name[:6]), "sort", name.Sort())
}

// later counts the files of a record that have not arrived.
func (v *visit) later(r *core.Record) (n int) {
	for _, name := range core.FilesOf(r) {
		if !v.desk.HasFile(name) {
			n++
		}
	}
	return n
}
