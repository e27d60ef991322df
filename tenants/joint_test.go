package tenants_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"cassacomune/tenants"
	"cassacomune/tenants/tenantstest"
)

// TestReadsJoin gives a request one connection, so that a transaction which is
// left open where it should not be would keep the next door closed.
func TestReadsJoin(t *testing.T) {
	tenantstest.Each(t, func(t *testing.T, data *tenantstest.Data) {
		a, b := marked(t, data)
		one, err := tenants.Open(tenants.Config{Dir: data.Dir, URL: data.URL, OwnerURL: data.OwnerURL, Connections: 1, Clock: data.Clock.Now})
		if err != nil {
			t.Fatal(err)
		}
		defer one.Close()
		offices := 0
		count := func(want string) func(*tenants.Tx) error {
			return func(tx *tenants.Tx) error {
				var seen []tenants.Office
				err := tx.Select(&seen).WhereOr("1 = 1").OrderExpr("name").Scan(tx.Ctx)
				if offices = len(seen); err == nil && seen[0].Name != "mark-"+want {
					t.Errorf("%s sees %v", want, seen)
				}
				return err
			}
		}
		write := func(tx *tenants.Tx) error {
			return tx.SaveOffice(tenants.Office{Code: tx.NewID().String(), Name: "zeta"})
		}
		refused := errors.New("refused")
		for name, next := range map[string]func(ctx context.Context) (want int, err error){
			"a read sees the same moment": func(ctx context.Context) (int, error) {
				was := offices
				if err := data.Within(context.Background(), a.ID, by, write); err != nil {
					return 0, err
				}
				return was, one.Read(ctx, a.ID, count("alfa"))
			},
			"a read of another town its own": func(ctx context.Context) (int, error) { return 1, one.Read(ctx, b.ID, count("beta")) },
			"a writer the last one": func(ctx context.Context) (int, error) {
				was := offices
				if err := data.Within(context.Background(), a.ID, by, write); err != nil {
					return 0, err
				}
				return was + 1, one.Within(ctx, a.ID, by, count("alfa"))
			},
			"nothing follows": func(context.Context) (int, error) { return offices, nil },
			"the platform follows": func(ctx context.Context) (int, error) {
				return offices, one.Platform(ctx, func(*tenants.PlatformTx) error { return nil })
			},
			"what follows is refused": func(ctx context.Context) (int, error) {
				if err := one.Read(ctx, a.ID, func(*tenants.Tx) error { return refused }); !errors.Is(err, refused) {
					return 0, fmt.Errorf("a read that refuses = %v", err)
				}
				return offices, nil
			},
		} {
			ctx, end := tenants.Joining(context.Background())
			if err := one.ReadFirst(ctx, a.ID, count("alfa")); err != nil {
				t.Fatal(err)
			}
			want, err := next(ctx)
			if err != nil || offices != want {
				t.Errorf("%s: %d offices, %v; want %d", name, offices, err, want)
			}
			end()
			if err := one.Read(context.Background(), a.ID, count("alfa")); err != nil {
				t.Errorf("%s: the next request = %v", name, err)
			}
		}
		if err := one.ReadFirst(context.Background(), a.ID, count("alfa")); err != nil { // nothing joins
			t.Error(err)
		}
		if err := one.Read(context.Background(), a.ID, count("alfa")); err != nil {
			t.Error(err)
		}
	})
}
