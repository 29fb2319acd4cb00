package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"time"

	"muqu/app/command"
	"muqu/app/survey"
	"muqu/core"
	"muqu/core/form"
)

// refusedAnswer is one answer that the form does not take.
type refusedAnswer struct {
	Path    string `json:"path"`
	Label   string `json:"label,omitempty"`
	Message string `json:"message"`
	Soft    bool   `json:"soft"`
}

// formRun fills a form in from a file of answers, as somebody would on the
// tablet, and shows what is asked, what is refused and what is computed. With
// --data it looks monitoring lines up where that tablet has them.
func formRun(f *flag.FlagSet) func(context.Context, *command.Call) error {
	o := common(f)
	answers := f.String("answers", "", "file of a JSON object: question name = answer; a repeat is a list of such objects")
	lang := f.String("lang", "", "language of the labels")
	short := f.Bool("short", false, "ask only the core questions")
	return func(ctx context.Context, c *command.Call) error {
		clock, err := parseClock(either(o.clock, c.Getenv("MUQU_CLOCK")), time.Now())
		if err != nil {
			return &command.UsageError{Text: err.Error()}
		}
		read, report, err := command.ReadForm(c.Words[0])
		if err != nil {
			return err
		}
		if !report.OK() {
			return fmt.Errorf("the form can't be used: %w", report.Errors[0])
		}
		given, err := readAnswers(*answers)
		if err != nil {
			return err
		}
		run := func(l *survey.Library) error {
			v := form.New(read, form.Config{Now: func() time.Time { return clock(time.Now()) }, Lang: *lang, ShortMode: *short,
				Checks: survey.Checks(nil, nil), Data: l.Data(ctx, core.FormVersion{}), Seed: 1})
			return printInterview(c, v, v.Apply(given))
		}
		if o.data == "" {
			return run(new(survey.Library))
		}
		return o.open(ctx, c, func(t *tool) error { return run(&survey.Library{Book: t}) })
	}
}

func either(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

func readAnswers(path string) (map[string]any, error) {
	out := make(map[string]any)
	if path == "" {
		return out, nil
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read answers: %w", err)
	}
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	if err := d.Decode(&out); err != nil {
		return nil, fmt.Errorf("read answers: %s is not a JSON object: %w", path, err)
	}
	return out, nil
}

func printInterview(c *command.Call, v *form.Interview, found []form.Finding) error {
	found = append(found, v.Finish()...)
	asked := []string{}
	for _, s := range v.Steps() {
		for _, q := range s.Questions {
			asked = append(asked, q.Path)
		}
	}
	refused, hard := []refusedAnswer{}, false
	seen := make(map[string]bool)
	for _, p := range found {
		if key := p.Path + p.Key; seen[key] {
			continue
		} else {
			seen[key] = true
		}
		hard = hard || !p.Soft
		refused = append(refused, refusedAnswer{p.Path, p.Label, p.Text, p.Soft})
	}
	if err := c.Print(map[string]any{"ok": !hard, "asked": asked, "refused": refused, "warnings": warnings(v), "answers": v.Answers(), "name": v.Name()}); err != nil {
		return err
	}
	if hard {
		return errors.New("some answers are missing or refused: see \"refused\"")
	}
	return nil
}

// warnings lists the ⚠ notes that show: they refuse nothing.
func warnings(v *form.Interview) []refusedAnswer {
	out := []refusedAnswer{}
	for _, p := range v.Validate() {
		if p.Soft {
			out = append(out, refusedAnswer{Path: p.Path, Message: p.Text, Soft: true})
		}
	}
	return out
}

// evalLine is one expression to be evaluated.
type evalLine struct {
	Expr    string `json:"expr"`
	Context string `json:"context"` // XML
	Node    string `json:"node"`    // XPath
	Now     string `json:"now"`     // RFC 3339; "": the machine's time
}

// formEval evaluates XPath expressions, one JSON object a line, for checks
// from outside.
func formEval(*flag.FlagSet) func(context.Context, *command.Call) error {
	return func(_ context.Context, c *command.Call) error {
		sc := bufio.NewScanner(c.In)
		sc.Buffer(make([]byte, 1<<16), 16<<20)
		w := bufio.NewWriter(c.Out)
		e := json.NewEncoder(w)
		e.SetEscapeHTML(false)
		for sc.Scan() {
			if len(bytes.TrimSpace(sc.Bytes())) == 0 {
				continue
			}
			if err := e.Encode(evalOne(sc.Bytes())); err != nil {
				return err
			}
		}
		return errors.Join(sc.Err(), w.Flush())
	}
}

func evalOne(b []byte) map[string]any {
	var l evalLine
	if err := json.Unmarshal(b, &l); err != nil {
		return map[string]any{"error": "this line is not a JSON object: " + err.Error()}
	}
	now := time.Now()
	if l.Now != "" {
		t, err := time.Parse(time.RFC3339, l.Now)
		if err != nil {
			return map[string]any{"error": "now must be a moment such as 2026-03-15T09:30:00+08:00"}
		}
		now = t
	}
	r, err := form.Evaluate(form.Query{Expr: l.Expr, XML: l.Context, Node: l.Node, Now: now})
	if err != nil {
		return map[string]any{"error": err.Error()}
	}
	out := map[string]any{"value": r.Value, "type": r.Type}
	if len(r.Nodes) > 0 {
		out["nodes"] = r.Nodes
	}
	return out
}
