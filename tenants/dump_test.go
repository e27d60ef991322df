package tenants_test

import (
	"bytes"
	"errors"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"cassacomune/app/price"
	"cassacomune/tenants"
	"cassacomune/tenants/tenantstest"
)

// nullable is a row of a table that holds nulls.
type nullable struct {
	bun.BaseModel `bun:"table:run"`
	tenants.Row

	ID         uuid.UUID `bun:"id,pk"`
	Kind       string
	State      string
	Params     string
	CreatedBy  string
	At         time.Time `bun:"run_after"`
	Created    time.Time `bun:"created_at"`
	FinishedAt time.Time `bun:",nullzero"`
}

func TestBackupMovesBetweenEngines(t *testing.T) {
	tenantstest.Each(t, func(t *testing.T, db *tenantstest.Data) {
		a := db.Add(t, "alfa")
		if err := db.Within(ctx, a.ID, tenants.System("test"), func(tx *tenants.Tx) error {
			if err := tx.KeepInbound("test", "x", "è.bin", []byte{0, 1, 2, 255}, "ok"); err != nil {
				return err
			}
			if err := tx.SaveOffice(tenants.Office{Code: "u", Name: "Ufficio"}); err != nil {
				return err
			}
			if err := tx.SaveDebtType(tenants.DebtType{Code: "SALA", Office: "u", Name: "Sala", Active: true, Setup: tenants.TypeSetup{Price: price.Rule{Kind: price.Fixed}}}); err != nil {
				return err
			}
			if _, err := tx.Insert(&nullable{ID: tx.NewID(), At: tx.Now()}).Exec(ctx); err != nil {
				return err
			}
			return tx.SaveSecret("vpos", "mac_key", "segreto")
		}); err != nil {
			t.Fatal(err)
		}
		var file bytes.Buffer
		wrote, err := db.Dump(ctx, &file)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := tenants.Verify(bytes.NewReader(file.Bytes())); err != nil || got.Rows != wrote.Rows || got.Tenants != 1 {
			t.Fatalf("Verify = %+v, %v; want %d rows of 1 municipality", got, err, wrote.Rows)
		}
		for _, target := range []*tenantstest.Data{tenantstest.SQLite(t), tenantstest.Postgres(t)} {
			if _, err := target.Restore(ctx, bytes.NewReader(file.Bytes())); err != nil {
				t.Fatalf("restore into %s: %v", target.Engine, err)
			}
			town, err := target.BySlug(ctx, "alfa")
			if err != nil || town.ID != a.ID {
				t.Fatalf("restored town = %+v, %v", town, err)
			}
			if err := target.Read(ctx, town.ID, func(tx *tenants.Tx) error {
				if s, err := tx.Secret("vpos", "mac_key"); err != nil || s != "segreto" {
					t.Errorf("%s: secret = %q, %v", target.Engine, s, err)
				}
				if d, err := tx.DebtType("SALA"); err != nil || !d.Active || d.Spontaneous {
					t.Errorf("%s: debt type = %+v, %v; want active and not spontaneous", target.Engine, d, err)
				}
				return nil
			}); err != nil {
				t.Fatal(err)
			}
			var again bytes.Buffer
			if back, err := target.Dump(ctx, &again); err != nil || back.Rows != wrote.Rows {
				t.Errorf("%s: dumped again %d rows, %v; want %d", target.Engine, back.Rows, err, wrote.Rows)
			}
			if _, err := target.Restore(ctx, bytes.NewReader(file.Bytes())); err == nil {
				t.Errorf("%s: restored over what was there", target.Engine)
			}
		}
	})
}

func TestCutBackupIsRefused(t *testing.T) {
	db := tenantstest.SQLite(t)
	db.Add(t, "alfa")
	var file bytes.Buffer
	if _, err := db.Dump(ctx, &file); err != nil {
		t.Fatal(err)
	}
	for cut := 0; cut < file.Len(); cut += 7 {
		if _, err := tenants.Verify(bytes.NewReader(file.Bytes()[:cut])); !errors.Is(err, tenants.ErrBackup) {
			t.Fatalf("cut at %d: %v, want ErrBackup", cut, err)
		}
	}
}
