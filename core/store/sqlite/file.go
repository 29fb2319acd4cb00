package sqlite

import (
	"fmt"
	"math"

	"muqu/core"
	"muqu/core/change"
	"muqu/core/store"
)

const (
	fileColumns   = `name, size, held, wanted, own, confirmed, safe, receipt, received_ms, upload, original, trouble`
	sqlPutFile    = `INSERT OR REPLACE INTO file (` + fileColumns + `) VALUES (?,?,?,?,?,?,?,?,?,?,?,?)`
	sqlFile       = `SELECT ` + fileColumns + ` FROM file WHERE name=?`
	sqlRemoveFile = `DELETE FROM file WHERE name=?`
	sqlVoidFiles  = `UPDATE file SET safe=0, receipt=x'', received_ms=0, upload='' WHERE safe<>0 OR upload<>''`
	sqlNamedBy    = `SELECT r.kind, r.uuid FROM named n JOIN record r ON r.id=n.record WHERE n.file=? ORDER BY r.kind, r.uuid`

	// Each set is a condition, and an order in which the list goes on after
	// the number ?1 and the name ?2. The conditions are those of the indexes.
	setUnsent  = ` FROM file WHERE safe = 0 AND held >= 2 AND confirmed >= own`
	setAtHub   = ` FROM file WHERE safe=1`
	setWanted  = ` FROM file WHERE (wanted & ~held) <> 0`
	setUnnamed = ` FROM file WHERE (own=0 OR safe=2 AND confirmed=1) AND NOT EXISTS (SELECT 1 FROM named n WHERE n.file=file.name)`
	setSettled = ` FROM file WHERE own = 1 AND safe = 2 AND held >= 2`

	bySize     = ` AND (size, name) > (?1, ?2) ORDER BY size, name LIMIT ?3`
	byName     = ` AND ?1 < 9e18 AND name > ?2 ORDER BY name LIMIT ?3`
	byReceived = ` AND (received_ms, name) > (?1, ?2) ORDER BY received_ms, name LIMIT ?3`

	sqlCountFilesUnsent  = `SELECT count(*), coalesce(sum(size),0)` + setUnsent
	sqlCountFilesAtHub   = `SELECT count(*), coalesce(sum(size),0)` + setAtHub
	sqlCountFilesWanted  = `SELECT count(*), coalesce(sum(size),0)` + setWanted
	sqlCountFilesUnnamed = `SELECT count(*), coalesce(sum(size),0)` + setUnnamed
	sqlCountFilesSettled = `SELECT count(*), coalesce(sum(size),0)` + setSettled
	sqlListFilesUnsent   = `SELECT ` + fileColumns + setUnsent + bySize
	sqlListFilesAtHub    = `SELECT ` + fileColumns + setAtHub + byName
	sqlListFilesWanted   = `SELECT ` + fileColumns + setWanted + byName
	sqlListFilesUnnamed  = `SELECT ` + fileColumns + setUnnamed + byName
	sqlListFilesSettled  = `SELECT ` + fileColumns + setSettled + byReceived
)

// fileSet gives the statements of a set, and the number by which it is sorted
// before the name.
func fileSet(set store.FileSet) (count, list string, number func(*store.File) int64) {
	none := func(*store.File) int64 { return 0 }
	switch set {
	case store.FilesUnsent:
		return sqlCountFilesUnsent, sqlListFilesUnsent, func(f *store.File) int64 { return f.Size }
	case store.FilesAtHub:
		return sqlCountFilesAtHub, sqlListFilesAtHub, none
	case store.FilesWanted:
		return sqlCountFilesWanted, sqlListFilesWanted, none
	case store.FilesUnnamed:
		return sqlCountFilesUnnamed, sqlListFilesUnnamed, none
	case store.FilesSettled:
		return sqlCountFilesSettled, sqlListFilesSettled, func(f *store.File) int64 { return int64(f.Received) }
	}
	panic(fmt.Sprintf("sqlite: no set of files %d", set))
}

// PutFile writes what is known of a file.
func (t *tx) PutFile(f *store.File) error {
	return t.run(sqlPutFile, string(f.Name), f.Size, int(f.Held), int(f.Wanted), f.Own, f.Confirmed, int(f.Safe), blob(f.Receipt), int64(f.Received), f.Upload, string(f.Original), f.Trouble)
}

// File reads what is known of a file.
func (t *tx) File(name core.FileName) (store.File, bool, error) {
	list, err := t.files(sqlFile, string(name))
	return first(list, err)
}

// ListFiles reads the next files of a set.
func (t *tx) ListFiles(set store.FileSet, after *store.File, limit int) ([]store.File, error) {
	_, text, number := fileSet(set)
	at, name := int64(math.MinInt64), ""
	if after != nil {
		at, name = number(after), string(after.Name)
	}
	return t.files(text, at, name, limit)
}

// CountFiles counts a set.
func (t *tx) CountFiles(set store.FileSet) (n int, bytes int64, err error) {
	text, _, _ := fileSet(set)
	_, err = t.one(text, nil, &n, &bytes)
	return n, bytes, err
}

func (t *tx) files(text string, args ...any) ([]store.File, error) {
	var out []store.File
	err := t.each(text, args, func(scan func(...any) error) error {
		var f store.File
		var name, original string
		var received int64
		if err := scan(&name, &f.Size, &f.Held, &f.Wanted, &f.Own, &f.Confirmed, &f.Safe, &f.Receipt, &received, &f.Upload, &original, &f.Trouble); err != nil {
			return err
		}
		f.Name, f.Original, f.Received = core.FileName(name), core.FileName(original), change.Millis(received)
		if len(f.Receipt) == 0 {
			f.Receipt = nil
		}
		out = append(out, f)
		return nil
	})
	return out, err
}

// NamedBy gives the records that name a file.
func (t *tx) NamedBy(name core.FileName) ([]core.Ref, error) {
	var out []core.Ref
	err := t.each(sqlNamedBy, []any{string(name)}, func(scan func(...any) error) error {
		var kind string
		var id []byte
		if err := scan(&kind, &id); err != nil {
			return err
		}
		out = append(out, core.Ref{Kind: kind, ID: change.RecordID(id)})
		return nil
	})
	return out, err
}

// VoidFiles forgets that any server has any file.
func (t *tx) VoidFiles() error { return t.run(sqlVoidFiles) }

// RemoveFile forgets a file.
func (t *tx) RemoveFile(name core.FileName) error { return t.run(sqlRemoveFile, string(name)) }
