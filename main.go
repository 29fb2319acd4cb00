// Muqu is the tablet app: surveys, demands and attendance in herding villages,
// on Android and in a desktop window.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"

	"muqu/app/tablet"
)

func main() {
	err := tablet.Run(context.Background(), os.Args[1:], os.Getenv, os.Stderr)
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
