// Command cassacomune is the whole product in one binary: the server, the
// worker, and what an operator does from a shell.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"

	"cassacomune/app/fault"
)

type commands struct {
	Serve     serveCommand     `cmd:"" help:"Serve the municipalities (SQLite and an in-process queue unless a database is given)."`
	Worker    workerCommand    `cmd:"" help:"Work on the runs of a hosted instance."`
	Demo      demoCommand      `cmd:"" help:"Serve three invented municipalities and the outside world around them."`
	Migrate   migrateCommand   `cmd:"" help:"Bring the schema up to this program's."`
	Tenant    tenantCommand    `cmd:"" help:"Add or list municipalities."`
	Person    personCommand    `cmd:"" help:"Add a member of staff or an operator."`
	Password  passwordCommand  `cmd:"" help:"Give somebody who forgot theirs a password for one use."`
	Import    importCommand    `cmd:"" help:"Import a file into a municipality and wait for the outcome."`
	Inspect   inspectCommand   `cmd:"" help:"Say what is inside files; no database is needed."`
	Reconcile reconcileCommand `cmd:"" help:"Reconcile a municipality and wait for the outcome."`
	Trace     traceCommand     `cmd:"" help:"Follow the euro from any code, both ways."`
	Check     checkCommand     `cmd:"" help:"Check what must always hold."`
	Backup    backupCommand    `cmd:"" help:"Write everything into one file."`
	Restore   restoreCommand   `cmd:"" help:"Restore a backup into an empty place, or only check it."`
	Health    healthCommand    `cmd:"" name:"healthcheck" help:"Ask a running server whether it is well (for containers)."`
	Version   versionCommand   `cmd:"" help:"Print the version."`
}

// version is set when a release is built.
var version = "dev"

type versionCommand struct{}

func (versionCommand) Run() error { fmt.Println(version); return nil }

func main() {
	if err := secretsFromFiles(os.Environ()); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	var c commands
	k := kong.Parse(&c, kong.Name("cassacomune"), kong.UsageOnError(),
		kong.Description(about))
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	k.BindTo(ctx, (*context.Context)(nil))
	if err := k.Run(); err != nil {
		stop()
		fmt.Fprintln(os.Stderr, message(err))
		os.Exit(1)
	}
}

// message is what a person at a shell should read of an error.
func message(err error) string {
	if f := fault.Of(err); f != nil && f.Field != "" {
		return f.Text + " (" + f.Field + ")"
	}
	return err.Error()
}
