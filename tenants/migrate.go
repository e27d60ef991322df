package tenants

import (
	"context"
	"fmt"
	"slices"

	"cassacomune/migrations"
)

// render gives the schema of this program; tests of upgrades take it back.
var render = migrations.Render

// applyMigrations runs the files of a set that the database has not seen yet.
// It runs inside one transaction of the caller's.
func applyMigrations(ctx context.Context, set migrations.Set, engine string, tenant int64,
	run func(context.Context, string) error, applied func(context.Context) ([]string, error)) error {
	if err := run(ctx, "create table if not exists schema_migration (name text primary key)"); err != nil {
		return fmt.Errorf("migrations: %w", err)
	}
	done, err := applied(ctx)
	if err != nil {
		return fmt.Errorf("migrations: %w", err)
	}
	files, err := render(set, engine, tenant)
	if err != nil {
		return err
	}
	for _, f := range files {
		if slices.Contains(done, f.Name) {
			continue
		}
		if err := run(ctx, f.SQL); err != nil {
			return fmt.Errorf("migration %s: %w", f.Name, err)
		}
		if err := run(ctx, "insert into schema_migration (name) values ('"+f.Name+"')"); err != nil {
			return fmt.Errorf("migration %s: %w", f.Name, err)
		}
	}
	return nil
}

// Migrate brings the schema of the platform and of every municipality up to
// this program's. It is safe to run twice, and from two processes at once.
func (db *DB) Migrate(ctx context.Context) error {
	if err := db.store.migrate(ctx, nil); err != nil {
		return err
	}
	all, err := db.All(ctx)
	if err != nil {
		return err
	}
	ids := make([]ID, len(all))
	for i, t := range all {
		ids[i] = t.ID
	}
	return db.store.migrate(ctx, ids)
}
