package client

import (
	"fmt"

	"muqu/core"
	"muqu/core/change"
	"muqu/core/store"
)

// confirmFiles notes that an own entry names files: from now on they are to be
// sent. It shares the transaction of the entry.
func confirmFiles(tx store.Tx, fields []change.Field) error {
	for i := range fields {
		for _, name := range core.FilesIn(fields[i].Value) {
			f, found, err := tx.File(name)
			if err == nil && found && f.Own && !f.Confirmed {
				f.Confirmed = true
				err = tx.PutFile(&f)
			}
			if err != nil {
				return fmt.Errorf("confirm file %s: %w", name, err)
			}
		}
	}
	return nil
}

// wantFiles notes the files of a record: of pictures that this tablet has never
// heard of the thumbnail is wanted, and all of what the kind says is for it,
// such as a form that its worker is to fill in.
func (s *state) wantFiles(tx store.Tx, r *core.Record, files []core.FileName) error {
	if len(files) == 0 {
		return nil
	}
	fetch := core.KindOf(r.Kind).Fetch
	whole := fetch != nil && !r.Deleted && fetch(r, core.Person{Name: s.Name, Role: s.Role, Scope: s.Scope})
	for _, name := range files {
		f, found, err := tx.File(name)
		want := f.Wanted
		if !found {
			f.Name = name
			if name.Picture() {
				want |= store.Thumb
			}
		}
		if whole && f.Held&store.Whole == 0 {
			want |= store.Whole
		}
		if err == nil && (!found || want != f.Wanted) {
			f.Wanted = want
			err = tx.PutFile(&f)
		}
		if err != nil {
			return fmt.Errorf("want file %s: %w", name, err)
		}
	}
	return nil
}
