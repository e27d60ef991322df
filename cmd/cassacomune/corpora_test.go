package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"cassacomune/app/price"
	"cassacomune/app/shared"
	"cassacomune/tenants"
)

// shell is the binary on a data folder of its own.
type shell struct {
	t      testing.TB
	binary string
	dir    string
}

func newShell(t *testing.T) *shell {
	t.Helper()
	s := &shell{t: t, binary: filepath.Join(t.TempDir(), "cassacomune"), dir: t.TempDir()}
	if out, err := exec.Command("go", "build", "-o", s.binary, ".").CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	return s
}

// run says what a command printed, on either output, and whether it succeeded.
func (s *shell) run(args ...string) (said, wrong string, ok bool) {
	s.t.Helper()
	cmd := exec.Command(s.binary, args...)
	cmd.Env = append(os.Environ(), "CASSACOMUNE_DATA="+s.dir, "CASSACOMUNE_LOG_LEVEL=error")
	var out, failed bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &failed
	err := cmd.Run()
	return out.String(), failed.String(), err == nil
}

// TestImportOfTheCorpora brings every file of GovPay and both valid journals
// into a new municipality by the command line, and says what was refused.
func TestImportOfTheCorpora(t *testing.T) {
	if testing.Short() {
		t.Skip("twenty processes are not short")
	}
	t.Parallel()
	root := shared.Path(t, "corpora")
	s := newShell(t)
	if _, wrong, ok := s.run("tenant", "add", "prova", "--name", "Comune di Prova", "--fiscal-code", "99999000013"); !ok {
		t.Fatal(wrong)
	}
	journals := filepath.Join(root, "treasury", "OPI_GIORNALE_DI_CASSA_V_")
	s.refused(journals+"1_7_1.VALID.xml", "il conto di evidenza non è tra i conti del Comune")
	s.setUp(map[string]string{"PASSO_CARRABILE": "Passo carrabile", "OCCUPAZIONE_SUOLO": "Occupazione di suolo pubblico"}, "0000004", "0000005")

	folder := filepath.Join(root, "pagopa", "govpay-csv")
	for _, want := range expectedFiles(t, folder) {
		said, wrong, ok := s.run("import", "--tenant", "prova", filepath.Join(folder, want.file))
		if !strings.Contains(said, fmt.Sprintf(": %d rows,", want.rows)) {
			t.Errorf("%s: %s%s, want %d rows", want.file, said, wrong, want.rows)
		}
		if unknown := strings.Contains(want.file, "annullamento-del"); ok == unknown {
			t.Errorf("%s: accepted %v\n%s", want.file, ok, wrong)
		} else if unknown && strings.Count(wrong, "posizione da annullare non trovata") != want.rows {
			t.Errorf("%s: refused for another reason\n%s", want.file, wrong)
		}
		t.Logf("%s\n%s%s", want.file, said, wrong)
	}
	for _, version := range []string{"1_4", "1_7_1"} { // one day, told twice
		said, wrong, ok := s.run("import", "--tenant", "prova", journals+version+".VALID.xml")
		if !ok || !strings.Contains(said, ": 4 rows\n") {
			t.Errorf("journal %s: %s%s", version, said, wrong)
		}
		t.Logf("journal %s\n%s%s", version, said, wrong)
	}
	s.refused(journals+"1_4.INVALID.xml", "commento dentro il valore")
	s.refused(journals+"1_7_1.INVALID.xml", "pagina inesistente")
	for number, cents := range map[string]string{"0064422": "5015,87", "0064426": "4276,20"} {
		if said, wrong, ok := s.run("trace", "--tenant", "prova", "2022/"+number); !ok || strings.Count(said, cents) != 1 {
			t.Errorf("trace of the provisional %s: %s%s", number, said, wrong)
		}
	}
	if said, wrong, ok := s.run("check"); !ok || said != "prova ok\n" {
		t.Errorf("check: %s%s", said, wrong)
	}
}

// refused expects that an import of a file fails for a reason.
func (s *shell) refused(file, reason string) {
	s.t.Helper()
	said, wrong, ok := s.run("import", "--tenant", "prova", file)
	if ok || !strings.Contains(wrong, reason) {
		s.t.Errorf("%s: accepted %v\n%s%s\nwant refused: %s", filepath.Base(file), ok, said, wrong, reason)
	}
	s.t.Logf("%s\n%s%s", filepath.Base(file), said, wrong)
}

// setUp gives the municipality what its administrator would: a catalogue, and
// the sub-accounts that its journal tells of.
func (s *shell) setUp(types map[string]string, accounts ...string) {
	s.t.Helper()
	ctx := context.Background()
	db, err := tenants.Open(tenants.Config{Dir: s.dir})
	must(s.t, err)
	defer db.Close()
	town, err := db.BySlug(ctx, "prova")
	must(s.t, err)
	must(s.t, db.Within(ctx, town.ID, tenants.System("test"), func(tx *tenants.Tx) error {
		if err := tx.SaveOffice(tenants.Office{Code: "entrate", Name: "Ufficio entrate"}); err != nil {
			return err
		}
		for code, name := range types {
			if err := tx.SaveDebtType(tenants.DebtType{Code: code, Office: "entrate", Name: name, Active: true,
				Setup: tenants.TypeSetup{Price: price.Rule{Kind: price.Fixed}}}); err != nil {
				return err
			}
		}
		for _, number := range accounts {
			if err := tx.SaveAccount(tenants.Account{Key: "conto" + number, Name: "Conto " + number, Kind: tenants.AccountTreasury,
				Source: tenants.SourceJournal, Number: number}); err != nil {
				return err
			}
		}
		return nil
	}))
}

type expectedFile struct {
	file string
	rows int
}

// expectedFiles are the files of the corpora with their rows, in the order of
// their list.
func expectedFiles(t *testing.T, folder string) (all []expectedFile) {
	t.Helper()
	f, err := os.Open(filepath.Join(folder, "EXPECTED.csv"))
	must(t, err)
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	must(t, err)
	for _, r := range rows[1:] {
		e := expectedFile{file: r[0]}
		_, err := fmt.Sscan(r[2], &e.rows)
		must(t, err)
		all = append(all, e)
	}
	return all
}
