package command

import (
	"errors"
	"flag"
	"strconv"
)

// Megabytes is a flag that gives a size in millions of bytes; zero: none.
type Megabytes float64

// SplitFlag is the flag that says into files of what size a bundle is split.
func SplitFlag(f *flag.FlagSet) *Megabytes {
	m := new(Megabytes)
	f.Var(m, "split", "`megabytes` that each file may have, for a message or a small stick; 0: one file")
	return m
}

// Bytes is the size in bytes.
func (m *Megabytes) Bytes() int64 { return int64(*m * 1e6) }

// String implements [flag.Value].
func (m *Megabytes) String() string { return strconv.FormatFloat(float64(*m), 'g', -1, 64) }

// Set implements [flag.Value].
func (m *Megabytes) Set(s string) error {
	v, err := strconv.ParseFloat(s, 64)
	if err != nil || v < 0 || v > 1e6 || v > 0 && v < 0.0001 {
		return errors.New("give megabytes, such as 25")
	}
	*m = Megabytes(v)
	return nil
}
