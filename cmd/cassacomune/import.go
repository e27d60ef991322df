package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/google/uuid"

	"cassacomune/app/reconcile"
	"cassacomune/jobs"
	"cassacomune/tenants"
)

type importCommand struct {
	data
	Tenant string `required:"" help:"Municipality, by its short name." placeholder:"SLUG"`
	Good   bool   `help:"Write the good rows and leave out the others; without it, all or nothing."`
	File   string `arg:"" help:"File to bring in." type:"existingfile"`
}

// Run checks the file, imports it, and waits for both. A refused file, or one
// with refused rows (without --good), fails and changes nothing.
func (c *importCommand) Run(ctx context.Context) error {
	return c.withTown(ctx, c.Tenant, func(i *instance, town tenants.Tenant) error {
		f, err := os.Open(c.File)
		if err != nil {
			return err
		}
		defer f.Close()
		by := tenants.System("shell")
		check, err := jobs.StartImport(ctx, i.db, town.ID, by, filepath.Base(c.File), f)
		if err != nil {
			return err
		}
		preview, err := c.checked(ctx, i, town, check.ID)
		if err != nil {
			return err
		}
		mode := jobs.AllOrNothing
		if c.Good {
			mode = jobs.GoodRows
		}
		if preview.Errors > 0 && mode == jobs.AllOrNothing || preview.Unusable {
			return fmt.Errorf("refused: %d errors; nothing was changed", preview.Errors)
		}
		run, err := jobs.ApproveImport(ctx, i.db, town.ID, by, check.ID, mode)
		if err != nil {
			return err
		}
		return waitFor(ctx, i.db, town.ID, run.ID)
	})
}

// checked waits for the first pass and prints what it found.
func (c *importCommand) checked(ctx context.Context, i *instance, town tenants.Tenant, id uuid.UUID) (p jobs.Preview, err error) {
	run, err := jobs.Wait(ctx, i.db, town.ID, id)
	if err != nil {
		return p, err
	}
	var problems []jobs.Problem
	if err := i.db.Read(ctx, town.ID, func(tx *tenants.Tx) (err error) {
		problems, err = jobs.Problems(tx, id, 0, 100)
		return err
	}); err != nil {
		return p, err
	}
	for _, x := range problems {
		fmt.Fprintf(os.Stderr, "%s: line %d, %s %q: %s\n", x.Severity, x.Line, x.Field, x.Value, x.Reason)
	}
	if run.State != jobs.Done {
		return p, errors.New(run.Error)
	}
	if err := run.Outcome(&p); err != nil {
		return p, err
	}
	fmt.Printf("%s: %d rows", p.Title, p.Rows)
	switch p.Kind {
	case "debts":
		fmt.Printf(", %d new, %d changed, %d unchanged, %d rejected, %s", p.New, p.Changed, p.Unchanged, p.Rejected, p.Sum.Comma())
	case "remittance":
		fmt.Printf(", %s", p.Sum.Comma())
	}
	fmt.Println()
	return p, nil
}

func waitFor(ctx context.Context, db *tenants.DB, town tenants.ID, id uuid.UUID) error {
	run, err := jobs.Wait(ctx, db, town, id)
	if err != nil {
		return err
	}
	if run.State != jobs.Done {
		return errors.New(run.Error)
	}
	fmt.Println(run.Result)
	return nil
}

// withTown opens the data with a worker in this process, so that a command
// ends what it begins; a hosted worker may take the run as well.
func (d data) withTown(ctx context.Context, slug string, fn func(*instance, tenants.Tenant) error) error {
	if err := d.there(); err != nil {
		return err
	}
	i, err := d.instance()
	if err != nil {
		return err
	}
	defer i.close()
	town, err := i.db.BySlug(ctx, slug)
	if err != nil {
		return err
	}
	if err := i.work(1); err != nil {
		return err
	}
	return fn(i, town)
}

type reconcileCommand struct {
	data
	Tenant string `required:"" help:"Municipality, by its short name." placeholder:"SLUG"`
}

// Run reconciles what is open and waits for the outcome.
func (r *reconcileCommand) Run(ctx context.Context) error {
	return r.withTown(ctx, r.Tenant, func(i *instance, town tenants.Tenant) error {
		run, err := reconcile.Run(ctx, i.db, town.ID, tenants.System("shell"))
		if err != nil {
			return err
		}
		return waitFor(ctx, i.db, town.ID, run.ID)
	})
}
