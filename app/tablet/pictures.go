package tablet

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
)

// pictures is a folder of photos and signatures, each under the hash of its
// content, so that the same picture is kept once.
type pictures struct{ dir string }

// Keep implements screen.Pictures. The file is complete on disk before its
// name is known to anybody.
func (p pictures) Keep(data []byte, kind string) (string, error) {
	if err := os.MkdirAll(p.dir, 0o700); err != nil {
		return "", fmt.Errorf("keep picture: %w", err)
	}
	sum := sha256.Sum256(data)
	name := hex.EncodeToString(sum[:]) + "." + kind
	file, err := os.CreateTemp(p.dir, "new-*")
	if err != nil {
		return "", fmt.Errorf("keep picture: %w", err)
	}
	defer os.Remove(file.Name()) // gone already when all went well
	if _, err = file.Write(data); err == nil {
		err = file.Sync()
	}
	if closed := file.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = os.Rename(file.Name(), p.Path(name))
	}
	if err != nil {
		return "", fmt.Errorf("keep picture: %w", err)
	}
	return name, nil
}

// Path implements screen.Pictures.
func (p pictures) Path(name string) string { return filepath.Join(p.dir, filepath.Base(name)) }
