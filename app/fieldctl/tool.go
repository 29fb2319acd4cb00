package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"regexp"
	"strconv"
	"time"

	"muqu/app/command"
	"muqu/assets"
	"muqu/core"
	"muqu/sync/client"
)

// version is what the tablet tells the server that it runs.
const version = "fieldctl 1"

// options are the flags of every command.
type options struct {
	data  string
	clock string
}

func common(f *flag.FlagSet) *options {
	o := new(options)
	f.StringVar(&o.data, "data", "", "folder of the tablet")
	f.StringVar(&o.clock, "clock", "", "make the tablet believe another time: -20y, +12y, +90m, 2038-01-19T03:14:08Z")
	return o
}

// tool is an open tablet.
type tool struct {
	*client.Tablet
	regions *core.Regions
	now     func() time.Time
}

func (o *options) open(ctx context.Context, c *command.Call, f func(*tool) error) (err error) {
	if o.data == "" {
		return &command.UsageError{Text: "say where the tablet's folder is: --data DIR"}
	}
	if o.clock == "" {
		o.clock = c.Getenv("MUQU_CLOCK")
	}
	offset, err := parseClock(o.clock, time.Now())
	if err != nil {
		return &command.UsageError{Text: err.Error()}
	}
	regions, err := core.ReadRegions(bytes.NewReader(assets.Regions()))
	if err != nil {
		return err
	}
	now := func() time.Time { return offset(time.Now()) }
	t, err := client.Open(ctx, o.data, client.Config{Now: now, Regions: regions, Program: version})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, t.Close()) }()
	return f(&tool{Tablet: t, regions: regions, now: now})
}

var relative = regexp.MustCompile(`^([+-])(\d+)(y|d|h|m|s)$`)

// parseClock reads an offset such as -20y or a moment at which the wrong clock
// stands now.
func parseClock(s string, now time.Time) (func(time.Time) time.Time, error) {
	if s == "" {
		return func(t time.Time) time.Time { return t }, nil
	}
	if at, err := time.Parse(time.RFC3339, s); err == nil {
		d := at.Sub(now)
		return func(t time.Time) time.Time { return t.Add(d) }, nil
	}
	m := relative.FindStringSubmatch(s)
	if m == nil {
		return nil, fmt.Errorf("clock %q: give an offset such as -20y or +3h, or a moment such as 2038-01-19T03:14:08Z", s)
	}
	n, err := strconv.Atoi(m[1] + m[2])
	if err != nil {
		return nil, err
	}
	if m[3] == "y" {
		return func(t time.Time) time.Time { return t.AddDate(n, 0, 0) }, nil
	}
	unit := map[string]time.Duration{"d": 24 * time.Hour, "h": time.Hour, "m": time.Minute, "s": time.Second}[m[3]]
	return func(t time.Time) time.Time { return t.Add(time.Duration(n) * unit) }, nil
}
