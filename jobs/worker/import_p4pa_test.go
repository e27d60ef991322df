package worker_test

import (
	"strings"
	"testing"

	"cassacomune/app/fault"
	"cassacomune/jobs"
	"cassacomune/tenants/tenantstest"
)

const p4paHeader = "IUPD;IUD;indiceOpzionePagamento;tipoOpzionePagamento;tipoIdentificativoUnivoco;codiceIdentificativoUnivoco;anagraficaPagatore;" +
	"dataEsecuzionePagamento;importoDovuto;tipoDovuto;causaleVersamento;flagMultiBeneficiario;codiceFiscaleEnte_1;codiceFiscaleEnte_2;importoVersamentoEnte_2;azione\r\n"

// p4paRow is an instalment of the town of the tests, unless body says otherwise.
func p4paRow(position, unit, option, cents, body, action string) string {
	index := map[string]string{"SINGLE_INSTALLMENT": "1", "INSTALLMENTS": "2"}[option]
	return strings.Join([]string{position, unit, index, option, "F", "", "Ada Prova", "2026-03-31", cents, "MENSA", "Mensa", "true", body, "80000000010", "1.00", action}, ";") + "\r\n"
}

// TestInstalmentsOfThePlatform loads a position with two ways to pay it, and
// takes it back instalment by instalment.
func TestInstalmentsOfThePlatform(t *testing.T) {
	const us = "00000000000"
	tenantstest.Each(t, func(t *testing.T, db *tenantstest.Data) {
		id := town(t, db)
		load(t, db, id, p4paHeader+
			p4paRow("P1", "P1-U", "SINGLE_INSTALLMENT", "61.00", us, "I")+
			p4paRow("P1", "P1-1", "INSTALLMENTS", "31.00", us, "I")+
			p4paRow("P1", "P1-2", "INSTALLMENTS", "30.50", us, "I"))
		same(t, "loaded", state(t, db, id), []string{
			"MENSA/P1 open 61,00 | rate-2 1 31,00 open 2/2 | rate-2 2 30,50 open 2/2 | unica 1 61,00 open 2/2",
			"ACC 60,00", "CRE 60,00", "CRE.trz 1,00", "TRZ.80000000010 1,00",
		})
		p := load(t, db, id, p4paHeader+p4paRow("P1", "P1-U", "SINGLE_INSTALLMENT", "61.00", us, "A")+p4paRow("P1", "P1-1", "INSTALLMENTS", "31.00", us, "A"))
		same(t, "annulled in part", []int64{p.Annulled, p.Unchanged}, []int64{0, 2})
		p = load(t, db, id, p4paHeader+p4paRow("P1", "P1-2", "INSTALLMENTS", "30.50", us, "A"))
		same(t, "annulled", []int64{p.Annulled, p.Unchanged}, []int64{1, 0})
		if got := state(t, db, id); len(got) != 1 || !strings.HasPrefix(got[0], "MENSA/P1 annulled") {
			t.Errorf("taken back: got %q", got)
		}
	})
}

// TestWhoseInstalments refuses files that are, or may be, of somebody else: the
// platform knows whose they are by who sends them, and the file need not say.
func TestWhoseInstalments(t *testing.T) {
	for name, c := range map[string]struct{ rows, problem, says string }{
		"another's": {p4paRow("P1", "P1-U", "SINGLE_INSTALLMENT", "61.00", "00000000018", "I"),
			`2 codiceFiscaleEnte_1 "00000000018" error: Il file è di un altro ente`, "altro ente"},
		"nobody's": {p4paRow("P1", "P1-U", "SINGLE_INSTALLMENT", "61.00", "", "I"),
			`2 codiceFiscaleEnte_1 "" error: Il file non dice di quale ente sono i dovuti`, "non dice"},
		"nobody's among ours": {p4paRow("P1", "P1-U", "SINGLE_INSTALLMENT", "61.00", "00000000000", "I") + p4paRow("P2", "P2-U", "SINGLE_INSTALLMENT", "61.00", "", "I"),
			`3 codiceFiscaleEnte_1 "" error: Il file non dice di quale ente sono i dovuti`, "non dice"},
		"nobody's annulment": {p4paRow("P1", "P1-U", "SINGLE_INSTALLMENT", "61.00", "", "A"),
			`2 codiceFiscaleEnte_1 "" error: Il file non dice di quale ente sono i dovuti`, "non dice"},
	} {
		t.Run(name, func(t *testing.T) {
			db := tenantstest.SQLite(t)
			id := town(t, db)
			run, _ := check(t, db, id, by, p4paHeader+c.rows)
			if run.State != jobs.Failed || !strings.Contains(run.Error, c.says) {
				t.Errorf("%s %q, want refused: %s", run.State, run.Error, c.says)
			}
			same(t, "problems", problems(t, db, id, run), []string{c.problem})
			if _, err := jobs.ApproveImport(ctx, db.DB, id, by, run.ID, jobs.GoodRows); !fault.Is(err, fault.Conflict) {
				t.Errorf("approval: %v, want Conflict", err)
			}
			same(t, "debts", state(t, db, id), []string(nil))
		})
	}
}
