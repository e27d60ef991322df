package worker_test

import (
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"cassacomune/app/debts"
	"cassacomune/app/price"
	"cassacomune/app/shared"
	"cassacomune/jobs"
	"cassacomune/tenants"
	"cassacomune/tenants/tenantstest"
)

func govpayTown(t *testing.T, db *tenantstest.Data) tenants.ID {
	t.Helper()
	id := db.Add(t, "alfa").ID
	if err := db.Within(ctx, id, by, func(tx *tenants.Tx) error {
		m, err := tx.Municipality()
		if err != nil {
			return err
		}
		m.Settings.FiscalCode = "99999000013"
		if err := tx.SaveSettings(m.Settings); err != nil {
			return err
		}
		if err := tx.SaveOffice(tenants.Office{Code: "u", Name: "u"}); err != nil {
			return err
		}
		for _, code := range []string{"PASSO_CARRABILE", "OCCUPAZIONE_SUOLO"} {
			if err := tx.SaveDebtType(tenants.DebtType{Code: code, Office: "u", Name: code, Active: true, Setup: tenants.TypeSetup{Price: price.Rule{Kind: price.Fixed}}}); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return id
}

// TestGovPayFiles brings every file of the corpora into one municipality, in
// order, then all of them again, which changes nothing but where two files say
// different things of the same debt.
func TestGovPayFiles(t *testing.T) {
	dir := shared.Path(t, "corpora", "pagopa", "govpay-csv")
	expected := expectations(t, dir)
	tenantstest.Each(t, func(t *testing.T, db *tenantstest.Data) {
		id := govpayTown(t, db)
		for round := range 2 {
			for _, file := range slices.Sorted(keys(expected)) {
				data, err := os.ReadFile(filepath.Join(dir, file))
				if err != nil {
					t.Fatal(err)
				}
				run, p := check(t, db, id, by, string(data))
				if p.Rows != expected[file] {
					t.Errorf("%s: %d rows, want %d", file, p.Rows, expected[file])
				}
				if unknown := strings.Contains(file, "annullamento-del"); unknown != (p.Errors > 0) {
					t.Errorf("%s: %+v %v", file, p, problems(t, db, id, run))
				}
				if told := strings.Contains(file, "100k"); round == 1 && (p.New > 0 || told != (p.Changed > 0)) {
					t.Errorf("%s again: %+v", file, p)
				}
				approve(t, db, id, run, jobs.GoodRows)
			}
		}
		state(t, db, id)
		if err := db.Read(ctx, id, func(tx *tenants.Tx) error {
			var d debts.Debt
			if err := tx.One(tx.Select(&d).Where("position = ?", "D3-PV3"), "no document"); err != nil {
				return err
			}
			d, err := debts.Load(tx, d.ID)
			options := map[string]int{}
			for _, in := range d.Instalments {
				options[in.Option]++
			}
			same(t, "options of a document", options, map[string]int{"unica": 1, "rate": 3})
			return err
		}); err != nil {
			t.Fatal(err)
		}
	})
}

func expectations(t *testing.T, dir string) map[string]int64 {
	t.Helper()
	f, err := os.Open(filepath.Join(dir, "EXPECTED.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]int64{}
	for _, r := range rows[1:] {
		var n int64
		if _, err := fmt.Sscan(r[2], &n); err != nil {
			t.Fatal(err)
		}
		want[r[0]] = n
	}
	return want
}

func keys(m map[string]int64) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

const govpayHeader = "idA2A,idPendenza,idDominio,tipoPendenza,causale,importo,idDocumento,numeroRata,tipoSoggettoPagatore,identificativoPagatore,anagraficaPagatore,idVoce1,importoVoce1\n"

// TestGovPayDocument needs no corpora: a document with a single payment and two
// instalments is one debt with two options, annulled unit by unit.
func TestGovPayDocument(t *testing.T) {
	tenantstest.Each(t, func(t *testing.T, db *tenantstest.Data) {
		id := govpayTown(t, db)
		unit := func(key, document, number, amount string) string {
			return fmt.Sprintf("A2A,%s,99999000013,PASSO_CARRABILE,Passo,%s,%s,%s,F,ANONIMO,Ada Prova,1,%s\n", key, amount, document, number, amount)
		}
		load(t, db, id, govpayHeader+unit("U0", "DOC", "", "100.00")+unit("U1", "DOC", "1", "50.00")+unit("U2", "DOC", "2", "50.00")+unit("SOLO", "", "", "7.00"))
		same(t, "loaded", state(t, db, id), []string{
			"PASSO_CARRABILE/DOC open 100,00 | rate 1 50,00 open 2/2 | rate 2 50,00 open 2/2 | unica 1 100,00 open 2/2",
			"PASSO_CARRABILE/SOLO open 7,00 | unica 1 7,00 open 2/2",
			"ACC 107,00", "CRE 107,00",
		})
		gone := func(keys ...string) (file string) {
			file = govpayHeader
			for _, k := range keys {
				file += "A2A," + k + ",,,,0,,,,,,,\n"
			}
			return file
		}
		part := load(t, db, id, gone("U1", "SOLO"))
		same(t, "one unit of three", []int64{part.Annulled, part.Unchanged}, []int64{1, 1})
		again := load(t, db, id, gone("U1"))
		same(t, "the same unit again", []int64{again.Annulled, again.Unchanged}, []int64{0, 1})
		if got := state(t, db, id); !strings.Contains(got[0], "DOC open 100,00") {
			t.Errorf("after one unit: %q", got)
		}
		whole := load(t, db, id, gone("U0", "U1", "U2"))
		same(t, "all units", []int64{whole.Annulled, whole.Unchanged}, []int64{1, 2})
		got := state(t, db, id)
		if !strings.Contains(got[0], "DOC annulled 0,00") || !strings.Contains(got[1], "SOLO annulled 0,00") || len(got) != 2 {
			t.Errorf("after the annulments: %q", got)
		}
		run, p := check(t, db, id, by, gone("U9"))
		if p.Errors != 1 || !strings.Contains(problems(t, db, id, run)[0], "non trovata") {
			t.Errorf("annulment of an unknown unit: %+v", p)
		}
	})
}
