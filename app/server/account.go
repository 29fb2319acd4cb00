package main

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"strings"
	"time"

	"muqu/app/command"
	"muqu/core"
	"muqu/core/change"
	"muqu/core/store"
)

// scopeFlag reads region codes such as 632323 or 632323,632524.
func scopeFlag(text string) (core.Scope, error) {
	var out core.Scope
	for _, c := range strings.Split(text, ",") {
		if c = strings.TrimSpace(c); c == "" {
			continue
		}
		p, err := core.RegionPrefix(c)
		if err != nil {
			return nil, err
		}
		out = append(out, p)
	}
	return out, nil
}

func userAdd(f *flag.FlagSet) func(context.Context, *command.Call) error {
	data := dataFlag(f)
	var u store.User
	f.StringVar(&u.Name, "name", "", "name to sign in with")
	role := f.String("role", "", "one of "+roleNames())
	region := f.String("region", "", "region code, or several with commas")
	f.StringVar(&u.Org, "org", "", "social credit code of the organization, for the role org")
	return func(ctx context.Context, c *command.Call) error {
		scope, err := scopeFlag(*region)
		if err != nil {
			return err
		}
		u.Role, u.Scope = core.Role(*role), scope
		password, err := bufio.NewReader(c.In).ReadString('\n')
		if err != nil && !errors.Is(err, io.EOF) {
			return fmt.Errorf("read password: %w", err)
		}
		return within(ctx, *data, nil, func(s *centre) error {
			if err := s.AddUser(ctx, u, strings.TrimRight(password, "\r\n")); err != nil {
				return err
			}
			if c.JSON {
				return c.Print(userRow(&u))
			}
			fmt.Fprintf(c.Err, "%s may sign in as %s\n", u.Name, u.Role)
			return nil
		})
	}
}

func roleNames() string {
	var out []string
	for _, r := range core.Roles() {
		out = append(out, string(r))
	}
	return strings.Join(out, " ")
}

func userRow(u *store.User) any {
	return map[string]any{"name": u.Name, "role": u.Role, "regions": u.Scope, "org": u.Org, "disabled": u.Disabled}
}

func userList(f *flag.FlagSet) func(context.Context, *command.Call) error {
	data := dataFlag(f)
	return func(ctx context.Context, c *command.Call) error {
		return within(ctx, *data, nil, func(s *centre) error {
			all, err := s.Users(ctx)
			if err != nil {
				return err
			}
			for i := range all {
				if err := c.Print(userRow(&all[i])); err != nil {
					return err
				}
			}
			return nil
		})
	}
}

func userDisable(f *flag.FlagSet) func(context.Context, *command.Call) error {
	data := dataFlag(f)
	name := f.String("name", "", "name of the account")
	return func(ctx context.Context, c *command.Call) error {
		if len(c.Words) == 1 {
			*name = c.Words[0]
		}
		if *name == "" {
			return &command.UsageError{Text: "say which account: user disable NAME"}
		}
		return within(ctx, *data, nil, func(s *centre) error { return s.DisableUser(ctx, *name) })
	}
}

func codeNew(f *flag.FlagSet) func(context.Context, *command.Call) error {
	data := dataFlag(f)
	role := f.String("role", "", "field, trainer, supervisor or hub")
	region := f.String("region", "", "region code, or several with commas")
	name := f.String("name", "", "who carries the tablet")
	until := f.String("until", "", "last day of the grant, such as 2026-12-31; empty: no end")
	tablets := f.Int("tablets", 0, "for a hub: how many tablets it may enroll (0: 100)")
	days := f.Float64("days", 7, "days until the code expires")
	return func(ctx context.Context, c *command.Call) error {
		scope, err := scopeFlag(*region)
		if err != nil {
			return err
		}
		end, err := lastDay(*until)
		if err != nil {
			return err
		}
		return within(ctx, *data, nil, func(s *centre) error {
			at, err := s.address(ctx)
			if err != nil {
				return err
			}
			expires := time.Now().Add(time.Duration(*days * float64(24*time.Hour)))
			code, err := s.NewCode(ctx, store.Code{Name: *name, Role: core.Role(*role), Scope: scope, Expires: change.MillisOf(expires), By: administrator().Name, Tablets: *tablets, Until: end})
			if err != nil {
				return err
			}
			link := at.link(code)
			if !c.JSON {
				fmt.Fprintf(c.Err, "type or paste this on the tablet, before %s:\n%s\n", expires.Format(time.DateOnly), link)
			}
			return c.Print(map[string]any{"code": code, "url": at.URL, "fingerprint": at.Fingerprint, "link": link})
		})
	}
}

func deviceList(f *flag.FlagSet) func(context.Context, *command.Call) error {
	data := dataFlag(f)
	return func(ctx context.Context, c *command.Call) error {
		return within(ctx, *data, nil, func(s *centre) error {
			all, err := s.Devices(ctx, nil)
			if err != nil {
				return err
			}
			for _, d := range all {
				row := map[string]any{
					"id": d.ID.String(), "name": d.Name, "role": d.Role, "regions": d.Scope, "program": d.Program,
					"unsent": d.Unsent, "position": d.Cursor, "revoked": d.Revoked != 0, "wipe": d.Wipe,
					"enrolled": d.Enrolled.String(), "clock_offset_ms": d.Offset, "repaired": d.Repaired,
				}
				if d.LastSync != 0 {
					row["last_sync"] = d.LastSync.String()
				}
				if err := c.Print(row); err != nil {
					return err
				}
			}
			return nil
		})
	}
}

func deviceRevoke(wipe bool) func(*flag.FlagSet) func(context.Context, *command.Call) error {
	return func(f *flag.FlagSet) func(context.Context, *command.Call) error {
		data := dataFlag(f)
		return func(ctx context.Context, c *command.Call) error {
			id, err := change.ParseDeviceID(c.Words[0])
			if err != nil {
				return err
			}
			return within(ctx, *data, nil, func(s *centre) error { return s.Revoke(ctx, id, wipe) })
		}
	}
}

// lastDay gives the end of a day, 0 for none.
func lastDay(text string) (change.Millis, error) {
	if text == "" {
		return 0, nil
	}
	t, err := time.ParseInLocation(time.DateOnly, text, time.Local)
	if err != nil {
		return 0, &command.UsageError{Text: "--until takes a day such as 2026-12-31"}
	}
	return change.MillisOf(t.AddDate(0, 0, 1)) - 1, nil
}

func deviceGrant(f *flag.FlagSet) func(context.Context, *command.Call) error {
	data := dataFlag(f)
	region := f.String("region", "", "region code, or several with commas: all that the tablet may see from now on")
	until := f.String("until", "", "last day of the grant, such as 2026-12-31; empty: no end")
	return func(ctx context.Context, c *command.Call) error {
		id, err := change.ParseDeviceID(c.Words[0])
		if err != nil {
			return err
		}
		scope, err := scopeFlag(*region)
		if err != nil {
			return err
		}
		end, err := lastDay(*until)
		if err != nil {
			return err
		}
		return within(ctx, *data, nil, func(s *centre) error { return s.Grant(ctx, id, scope, end) })
	}
}
