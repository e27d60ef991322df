package tenants

import (
	"context"
	"slices"
	"testing"

	"github.com/uptrace/bun"

	"cassacomune/migrations"
)

// Pool is the pool behind a door, for the tests that try to get around it.
func (db *DB) Pool(ctx context.Context, t ID, readOnly bool) (*bun.DB, error) {
	if t == 0 {
		p, err := db.store.platform(ctx, readOnly)
		return p.DB, err
	}
	p, err := db.store.tenant(ctx, t, readOnly)
	return p.DB, err
}

// MigrateBefore makes this the program of the schema before some migrations, one
// of a set, until whole is called.
func MigrateBefore(t testing.TB, names ...string) (whole func()) {
	render = func(set migrations.Set, engine string, tenant int64) ([]migrations.File, error) {
		files, err := migrations.Render(set, engine, tenant)
		if i := slices.IndexFunc(files, func(f migrations.File) bool { return slices.Contains(names, f.Name) }); i >= 0 {
			files = files[:i]
		}
		return files, err
	}
	whole = func() { render = migrations.Render }
	t.Cleanup(whole)
	return whole
}
