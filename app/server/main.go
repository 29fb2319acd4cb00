// Muqu-server is the centre of Muqu: it serves tablets and the console, and
// its other commands administer it, also while it serves.
package main

import (
	"context"
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
		Name:  "muqu-server",
		About: "the centre: tablets, console and administration",
		Commands: []command.Command{
			{Name: "serve", About: "serve tablets and the console until stopped", Setup: serve},
			{Name: "demo", About: "a whole offline field day on this machine, verified and summed up", Setup: demo},
			{Name: "seed", About: "fill an empty server with a sample county of invented people", Setup: seed},
			{Name: "demo-write", Hidden: true, Setup: demoWrite},
			{Name: "demo-sync", Hidden: true, Setup: demoSync},
			{Name: "user add", About: "make an account of the console; the password comes on stdin", Setup: userAdd},
			{Name: "user list", About: "list the accounts", Setup: userList},
			{Name: "user disable", Args: "NAME", Max: 1, About: "take an account's right to sign in", Setup: userDisable},
			{Name: "code new", About: "make a one-time enrollment code for a tablet", Setup: codeNew},
			{Name: "device list", About: "list the enrolled tablets", Setup: deviceList},
			{Name: "device grant", Args: "ID", Min: 1, About: "change the regions that a tablet sees, and until when", Setup: deviceGrant},
			{Name: "device revoke", Args: "ID", Min: 1, About: "take a tablet's rights away", Setup: deviceRevoke(false)},
			{Name: "device wipe", Args: "ID", Min: 1, About: "revoke a lost tablet and empty it at its next contact", Setup: deviceRevoke(true)},
			{Name: "device gaps", About: "list logs of which something is missing while later work waits", Setup: deviceGaps},
			{Name: "device close", Args: "LOG", Min: 1, About: "give up on what is missing in a log and take in what waits behind it", Setup: deviceClose},
			{Name: "bundle import", Args: "FILE", Min: 1, About: "take in what tablets sent by USB stick", Setup: bundleImport},
			{Name: "bundle export", About: "write what a tablet lacks to a file for a USB stick", Setup: bundleExport},
			{Name: "import", Args: "households|regions|monitoring_lines FILE", Min: 2, About: "bring in a table from .xlsx or .csv", Setup: importTable},
			{Name: "import submissions", Args: "FILE|FOLDER…", Min: 1, Max: 1000, About: "bring in answers from ODK, as submission XML with the files beside it", Setup: importSubmissions},
			{Name: "export submissions", Args: "FORM", Min: 1, About: "write the answers to a form as ODK submission XML, into a folder or a .zip", Setup: exportSubmissions},
			{Name: "export answers", Args: "FORM", Min: 1, About: "write the answers to a form as .xlsx or .csv, in the columns of ODK Central", Setup: exportAnswers},
			{Name: "export", Args: "KIND", Min: 1, About: "write the records of a kind as .xlsx or .csv", Setup: export},
			{Name: "form check", Args: "FILE", Min: 1, About: "say all that is wrong with a form", Setup: formCheck},
			{Name: "program add", Args: "FILE", Min: 1, About: "offer tablets a new version of their program", Setup: programAdd},
			{Name: "program list", About: "list the versions that were given out, the newest first", Setup: programList},
			{Name: "program withdraw", Args: "VERSION", Min: 1, About: "offer a version no longer", Setup: programWithdraw},
			{Name: "form add", Args: "FILE", Min: 1, Max: 200, About: "check a form and keep it as a draft, or give it out at once", Setup: formAdd},
			{Name: "form list", About: "list the forms, their versions, where they are used and how often they were answered", Setup: formList},
			{Name: "form publish", Args: "FORM", Min: 1, About: "give a version of a form out to regions and roles", Setup: formPublish},
			{Name: "form retire", Args: "FORM", Min: 1, About: "offer a form no longer for new interviews; its answers stay", Setup: formRetire},
			{Name: "form export", Args: "FORM", Min: 1, About: "write a form's workbook, its files, and the ODK XForm", Setup: formExport},
			{Name: "status", About: "say what this folder is, how far it has come and what waits in it", Setup: status},
			{Name: "files check", About: "read every photo and other file, and count what is damaged or has not arrived", Setup: filesCheck},
			{Name: "backup", Args: "FILE", Min: 1, About: "write a backup, also while serving", Setup: backup},
			{Name: "restore", Args: "FILE", Min: 1, About: "put a backup in place and begin a new epoch", Setup: restore},
			{Name: "replay", About: "rebuild all state from the log and compare", Setup: replay},
		},
	}
}
