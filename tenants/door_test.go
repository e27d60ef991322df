package tenants_test

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"

	"cassacomune/app/fault"
	"cassacomune/tenants"
	"cassacomune/tenants/tenantstest"
)

var ctx = context.Background()

func TestDoorsKeepTownsApart(t *testing.T) {
	tenantstest.Each(t, func(t *testing.T, db *tenantstest.Data) {
		a, b := db.Add(t, "alfa"), db.Add(t, "beta")
		write := func(town tenants.Tenant, object string) {
			t.Helper()
			if err := db.Within(ctx, town.ID, tenants.System("test"), func(tx *tenants.Tx) error {
				return tx.Audit("mark", object, "")
			}); err != nil {
				t.Fatal(err)
			}
		}
		write(a, "marked-alfa")
		write(b, "marked-beta")
		for town, mark := range map[tenants.ID]string{a.ID: "marked-alfa", b.ID: "marked-beta"} {
			var rows []tenants.AuditRow
			if err := db.Read(ctx, town, func(tx *tenants.Tx) error {
				return tx.Select(&rows).Where("action = 'mark'").Scan(ctx)
			}); err != nil {
				t.Fatal(err)
			}
			if len(rows) != 1 || rows[0].Object != mark {
				t.Errorf("town sees %v, want only %q", rows, mark)
			}
		}
	})
}

func TestUnknownTenantFailsClosed(t *testing.T) {
	tenantstest.Each(t, func(t *testing.T, db *tenantstest.Data) {
		never := func(*tenants.Tx) error { t.Error("the door opened"); return nil }
		if err := db.Read(ctx, 0, never); !errors.Is(err, tenants.ErrNoTenant) {
			t.Errorf("Read without tenant = %v, want ErrNoTenant", err)
		}
		if err := db.Read(ctx, 42, never); !fault.Is(err, fault.NotFound) {
			t.Errorf("Read of an unknown tenant = %v, want NotFound", err)
		}
		town := db.Add(t, "alfa")
		if err := db.Within(ctx, town.ID, tenants.Actor{}, never); err == nil {
			t.Error("Within without an actor succeeded")
		}
	})
}

func TestReadDoorCannotWrite(t *testing.T) {
	tenantstest.Each(t, func(t *testing.T, db *tenantstest.Data) {
		town := db.Add(t, "alfa")
		if err := db.Read(ctx, town.ID, func(tx *tenants.Tx) error { return tx.Audit("x", "y", "z") }); err == nil {
			t.Error("a write through Read succeeded")
		}
	})
}

func TestFactsAreOnlyInserted(t *testing.T) {
	tenantstest.Each(t, func(t *testing.T, db *tenantstest.Data) {
		town := db.Add(t, "alfa")
		try := func(name string, fn func(*tenants.Tx) error) {
			if err := db.Within(ctx, town.ID, tenants.System("test"), fn); err == nil {
				t.Errorf("%s of a fact succeeded", name)
			}
		}
		try("update", func(tx *tenants.Tx) error {
			_, err := tx.Update(&tenants.AuditRow{Action: "forged"}).Column("action").Where("1 = 1").Exec(ctx)
			return err
		})
		try("delete", func(tx *tenants.Tx) error {
			_, err := tx.Delete((*tenants.AuditRow)(nil)).Where("1 = 1").Exec(ctx)
			return err
		})
		if err := db.Within(ctx, town.ID, tenants.System("test"), func(tx *tenants.Tx) error {
			return tx.Audit("note", "x", "please delete from audit; update audit set")
		}); err != nil {
			t.Errorf("a fact that quotes SQL: %v", err)
		}
	})
}

func TestPanicBetweenTownsLeavesNothing(t *testing.T) {
	tenantstest.Each(t, func(t *testing.T, db *tenantstest.Data) {
		a, b := db.Add(t, "alfa"), db.Add(t, "beta")
		func() {
			defer func() { _ = recover() }()
			_ = db.Within(ctx, a.ID, tenants.System("test"), func(tx *tenants.Tx) error {
				if err := tx.Audit("lost", "x", ""); err != nil {
					t.Error(err)
				}
				panic("between")
			})
		}()
		for _, town := range []tenants.ID{a.ID, b.ID} {
			var rows []tenants.AuditRow
			if err := db.Read(ctx, town, func(tx *tenants.Tx) error {
				return tx.Select(&rows).Where("action = 'lost'").Scan(ctx)
			}); err != nil {
				t.Fatal(err)
			}
			if len(rows) != 0 {
				t.Errorf("after a panic %d rows were kept", len(rows))
			}
		}
	})
}

func TestHostsAreExact(t *testing.T) {
	tenantstest.Each(t, func(t *testing.T, db *tenantstest.Data) {
		town := db.Add(t, "alfa")
		if got, err := db.ByHost(ctx, "alfa.localhost"); err != nil || got.ID != town.ID {
			t.Errorf("ByHost = %v, %v", got, err)
		}
		for _, host := range []string{"", "localhost", "x.alfa.localhost", "alfa.localhost.", "alfa.localhost:80", "ALFA.localhost"} {
			if _, err := db.ByHost(ctx, host); !fault.Is(err, fault.NotFound) {
				t.Errorf("ByHost(%q) = %v, want NotFound", host, err)
			}
		}
	})
}

func TestAddTwiceIsRefused(t *testing.T) {
	tenantstest.Each(t, func(t *testing.T, db *tenantstest.Data) {
		db.Add(t, "alfa")
		_, err := db.DB.Add(ctx, tenants.New{Slug: "alfa", Name: "Altro", FiscalCode: "1"}, tenants.System("test"))
		if !fault.Is(err, fault.Conflict) {
			t.Errorf("second Add = %v, want Conflict", err)
		}
	})
}

func TestBlobs(t *testing.T) {
	tenantstest.Each(t, func(t *testing.T, db *tenantstest.Data) {
		a, b := db.Add(t, "alfa"), db.Add(t, "beta")
		big := strings.Repeat("0123456789abcdef", 150_000) // 2.4 MB: three chunks
		first, err := db.StoreBlob(ctx, a.ID, tenants.System("test"), strings.NewReader(big), 0)
		if err != nil {
			t.Fatal(err)
		}
		again, err := db.StoreBlob(ctx, a.ID, tenants.System("test"), strings.NewReader(big), 0)
		if err != nil || again.UploadID != first.UploadID {
			t.Errorf("the same bytes stored twice: %v, %v; want upload %v", again.UploadID, err, first.UploadID)
		}
		r, err := db.OpenBlob(ctx, a.ID, first.SHA256)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := io.ReadAll(r); err != nil || string(got) != big {
			t.Errorf("read back %d bytes, %v; want %d", len(got), err, len(big))
		}
		if _, err := db.OpenBlob(ctx, b.ID, first.SHA256); !fault.Is(err, fault.NotFound) {
			t.Errorf("another town's file: %v, want NotFound", err)
		}
		if _, err := db.StoreBlob(ctx, a.ID, tenants.System("test"), strings.NewReader(big), 1<<20); !fault.Is(err, fault.TooLarge) {
			t.Errorf("over the limit: %v, want TooLarge", err)
		}
	})
}
