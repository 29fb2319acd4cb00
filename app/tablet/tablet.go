// Package tablet is the app that field workers carry: it opens the tablet's
// folder, makes the window and shows the first screen.
//
// The app is one window with one screen at a time; see app/tablet/screen. It
// works without a network from the first moment after enrollment, and nothing
// that it has confirmed is in memory only.
package tablet

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"path/filepath"
	"runtime"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/app"

	"muqu/app/tablet/screen"
	"muqu/app/tablet/theme"
	"muqu/assets"
	"muqu/core"
	"muqu/sync/client"
)

// ID is the identity of the app on a device, the same as in FyneApp.toml.
const ID = "cn.muqu.tablet"

// options are what the command line and the environment say.
type options struct {
	dir           string // the tablet's folder; "" = the app's own storage
	width, height float64
	language      string
	verbose       bool
}

// Run shows the app until its window is closed. args are the program's
// arguments without its name, env reads its environment, messages for people go to out.
func Run(ctx context.Context, args []string, env func(name string) string, out io.Writer) error {
	opts, err := parse(args, env, out)
	if err != nil {
		return err
	}
	a := app.NewWithID(ID)
	a.Settings().SetTheme(theme.New())
	a.SetIcon(fyne.NewStaticResource("icon.png", assets.Icon()))
	dir := opts.dir
	if dir == "" {
		dir = filepath.Join(a.Storage().RootURI().Path(), "tablet")
	}
	log := slog.New(slog.NewTextHandler(out, &slog.HandlerOptions{Level: level(opts.verbose)}))
	regions, err := core.ReadRegions(bytes.NewReader(assets.Regions()))
	if err != nil {
		return err
	}
	tablet, err := client.Open(ctx, dir, client.Config{Regions: regions, Log: log, Program: "muqu " + a.Metadata().Version})
	if err != nil {
		return fmt.Errorf("open the tablet's folder %s: %w", dir, err)
	}
	defer tablet.Close()
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	show(ctx, a, tablet, opts, screen.Config{Book: tablet, Drafts: tablet, Tablet: tablet, Courier: tablet, Servers: tablet, Regions: regions,
		Pictures: tablet, Platform: runtime.GOOS, Version: a.Metadata().Version, Log: log})
	return nil
}

// show makes the window and runs the app in it.
func show(ctx context.Context, a fyne.App, tablet *client.Tablet, opts options, config screen.Config) {
	const languageKey = "language"
	config.Window = a.NewWindow("")
	config.Window.SetMaster()
	config.Language = assets.Language(a.Preferences().StringWithFallback(languageKey, string(assets.Chinese)))
	if opts.language != "" {
		config.Language = assets.Language(opts.language)
	}
	config.Keep = func(language assets.Language) { a.Preferences().SetString(languageKey, string(language)) }
	var first screen.Screen = &screen.Home{}
	if !tablet.Identity().Enrolled {
		first = &screen.Enroll{}
	}
	screen.New(ctx, config, first)
	config.Window.Resize(fyne.NewSize(float32(opts.width), float32(opts.height)))
	config.Window.ShowAndRun()
}

// parse reads the flags. On a device there are none.
func parse(args []string, env func(string) string, out io.Writer) (options, error) {
	o := options{}
	flags := flag.NewFlagSet("muqu", flag.ContinueOnError)
	flags.SetOutput(out)
	flags.StringVar(&o.dir, "data", env("MUQU_DATA"), "`folder` of the tablet; default: the app's own storage")
	flags.Float64Var(&o.width, "width", 1280, "width of the window, dp")
	flags.Float64Var(&o.height, "height", 800, "height of the window, dp")
	flags.StringVar(&o.language, "language", "", "zh-CN, en or bo; default: as last used")
	flags.BoolVar(&o.verbose, "verbose", false, "log everything")
	if err := flags.Parse(args); err != nil {
		return o, err
	}
	if flags.NArg() > 0 {
		return o, errors.New("muqu takes no arguments but flags: see muqu -h")
	}
	return o, nil
}

func level(verbose bool) slog.Level {
	if verbose {
		return slog.LevelDebug
	}
	return slog.LevelInfo
}
