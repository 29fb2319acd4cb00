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

// wantFiles notes the files of a record that this tablet has never heard of:
// of pictures the thumbnail is wanted.
func wantFiles(tx store.Tx, files []core.FileName) error {
	for _, name := range files {
		_, found, err := tx.File(name)
		if err == nil && !found {
			f := store.File{Name: name}
			if name.Picture() {
				f.Wanted = store.Thumb
			}
			err = tx.PutFile(&f)
		}
		if err != nil {
			return fmt.Errorf("want file %s: %w", name, err)
		}
	}
	return nil
}
