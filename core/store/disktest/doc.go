// Package disktest is a disk whose power can go at any moment and that can be
// full, for tests of what stands on SQLite.
//
// A [Disk] watches a folder. Databases in it work as ever, on real files with
// real locks; beside that the disk knows of every write, truncation, creation
// and deletion whether a sync has made it safe. At a chosen effect the power
// goes: everything fails from there on. [Disk.PowerUp] then puts on the real
// disk what might be found there: of each effect that no sync had made safe,
// nothing, all, or some sectors of 512 bytes, each on its own, in whatever
// order. The shared memory beside a database is always gone.
//
// What it takes for granted: a sync that says it is done is done, a file that
// its owner made before SQLite opened it is safe, and sectors that nobody writes
// don't change. [Disk.Lie] breaks the first of these, to see that a test notices.
//
// SQLite is reached by a VFS of our own that becomes the default of the test
// program, so that the programs' own code is tested unchanged; files of other
// folders pass through it.
package disktest
