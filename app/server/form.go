package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"

	"muqu/app/command"
	"muqu/core/form"
)

// formChecked is what form check prints, whether the form is good or not.
type formChecked struct {
	OK        bool           `json:"ok"`
	Errors    []form.Problem `json:"errors"`
	Warnings  []form.Problem `json:"warnings"`
	Questions int            `json:"questions"`
}

// formCheck reads a form as the tablet would and says all that is wrong with
// it at once. It needs no server.
func formCheck(f *flag.FlagSet) func(context.Context, *command.Call) error {
	out := f.String("xform", "", "file to write the form to, as an ODK XForm")
	return func(_ context.Context, c *command.Call) error {
		read, report, err := command.ReadForm(c.Words[0])
		if err != nil {
			return err
		}
		r := formChecked{OK: report.OK(), Errors: append([]form.Problem{}, report.Errors...), Warnings: append([]form.Problem{}, report.Warnings...)}
		if r.OK {
			r.Questions = read.Questions()
		}
		if err := c.Print(r); err != nil {
			return err
		}
		if !r.OK {
			for _, p := range report.Errors {
				fmt.Fprintln(c.Err, p.Error())
			}
			return errors.New("the form can't be used yet: mend what is named above")
		}
		if *out == "" {
			return nil
		}
		if err := os.WriteFile(*out, read.XForm(), 0o600); err != nil {
			return fmt.Errorf("write XForm: %w", err)
		}
		return nil
	}
}
