package story

import (
	"syscall"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestFullDisks plays what happens on disks that are full, on real ones in
// memory. It takes the right to mount them; the lives of sync/simtest fill up
// disks without it.
func TestFullDisks(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=64k"); err != nil {
		t.Skipf("no right to mount: %v", err)
	}
	if err := syscall.Unmount(dir, 0); err != nil {
		t.Fatal(err)
	}
	p := params("testdata/disk")
	p.Cmds["disk"] = mountDisk
	testscript.Run(t, p)
}

// mountDisk DIR SIZE: a disk of that size, or a disk with that size from now on.
func mountDisk(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: disk DIR SIZE")
	}
	dir := ts.MkAbs(args[0])
	if ts.Getenv("DISK_"+args[0]) != "" {
		ts.Check(syscall.Mount("tmpfs", dir, "tmpfs", syscall.MS_REMOUNT, "size="+args[1]))
		return
	}
	ts.Setenv("DISK_"+args[0], "mounted")
	ts.Check(ts.Exec("mkdir", "-p", dir))
	ts.Check(syscall.Mount("tmpfs", dir, "tmpfs", 0, "size="+args[1]))
	ts.Defer(func() { _ = syscall.Unmount(dir, syscall.MNT_DETACH) })
}
