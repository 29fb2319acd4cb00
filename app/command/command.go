// Package command runs the words of a command line: a table of subcommands,
// each with its own flags, which may stand before or after the words.
//
// Results go to the output, messages for people to the error stream. The exit
// code is 0 when the command did what was asked, 1 when it was refused or
// failed, 2 when the words were wrong.
package command

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"slices"
	"strings"

	"muqu/core/store"
)

// Call is one call of a command.
type Call struct {
	Words  []string // what follows the command's name
	In     io.Reader
	Out    io.Writer
	Err    io.Writer
	Getenv func(string) string
	JSON   bool // one JSON object, or one for each line of a list
}

// Command is one subcommand.
type Command struct {
	Name   string // one or two words
	Args   string // what else it takes, for its help
	About  string // one line
	Hidden bool   // left out of the help
	// Setup declares the flags and gives what to run with them.
	Setup func(f *flag.FlagSet) func(ctx context.Context, c *Call) error
	Min   int // words that must follow the name
	Max   int // words that may; Min where it is less
}

// UsageError reports wrong words.
type UsageError struct{ Text string }

func (e *UsageError) Error() string { return e.Text }

// Program is a table of commands.
type Program struct {
	Name     string
	About    string
	Commands []Command
}

// Run runs the command that args name and gives the exit code.
func (p *Program) Run(ctx context.Context, args []string, c Call) int {
	err := store.NoRoom(p.run(ctx, args, &c))
	var usage *UsageError
	switch {
	case err == nil:
		return 0
	case errors.Is(err, flag.ErrHelp):
		return 0
	case errors.As(err, &usage):
		fmt.Fprintf(c.Err, "%s: %v\n", p.Name, err)
		return 2
	}
	fmt.Fprintf(c.Err, "%s: %v\n", p.Name, err)
	return 1
}

func (p *Program) run(ctx context.Context, args []string, c *Call) error {
	words, flags, help := p.split(args)
	cmd := p.find(words)
	if cmd == nil {
		group := p.group(words)
		p.help(c.Err, group)
		if help && len(group) > 0 {
			return flag.ErrHelp
		}
		return &UsageError{fmt.Sprintf("no such command: %q", strings.Join(words, " "))}
	}
	f := flag.NewFlagSet(cmd.Name, flag.ContinueOnError)
	f.SetOutput(io.Discard)
	f.BoolVar(&c.JSON, "json", false, "one JSON object, or one a line for lists")
	run := cmd.Setup(f)
	if help {
		cmd.help(p.Name, f, c.Err)
		return flag.ErrHelp
	}
	if err := f.Parse(flags); err != nil {
		return &UsageError{fmt.Sprintf("%v; %s %s -h shows what it takes", err, p.Name, cmd.Name)}
	}
	c.Words = words[len(strings.Fields(cmd.Name)):]
	if len(c.Words) < cmd.Min || len(c.Words) > max(cmd.Min, cmd.Max) {
		return &UsageError{fmt.Sprintf("usage: %s %s %s", p.Name, cmd.Name, cmd.Args)}
	}
	return run(ctx, c)
}

// split tells flags from words. Which flags take a value is known from all
// commands together, because a flag may stand before the command's name.
func (p *Program) split(args []string) (words, flags []string, help bool) {
	boolean := p.booleans()
	for i := 0; i < len(args); i++ {
		a := args[i]
		name := strings.TrimLeft(a, "-")
		switch {
		case a == "--":
			return append(words, args[i+1:]...), flags, help
		case a == "-h" || a == "--help" || a == "-help":
			help = true
		case len(a) < 2 || a[0] != '-':
			words = append(words, a)
		case strings.Contains(name, "=") || boolean[name]:
			flags = append(flags, a)
		default:
			flags = append(flags, a)
			if i+1 < len(args) {
				i++
				flags = append(flags, args[i])
			}
		}
	}
	return words, flags, help
}

func (p *Program) booleans() map[string]bool {
	out := map[string]bool{"json": true}
	for _, cmd := range p.Commands {
		f := flag.NewFlagSet("", flag.ContinueOnError)
		cmd.Setup(f)
		f.VisitAll(func(x *flag.Flag) {
			if b, ok := x.Value.(interface{ IsBoolFlag() bool }); ok && b.IsBoolFlag() {
				out[x.Name] = true
			}
		})
	}
	return out
}

// find gives the command with the longest name that the words begin with.
func (p *Program) find(words []string) *Command {
	var best *Command
	for i := range p.Commands {
		name := strings.Fields(p.Commands[i].Name)
		if len(name) <= len(words) && slices.Equal(name, words[:len(name)]) && (best == nil || len(name) > len(strings.Fields(best.Name))) {
			best = &p.Commands[i]
		}
	}
	return best
}

// group gives the commands whose names begin with the words.
func (p *Program) group(words []string) (out []Command) {
	for _, c := range p.Commands {
		if name := strings.Fields(c.Name); !c.Hidden && len(name) >= len(words) && slices.Equal(name[:len(words)], words) {
			out = append(out, c)
		}
	}
	return out
}

// help lists a group of commands, all of them where it is empty.
func (p *Program) help(w io.Writer, group []Command) {
	fmt.Fprintf(w, "%s: %s\n\n", p.Name, p.About)
	if len(group) == 0 {
		group = p.group(nil)
	}
	for _, c := range group {
		fmt.Fprintf(w, "  %-46s %s\n", strings.TrimSpace(c.Name+" "+c.Args), c.About)
	}
	fmt.Fprintf(w, "\n%s COMMAND -h shows the flags of a command.\n", p.Name)
}

func (c *Command) help(program string, f *flag.FlagSet, w io.Writer) {
	fmt.Fprintf(w, "usage: %s %s %s\n%s\n", program, c.Name, c.Args, c.About)
	f.SetOutput(w)
	f.PrintDefaults()
}

// Print writes one JSON value as a line.
func (c *Call) Print(v any) error {
	e := json.NewEncoder(c.Out)
	e.SetEscapeHTML(false)
	return e.Encode(v)
}
