package main

import (
	"context"
	"fmt"
	"io"
	"os"

	"cassacomune/app/trace"
	"cassacomune/tenants"
)

type backupCommand struct {
	data
	Out string `required:"" help:"File to write; it must not exist." type:"path" placeholder:"FILE"`
}

// Run writes everything into one file, which belongs to no engine. The master
// key is not in it.
func (b *backupCommand) Run(ctx context.Context) error {
	db, err := b.openThere()
	if err != nil {
		return err
	}
	defer db.Close()
	f, err := os.OpenFile(b.Out, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	got, err := db.Dump(ctx, f)
	if err == nil {
		err = f.Sync()
	}
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err != nil {
		os.Remove(b.Out) // half a backup is none
		return err
	}
	fmt.Printf("%s: %d municipalities, %d rows\n", b.Out, got.Tenants, got.Rows)
	return nil
}

type restoreCommand struct {
	data
	Check bool   `help:"Only check: restore into a temporary place and check what must always hold."`
	File  string `arg:"" help:"Backup to read." type:"existingfile"`
}

// Run verifies the file first, and only then fills an empty place with it.
func (r *restoreCommand) Run(ctx context.Context) error {
	if _, err := r.read(tenants.Verify); err != nil {
		return err
	}
	if r.Check {
		dir, err := os.MkdirTemp("", "cassacomune-restore-")
		if err != nil {
			return err
		}
		defer os.RemoveAll(dir)
		r.Data, r.Database = dir, ""
	}
	db, err := r.open(nil)
	if err != nil {
		return err
	}
	defer db.Close()
	if err := db.Migrate(ctx); err != nil {
		return err
	}
	got, err := r.read(func(f io.Reader) (tenants.Dumped, error) { return db.Restore(ctx, f) })
	if err != nil {
		return err
	}
	if err := checkAll(ctx, db, ""); err != nil {
		return err
	}
	fmt.Printf("%s: %d municipalities, %d rows of %s, checked\n", r.File, got.Tenants, got.Rows, got.At.Format("2006-01-02 15:04 MST"))
	return nil
}

func (r *restoreCommand) read(with func(io.Reader) (tenants.Dumped, error)) (tenants.Dumped, error) {
	f, err := os.Open(r.File)
	if err != nil {
		return tenants.Dumped{}, err
	}
	defer f.Close()
	return with(f)
}

// checkAll fails with the first breach, naming it.
func checkAll(ctx context.Context, db *tenants.DB, slug string) error {
	return db.AcrossAll(ctx, "check", func(t tenants.Tenant) error {
		if slug != "" && t.Slug != slug {
			return nil
		}
		return db.Read(ctx, t.ID, func(tx *tenants.Tx) error {
			breaches, err := trace.Check(tx)
			if err != nil {
				return err
			}
			if len(breaches) > 0 {
				return fmt.Errorf("%s", breaches[0])
			}
			return nil
		})
	})
}
