package disktest

import (
	"bytes"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"unsafe"

	"modernc.org/libc"
	lib "modernc.org/sqlite/lib"
)

// mounted are the disks that are watched.
var mounted struct {
	sync.RWMutex
	list map[*Disk]bool
}

func mount(d *Disk) {
	mounted.Lock()
	defer mounted.Unlock()
	if mounted.list == nil {
		mounted.list = make(map[*Disk]bool)
	}
	mounted.list[d] = true
}

func unmount(d *Disk) {
	mounted.Lock()
	defer mounted.Unlock()
	delete(mounted.list, d)
}

// diskOf finds the disk that a file lies on, nil if it is none of ours.
func diskOf(path string) *Disk {
	mounted.RLock()
	defer mounted.RUnlock()
	for d := range mounted.list {
		if strings.HasPrefix(path, d.root) {
			return d
		}
	}
	return nil
}

// handle is what SQLite holds of an open file: our methods, our number of the
// file, and behind them the file of the VFS below.
type handle struct {
	methods uintptr
	id      uintptr
}

const handleSize = int32(unsafe.Sizeof(handle{}))

// file is an open file.
type file struct {
	disk    *Disk // nil: not watched
	path    string
	content *content
	entry   bool // the first sync makes its name safe as well
}

var (
	lastID  atomic.Uintptr
	open    sync.Map // id -> *file
	below   *lib.Tsqlite3_vfs
	belowAt uintptr
	ours    lib.Tsqlite3_vfs
	methods lib.Tsqlite3_io_methods
)

// at reads a pointer of SQLite's, whose memory Go doesn't manage.
func at[T any](p uintptr) *T { return *(**T)(unsafe.Pointer(&p)) }

// slice gives the n bytes that begin at a pointer of SQLite's.
func slice(p uintptr, n int) []byte { return unsafe.Slice(at[byte](p), n) }

// call makes a function of a pointer as SQLite holds it; pointer is the
// reverse.
func call[F any](p uintptr) F { return *(*F)(unsafe.Pointer(&struct{ p uintptr }{p})) }

func pointer(f any) uintptr { return (*[2]uintptr)(unsafe.Pointer(&f))[1] }

// install makes our VFS the default of this process, once.
var install = sync.OnceValue(func() error {
	tls := libc.NewTLS()
	defer tls.Close()
	belowAt = lib.Xsqlite3_vfs_find(tls, 0)
	below = at[lib.Tsqlite3_vfs](belowAt)
	name, err := libc.CString("muqu-disk")
	if err != nil {
		return fmt.Errorf("install vfs: %w", err)
	}
	ours = *below
	ours.FpNext, ours.FzName, ours.FszOsFile = 0, name, below.FszOsFile+handleSize
	ours.FxOpen, ours.FxDelete, ours.FxAccess, ours.FxFullPathname = pointer(xOpen), pointer(xDelete), pointer(xAccess), pointer(xFullPathname)
	methods = lib.Tsqlite3_io_methods{
		FiVersion: 2, // without memory mapping, which would hide writes from us
		FxClose:   pointer(xClose), FxRead: pointer(xRead), FxWrite: pointer(xWrite), FxTruncate: pointer(xTruncate), FxSync: pointer(xSync),
		FxFileSize: pointer(xFileSize), FxLock: pointer(xLock), FxUnlock: pointer(xUnlock), FxCheckReservedLock: pointer(xCheckReservedLock),
		FxFileControl: pointer(xFileControl), FxSectorSize: pointer(xSectorSize), FxDeviceCharacteristics: pointer(xDeviceCharacteristics),
		FxShmMap: pointer(xShmMap), FxShmLock: pointer(xShmLock), FxShmBarrier: pointer(xShmBarrier), FxShmUnmap: pointer(xShmUnmap),
	}
	if rc := lib.Xsqlite3_vfs_register(tls, uintptr(unsafe.Pointer(&ours)), 1); rc != lib.SQLITE_OK {
		return fmt.Errorf("install vfs: code %d", rc)
	}
	return nil
})

func fileOf(p uintptr) *file {
	f, _ := open.Load(at[handle](p).id)
	return f.(*file)
}

// inner is the file of the VFS below.
func inner(p uintptr) uintptr { return p + uintptr(handleSize) }

func innerMethods(p uintptr) *lib.Tsqlite3_io_methods {
	return at[lib.Tsqlite3_io_methods](at[lib.Tsqlite3_file](inner(p)).FpMethods)
}

func xOpen(tls *libc.TLS, _, zName, p uintptr, flags int32, out uintptr) int32 {
	*at[handle](p) = handle{}
	f := &file{}
	if zName != 0 {
		f.path = filepath.Clean(libc.GoString(zName))
		f.disk = diskOf(f.path)
	}
	if f.disk != nil {
		f.disk.mu.Lock()
		defer f.disk.mu.Unlock()
		if f.disk.off {
			return lib.SQLITE_IOERR
		}
	}
	rc := call[func(*libc.TLS, uintptr, uintptr, uintptr, int32, uintptr) int32](below.FxOpen)(tls, belowAt, zName, inner(p), flags, out)
	if rc != lib.SQLITE_OK {
		return rc
	}
	if f.disk != nil {
		f.content = f.disk.open(f.path)
		f.entry = flags&(lib.SQLITE_OPEN_WAL|lib.SQLITE_OPEN_MAIN_JOURNAL|lib.SQLITE_OPEN_SUPER_JOURNAL) != 0
	}
	id := lastID.Add(1)
	open.Store(id, f)
	*at[handle](p) = handle{uintptr(unsafe.Pointer(&methods)), id}
	return lib.SQLITE_OK
}

func xDelete(tls *libc.TLS, _, zName uintptr, syncDir int32) int32 {
	path := filepath.Clean(libc.GoString(zName))
	d := diskOf(path)
	if d != nil {
		d.mu.Lock()
		defer d.mu.Unlock()
		if gone, _ := d.effect(); gone {
			return lib.SQLITE_IOERR_DELETE
		}
	}
	rc := call[func(*libc.TLS, uintptr, uintptr, int32) int32](below.FxDelete)(tls, belowAt, zName, syncDir)
	if d != nil && rc == lib.SQLITE_OK {
		d.remove(path)
		if syncDir != 0 {
			d.syncFolder(filepath.Dir(path))
		}
	}
	return rc
}

func xAccess(tls *libc.TLS, _, zName uintptr, flags int32, out uintptr) int32 {
	return call[func(*libc.TLS, uintptr, uintptr, int32, uintptr) int32](below.FxAccess)(tls, belowAt, zName, flags, out)
}

func xFullPathname(tls *libc.TLS, _, zName uintptr, n int32, out uintptr) int32 {
	return call[func(*libc.TLS, uintptr, uintptr, int32, uintptr) int32](below.FxFullPathname)(tls, belowAt, zName, n, out)
}

func xClose(tls *libc.TLS, p uintptr) int32 {
	rc := call[func(*libc.TLS, uintptr) int32](innerMethods(p).FxClose)(tls, inner(p))
	open.Delete(at[handle](p).id)
	return rc
}

func xRead(tls *libc.TLS, p, buffer uintptr, n int32, offset int64) int32 {
	if f := fileOf(p); f.disk != nil && f.disk.Off() {
		return lib.SQLITE_IOERR_READ
	}
	return call[func(*libc.TLS, uintptr, uintptr, int32, int64) int32](innerMethods(p).FxRead)(tls, inner(p), buffer, n, offset)
}

func xWrite(tls *libc.TLS, p, buffer uintptr, n int32, offset int64) int32 {
	f := fileOf(p)
	write := call[func(*libc.TLS, uintptr, uintptr, int32, int64) int32](innerMethods(p).FxWrite)
	if f.disk == nil {
		return write(tls, inner(p), buffer, n, offset)
	}
	f.disk.mu.Lock()
	defer f.disk.mu.Unlock()
	gone, first := f.disk.effect()
	data := bytes.Clone(slice(buffer, int(n)))
	if gone {
		if first { // it was on its way
			f.content.pending = append(f.content.pending, effect{offset, data})
		}
		return lib.SQLITE_IOERR_WRITE
	}
	var size int64
	if rc := sizeOf(tls, p, &size); rc != lib.SQLITE_OK {
		return rc
	}
	if f.disk.crowded() && offset+int64(n) > size {
		f.disk.refused++
		if data = data[:n/2]; len(data) == 0 || write(tls, inner(p), buffer, n/2, offset) != lib.SQLITE_OK {
			return lib.SQLITE_FULL
		}
		f.content.pending = append(f.content.pending, effect{offset, data}) // what there was room for
		return lib.SQLITE_FULL
	}
	rc := write(tls, inner(p), buffer, n, offset)
	if rc == lib.SQLITE_OK {
		f.content.pending = append(f.content.pending, effect{offset, data})
	}
	return rc
}

func sizeOf(tls *libc.TLS, p uintptr, size *int64) int32 {
	out := tls.Alloc(8)
	defer tls.Free(8)
	rc := xFileSize(tls, p, out)
	*size = *at[int64](out)
	return rc
}

func xTruncate(tls *libc.TLS, p uintptr, size int64) int32 {
	f := fileOf(p)
	if f.disk != nil {
		f.disk.mu.Lock()
		defer f.disk.mu.Unlock()
		gone, first := f.disk.effect()
		if !gone || first {
			f.content.pending = append(f.content.pending, effect{at: size})
		}
		if gone {
			return lib.SQLITE_IOERR_TRUNCATE
		}
	}
	return call[func(*libc.TLS, uintptr, int64) int32](innerMethods(p).FxTruncate)(tls, inner(p), size)
}

// xSync makes a file safe. The disk below is not asked: its power stays.
func xSync(tls *libc.TLS, p uintptr, flags int32) int32 {
	f := fileOf(p)
	if f.disk == nil {
		return call[func(*libc.TLS, uintptr, int32) int32](innerMethods(p).FxSync)(tls, inner(p), flags)
	}
	f.disk.mu.Lock()
	defer f.disk.mu.Unlock()
	if gone, _ := f.disk.effect(); gone {
		return lib.SQLITE_IOERR_FSYNC
	}
	if f.disk.lies {
		return lib.SQLITE_OK
	}
	f.content.sync()
	if f.entry {
		f.entry = false
		f.disk.syncFolder(filepath.Dir(f.path))
	}
	return lib.SQLITE_OK
}

func xFileSize(tls *libc.TLS, p, out uintptr) int32 {
	return call[func(*libc.TLS, uintptr, uintptr) int32](innerMethods(p).FxFileSize)(tls, inner(p), out)
}

func xLock(tls *libc.TLS, p uintptr, level int32) int32 {
	return call[func(*libc.TLS, uintptr, int32) int32](innerMethods(p).FxLock)(tls, inner(p), level)
}

func xUnlock(tls *libc.TLS, p uintptr, level int32) int32 {
	return call[func(*libc.TLS, uintptr, int32) int32](innerMethods(p).FxUnlock)(tls, inner(p), level)
}

func xCheckReservedLock(tls *libc.TLS, p, out uintptr) int32 {
	return call[func(*libc.TLS, uintptr, uintptr) int32](innerMethods(p).FxCheckReservedLock)(tls, inner(p), out)
}

func xFileControl(tls *libc.TLS, p uintptr, op int32, arg uintptr) int32 {
	return call[func(*libc.TLS, uintptr, int32, uintptr) int32](innerMethods(p).FxFileControl)(tls, inner(p), op, arg)
}

func xSectorSize(tls *libc.TLS, p uintptr) int32 {
	return call[func(*libc.TLS, uintptr) int32](innerMethods(p).FxSectorSize)(tls, inner(p))
}

func xDeviceCharacteristics(tls *libc.TLS, p uintptr) int32 {
	return call[func(*libc.TLS, uintptr) int32](innerMethods(p).FxDeviceCharacteristics)(tls, inner(p))
}

func xShmMap(tls *libc.TLS, p uintptr, region, size, extend int32, out uintptr) int32 {
	return call[func(*libc.TLS, uintptr, int32, int32, int32, uintptr) int32](innerMethods(p).FxShmMap)(tls, inner(p), region, size, extend, out)
}

func xShmLock(tls *libc.TLS, p uintptr, offset, n, flags int32) int32 {
	return call[func(*libc.TLS, uintptr, int32, int32, int32) int32](innerMethods(p).FxShmLock)(tls, inner(p), offset, n, flags)
}

func xShmBarrier(tls *libc.TLS, p uintptr) {
	call[func(*libc.TLS, uintptr)](innerMethods(p).FxShmBarrier)(tls, inner(p))
}

func xShmUnmap(tls *libc.TLS, p uintptr, remove int32) int32 {
	return call[func(*libc.TLS, uintptr, int32) int32](innerMethods(p).FxShmUnmap)(tls, inner(p), remove)
}
