package worker_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"cassacomune/app/codes"
	"cassacomune/app/collections"
	"cassacomune/app/debts"
	"cassacomune/app/fault"
	"cassacomune/app/formats/debtcsv"
	"cassacomune/app/money"
	"cassacomune/jobs"
	"cassacomune/jobs/worker"
	"cassacomune/tenants"
	"cassacomune/tenants/tenantstest"
)

func TestImportThenTheSameThenChanged(t *testing.T) {
	tenantstest.Each(t, func(t *testing.T, db *tenantstest.Data) {
		id := town(t, db)
		file := header + row("A", "45,00") +
			row("B", "30,00", "retta") + row("B", "2,50", "spese") +
			row("C", "60,00", "1", "", "unica", "1") + row("C", "30,00", "1", "", "rate", "1") + row("C", "30,00", "1", "", "rate", "2")
		p := load(t, db, id, file)
		same(t, "preview", []int64{p.Rows, p.Debts, p.New, p.Changed, p.Unchanged, p.Rejected, int64(p.Sum)}, []int64{6, 3, 3, 0, 0, 0, 13750})
		first := state(t, db, id)
		same(t, "loaded", first, []string{
			"MENSA/A open 45,00 | unica 1 45,00 open 2/2",
			"MENSA/B open 32,50 | unica 1 32,50 open 2/2",
			"MENSA/C open 60,00 | rate 1 30,00 open 2/2 | rate 2 30,00 open 2/2 | unica 1 60,00 open 2/2",
			"ACC 137,50", "CRE 137,50",
		})
		p = load(t, db, id, file)
		same(t, "preview of the same file", []int64{p.New, p.Changed, p.Unchanged}, []int64{0, 0, 3})
		same(t, "after the same file", state(t, db, id), first)

		changed := header + row("A", "40,00") + row("B", "30,00", "retta") +
			row("C", "60,00", "1", "", "unica", "1") + row("C", "20,00", "1", "", "rate", "1") + row("C", "40,00", "1", "", "rate", "2")
		run, p := check(t, db, id, by, changed)
		same(t, "preview of the changed file", []int64{p.New, p.Changed, p.Unchanged, p.Errors}, []int64{0, 3, 0, 0})
		same(t, "changes shown", problems(t, db, id, run)[0], `2 importo "45,00 → 40,00" change: la posizione c'è già con un altro contenuto: sarà modificata`)
		approve(t, db, id, run, jobs.AllOrNothing)
		same(t, "changed", state(t, db, id), []string{
			"MENSA/A open 40,00 | unica 1 45,00 closed 0/2 | unica 1 40,00 open 2/2",
			"MENSA/B open 30,00 | unica 1 32,50 closed 0/2 | unica 1 30,00 open 2/2",
			"MENSA/C open 60,00 | rate 1 30,00 closed 0/2 | rate 1 20,00 open 2/2 | rate 2 30,00 closed 0/2 | rate 2 40,00 open 2/2 | unica 1 60,00 open 2/2",
			"ACC 130,00", "CRE 130,00",
		})
		load(t, db, id, file) // and back: the turn of the change keeps the ledger's keys apart
		load(t, db, id, changed)
		load(t, db, id, header+row("A", "", "", "annulla")+row("B", "", "", "annulla"))
		again := load(t, db, id, header+row("A", "", "", "annulla"))
		same(t, "annulled twice", []int64{again.Annulled, again.Unchanged}, []int64{0, 1})
		got := state(t, db, id)
		same(t, "annulled", got[len(got)-2:], []string{"ACC 60,00", "CRE 60,00"})
	})
}

var bad = header +
	row("A", "45,00") +
	row("B", "12..34") + // 3: its own row only
	row("C", "30,00", "retta") + row("C", "1e3", "spese") + // 5 spoils 4
	row("D", "20,00") +
	row("E", "10,00", "x") + row("F", "10,00") + row("E", "5,00", "y") + // 9: not contiguous
	strings.Replace(row("G", "10,00"), "MENSA", "IGNOTO", 1) + // 10
	row("H", "10,00", "1", "modifica") + // 11: not there
	row("I", "-1,00") + row("J", "10,00")

func TestBadRows(t *testing.T) {
	tenantstest.Each(t, func(t *testing.T, db *tenantstest.Data) {
		id := town(t, db)
		run, p := check(t, db, id, by, bad)
		same(t, "problems", problems(t, db, id, run), []string{
			`3 importo "12..34" error: importo non leggibile`,
			`4 codice_posizione "C" error: la posizione è rifiutata per intero: vedi la riga 5`,
			`5 importo "1e3" error: importo non leggibile`,
			`7 codice_posizione "E" error: posizione non contigua: le sue righe stanno in più punti del file, e devono stare insieme`,
			`9 codice_posizione "E" error: posizione non contigua: le sue righe stanno in più punti del file, e devono stare insieme`,
			`10 tipo_dovuto "IGNOTO" error: il tipo dovuto non è nel catalogo`,
			`11 codice_posizione "H" error: posizione da modificare non trovata per questo tipo dovuto`,
			`12 importo "-1,00" error: importo negativo`,
		})
		same(t, "preview", []int64{p.Rows, p.New, p.Rejected, p.Errors}, []int64{12, 4, 8, 8})
		if _, err := jobs.ApproveImport(ctx, db.DB, id, by, run.ID, jobs.AllOrNothing); !fault.Is(err, fault.Conflict) {
			t.Errorf("all or nothing with errors: %v, want Conflict", err)
		}
		same(t, "after all or nothing", state(t, db, id), []string(nil))
		approve(t, db, id, run, jobs.GoodRows)
		var got []string
		for _, line := range state(t, db, id) {
			got = append(got, strings.Fields(line)[0])
		}
		same(t, "good rows", got, []string{"MENSA/A", "MENSA/D", "MENSA/F", "MENSA/J", "ACC", "CRE"})

		var out bytes.Buffer
		if err := jobs.CopyRejected(ctx, db.DB, id, run.ID, &out, debtcsv.CopyRejected); err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(strings.TrimSpace(out.String()), "\r\n")
		if len(lines) != 9 || !strings.HasPrefix(strings.TrimPrefix(lines[0], "\ufeff"), "motivo;ente;") || !strings.Contains(lines[2], "vedi la riga 5;00000000000;MENSA;C;30,00") {
			t.Errorf("quarantine = %q", lines)
		}
	})
}

func TestAnotherTownsFile(t *testing.T) {
	tenantstest.Each(t, func(t *testing.T, db *tenantstest.Data) {
		id := town(t, db)
		run, _ := check(t, db, id, by, header+row("A", "45,00")+strings.Replace(row("B", "1,00"), "00000000000", "00000000018", 1))
		if run.State != jobs.Failed || !strings.Contains(run.Error, "altro ente") {
			t.Errorf("another town's file: %s %q, want refused", run.State, run.Error)
		}
		same(t, "problems", problems(t, db, id, run), []string{`3 ente "00000000018" error: Il file è di un altro ente`})
		if _, err := jobs.ApproveImport(ctx, db.DB, id, by, run.ID, jobs.GoodRows); !fault.Is(err, fault.Conflict) {
			t.Errorf("approval of a refused file: %v, want Conflict", err)
		}
	})
}

func TestAnotherOfficesType(t *testing.T) {
	tenantstest.Each(t, func(t *testing.T, db *tenantstest.Data) {
		id := town(t, db)
		clerk := tenants.Actor{Name: "Ugo", Role: "clerk", Offices: []string{"polizia"}}
		run, p := check(t, db, id, clerk, header+row("A", "45,00"))
		if p.Errors != 1 || !strings.Contains(problems(t, db, id, run)[0], "altro ufficio") {
			t.Errorf("preview = %+v %v, want one error", p, problems(t, db, id, run))
		}
	})
}

// TestCutFile cuts a good file at every byte: whatever is loaded is what was
// whole, and all or nothing loads nothing that is not.
func TestCutFile(t *testing.T) {
	db := tenantstest.SQLite(t)
	id := town(t, db)
	file := header + row("A", "45,00", "1") + row("B", "123,45", "1")
	whole := map[string]money.Cents{"A": 4500, "B": 12345}
	for n := len(header) + 1; n < len(file); n += 3 {
		run, p := check(t, db, id, by, file[:n])
		if run.State != jobs.Done || p.Errors == 0 {
			continue
		}
		if _, err := jobs.ApproveImport(ctx, db.DB, id, by, run.ID, jobs.AllOrNothing); !fault.Is(err, fault.Conflict) {
			t.Errorf("cut at %d: %v, want Conflict", n, err)
		}
		if p.Unusable {
			continue
		}
		approve(t, db, id, run, jobs.GoodRows)
		if err := db.Read(ctx, id, func(tx *tenants.Tx) error {
			var all []debts.Debt
			err := tx.Select(&all).Scan(ctx)
			for _, d := range all {
				if whole[d.Position] != d.Cents {
					t.Fatalf("cut at %d: %s loaded with %s", n, d.Position, d.Cents)
				}
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
	}
}

func many(n int) string {
	var b strings.Builder
	b.WriteString(header)
	for i := range n {
		b.WriteString(row(fmt.Sprintf("P%07d", i), "10,00"))
	}
	return b.String()
}

func TestCancelledCheck(t *testing.T) {
	tenantstest.Each(t, func(t *testing.T, db *tenantstest.Data) {
		id := town(t, db)
		run, err := jobs.StartImport(ctx, db.DB, id, by, "x", strings.NewReader(bad))
		if err != nil {
			t.Fatal(err)
		}
		if err := db.Within(ctx, id, by, func(tx *tenants.Tx) error {
			run, _, err = jobs.Claim(tx, run.ID, "w")
			if err != nil {
				return err
			}
			return jobs.Cancel(tx, run.ID)
		}); err != nil {
			t.Fatal(err)
		}
		if _, err := worker.ImportWork(ctx, db.DB, id, &run); !errors.Is(err, jobs.ErrLost) {
			t.Errorf("work on a cancelled run: %v, want ErrLost", err)
		}
		same(t, "problems of a cancelled run", problems(t, db, id, run), []string(nil))
	})
}

// TestKilledBetweenChunks ends the second pass after each of its chunks, and
// lets another worker go on. A slice that comes to its time before the kill
// leaves the run as silent: nobody is told that there is more.
func TestKilledBetweenChunks(t *testing.T) {
	tenantstest.Each(t, func(t *testing.T, db *tenantstest.Data) {
		id := town(t, db)
		run, _ := check(t, db, id, by, many(2500))
		run, err := jobs.ApproveImport(ctx, db.DB, id, by, run.ID, jobs.AllOrNothing)
		if err != nil {
			t.Fatal(err)
		}
		kills := 0
		for {
			short, cancel := context.WithCancel(ctx)
			done := make(chan struct{})
			which, was := run.ID, run.Done // run itself is the worker's
			go func() {                    // dies when it sees progress
				defer close(done)
				for ; short.Err() == nil; time.Sleep(time.Millisecond) {
					var now jobs.Run
					db.Read(short, id, func(tx *tenants.Tx) (err error) { now, err = jobs.Find(tx, which); return err })
					if now.Done > was && now.State == jobs.Running {
						cancel()
					}
				}
			}()
			more, err := slice(short, db.DB, id, &run)
			cancel()
			<-done
			if err == nil && !more {
				break
			}
			kills++
			db.Clock.Move(2 * jobs.Lease)
		}
		if kills == 0 {
			t.Error("the run was never killed: nothing was tried")
		}
		got := state(t, db, id)
		same(t, "debts and totals", append([]string{fmt.Sprint(len(got))}, got[2500:]...), []string{"2502", "ACC 25000,00", "CRE 25000,00"})
	})
}

// TestPrintedNotices loads debts whose notices the office has printed with the
// very numbers that our own series would come to.
func TestPrintedNotices(t *testing.T) {
	tenantstest.Each(t, func(t *testing.T, db *tenantstest.Data) {
		id := town(t, db)
		printed, err := codes.NewNotice(1, 3)
		if err != nil {
			t.Fatal(err)
		}
		file := strings.Replace(header, "\r\n", ";numero_avviso\r\n", 1)
		line := func(position, notice string) string {
			return strings.Replace(row(position, "10,00"), "\r\n", ";"+notice+"\r\n", 1)
		}
		load(t, db, id, file+line("A", "")+line("B", printed)+line("C", "")+line("D", ""))
		load(t, db, id, file+line("E", "")+line("F", ""))
		same(t, "debts", len(state(t, db, id)), 6+2)
		run, p := check(t, db, id, by, file+line("G", printed)+line("H", "301000000000777777")+line("I", "301000000000777777"))
		if got := problems(t, db, id, run); p.Errors != 3 || strings.Count(strings.Join(got, "\n"), "già di un'altra posizione") != 1 || strings.Count(strings.Join(got, "\n"), "usato più volte nel file") != 2 {
			t.Errorf("notices used twice: %d errors, %q", p.Errors, got)
		}
	})
}

// TestChangedAfterThePreview pays a debt between the two passes, so that the
// change that was shown may not be made any more.
func TestChangedAfterThePreview(t *testing.T) {
	tenantstest.Each(t, func(t *testing.T, db *tenantstest.Data) {
		id := town(t, db)
		load(t, db, id, header+row("A", "45,00"))
		run, p := check(t, db, id, by, header+row("A", "40,00")+row("B", "10,00"))
		same(t, "preview", []int64{p.New, p.Changed, p.Errors}, []int64{1, 1, 0})
		if err := db.Within(ctx, id, by, func(tx *tenants.Tx) error {
			var code debts.Code
			if err := tx.One(tx.Select(&code), "no code"); err != nil {
				return err
			}
			_, _, err := collections.Book(tx, collections.New{Channel: "slip", Key: "k", Cents: 4500, PaidOn: tx.Today(), Code: code.Code, Source: "test"})
			return err
		}); err != nil {
			t.Fatal(err)
		}
		paid := state(t, db, id)
		all, err := jobs.ApproveImport(ctx, db.DB, id, by, run.ID, jobs.AllOrNothing)
		if err != nil {
			t.Fatal(err)
		}
		if all = work(t, db, id, all); all.State != jobs.Failed || !strings.Contains(all.Error, "alla riga 2") {
			t.Errorf("all or nothing: %s %q, want refused at line 2", all.State, all.Error)
		}
		same(t, "after all or nothing", state(t, db, id), paid)
		run, p = check(t, db, id, by, header+row("A", "40,00")+row("B", "10,00"))
		same(t, "preview once paid", []int64{p.New, p.Changed, p.Errors}, []int64{1, 0, 1})
		approve(t, db, id, run, jobs.GoodRows)
		if got := state(t, db, id); !strings.HasPrefix(got[1], "MENSA/B open 10,00") {
			t.Errorf("good rows: %q", got)
		}
	})
}

func TestApproveTwice(t *testing.T) {
	db := tenantstest.SQLite(t)
	id := town(t, db)
	run, _ := check(t, db, id, by, many(3))
	first, err := jobs.ApproveImport(ctx, db.DB, id, by, run.ID, jobs.AllOrNothing)
	if err != nil {
		t.Fatal(err)
	}
	second, err := jobs.ApproveImport(ctx, db.DB, id, by, run.ID, jobs.AllOrNothing)
	if err != nil || second.ID != first.ID {
		t.Errorf("second approval = %s, %v; want the run of the first, %s", second.ID, err, first.ID)
	}
}

func TestUploadLimit(t *testing.T) {
	db := tenantstest.SQLite(t)
	id := town(t, db)
	if err := db.Within(ctx, id, by, func(tx *tenants.Tx) error {
		m, err := tx.Municipality()
		if err != nil {
			return err
		}
		m.Settings.UploadLimit = 1000
		return tx.SaveSettings(m.Settings)
	}); err != nil {
		t.Fatal(err)
	}
	if _, err := jobs.StartImport(ctx, db.DB, id, by, "x", strings.NewReader(many(100))); !fault.Is(err, fault.TooLarge) {
		t.Errorf("upload over the limit: %v, want TooLarge", err)
	}
}
