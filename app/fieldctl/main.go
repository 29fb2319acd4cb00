// Fieldctl is the tablet without a screen: for scripts, tests and repair. It
// runs the same code as the app on the same folder of files.
package main

import (
	"context"
	"flag"
	"os"
	"os/signal"
	"syscall"

	"muqu/app/command"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(program().Run(ctx, os.Args[1:], command.Call{In: os.Stdin, Out: os.Stdout, Err: os.Stderr, Getenv: os.Getenv}))
}

func program() *command.Program {
	return &command.Program{
		Name:  "fieldctl",
		About: "the tablet without a screen",
		Commands: []command.Command{
			{Name: "enroll", About: "make this tablet known to a server", Setup: enroll},
			{Name: "put", Args: "KIND", Min: 1, About: "write records: one JSON object a line on stdin", Setup: with(put)},
			{Name: "get", Args: "KIND ID", Min: 2, About: "show one record", Setup: with(get)},
			{Name: "delete", Args: "KIND ID", Min: 2, About: "delete one record", Setup: with(remove)},
			{Name: "list", Args: "KIND", Min: 1, About: "list records, one a line", Setup: list},
			{Name: "search", Args: "TEXT", Min: 1, Max: 20, About: "find households and people by name, pinyin, number or village", Setup: with(search)},
			{Name: "attach", Args: "KIND ID FIELD FILE", Min: 4, About: "attach a photo or other file to a record", Setup: attachFile},
			{Name: "update", About: "say whether a newer program is offered, and take it out", Setup: update},
			{Name: "file show", Args: "NAME", Min: 1, About: "show where a file is", Setup: with(fileShow)},
			{Name: "file get", Args: "NAME", Min: 1, About: "write a file to --out, fetching it from the server where needed", Setup: fileGet},
			{Name: "policy", About: "show or change what is done with photos and other files", Setup: policy},
			{Name: "sync", About: "reconcile with the server", Setup: syncNow},
			{Name: "conflicts", About: "list the open conflicts with all their values", Setup: with(conflicts)},
			{Name: "settle", Args: "CONFLICT-ID", Min: 1, About: "end a conflict with one of its values or a new one", Setup: settle},
			{Name: "duplicates", About: "list households and people that may be registered twice", Setup: with(duplicates)},
			{Name: "merge", Args: "KIND ID INTO-ID", Min: 3, About: "let a record give way to another one that is the same", Setup: mergeRecords},
			{Name: "unmerge", Args: "KIND ID", Min: 2, About: "undo the merge of a record", Setup: with(unmerge)},
			{Name: "different", Args: "KIND ID OTHER-ID", Min: 3, About: "note that two records that look alike are not the same", Setup: with(different)},
			{Name: "status", About: "show what is unsent and where this tablet stands", Setup: with(status)},
			{Name: "bundle export", Args: "FILE", Min: 1, About: "write what the centre lacks to a file for a USB stick", Setup: bundleExport},
			{Name: "bundle import", Args: "FILE", Min: 1, About: "take in what the centre sent by USB stick", Setup: with(bundleImport)},
			{Name: "form run", Args: "FILE", Min: 1, About: "fill in a form from a file of answers, without a screen", Setup: formRun},
			{Name: "form eval", About: "evaluate XPath expressions: one JSON object a line on stdin", Setup: formEval},
		},
	}
}

// with makes the setup of a command that needs no flags but the common ones.
func with(run func(context.Context, *tool, *command.Call) error) func(*flag.FlagSet) func(context.Context, *command.Call) error {
	return func(f *flag.FlagSet) func(context.Context, *command.Call) error {
		o := common(f)
		return func(ctx context.Context, c *command.Call) error {
			return o.open(ctx, c, func(t *tool) error { return run(ctx, t, c) })
		}
	}
}
