package treasurer

import (
	"encoding/xml"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"cassacomune/app/day"
	"cassacomune/app/money"
	"cassacomune/app/shared"
)

// file is the journal read back by the test's own few lines.
type file struct {
	ID       string `xml:"identificativo_flusso_BT"`
	Accounts []struct {
		Moves []struct {
			Kind      string `xml:"tipo_movimento"`
			Document  string `xml:"tipo_documento"`
			Operation string `xml:"tipo_operazione"`
			Number    int64  `xml:"numero_documento"`
			Line      int    `xml:"progressivo_documento"`
			Cents     amount `xml:"importo"`
			Execution string `xml:"tipo_esecuzione"`
			Text      string `xml:"causale"`
			Closes    []struct {
				Number int64  `xml:"numero_provvisorio"`
				Cents  amount `xml:"importo_provvisorio"`
			} `xml:"sospeso"`
		} `xml:"movimento_conto_evidenza"`
		Before amount `xml:"saldo_precedente_conto_evidenza"`
		In     amount `xml:"totale_entrate_conto_evidenza"`
		Out    amount `xml:"totale_uscite_conto_evidenza"`
		After  amount `xml:"saldo_finale_conto_evidenza"`
	} `xml:"informazioni_conto_evidenza"`
	Before amount `xml:"saldo_complessivo_precedente"`
	In     amount `xml:"totale_complessivo_entrate"`
	Out    amount `xml:"totale_complessivo_uscite"`
	After  amount `xml:"saldo_complessivo_finale"`
	Year   struct {
		Fund     amount `xml:"fondo_di_cassa"`
		Orders   amount `xml:"totale_reversali_riscosse"`
		Credits  amount `xml:"totale_sospesi_entrata"`
		In       amount `xml:"totale_entrate"`
		Deficit  amount `xml:"deficit_di_cassa"`
		Warrants amount `xml:"totale_mandati_pagati"`
		Debits   amount `xml:"totale_sospesi_uscita"`
		Out      amount `xml:"totale_uscite"`
		Balance  amount `xml:"saldo_esercizio"`
	} `xml:"totali_esercizio"`
}

type amount int64

func (a *amount) UnmarshalText(b []byte) error {
	n, err := strconv.ParseInt(strings.Replace(string(b), ".", "", 1), 10, 64)
	*a = amount(n)
	return err
}

// equations holds the seven, with the final balance of the day before.
func equations(t *testing.T, f file, previous amount) {
	t.Helper()
	a := f.Accounts[0]
	var moved amount
	for _, m := range a.Moves {
		v := m.Cents
		if m.Operation == "STORNATO" {
			v = -v
		}
		if m.Operation == "REGOLARIZZATO" {
			v = 0
		}
		if m.Kind == "USCITA" {
			v = -v
		}
		moved += v
	}
	y := f.Year
	for i, holds := range []bool{
		a.Before+a.In-a.Out == a.After,
		moved == a.In-a.Out,
		f.Before+f.In-f.Out == f.After && f.After == a.After,
		y.Fund+y.Orders+y.Credits == y.In,
		y.Deficit+y.Warrants+y.Debits == y.Out,
		y.In-y.Out == y.Balance && y.Balance == f.After,
		f.Before == previous && a.Before == previous,
	} {
		if !holds {
			t.Errorf("%s: equation %d does not hold: %+v", f.ID, i+1, f)
		}
	}
}

func read(t *testing.T, data []byte) file {
	t.Helper()
	var f file
	if err := xml.Unmarshal(data, &f); err != nil {
		t.Fatal(err)
	}
	return f
}

var first = day.New(2026, 11, 23)

func newTreasurer() *Treasurer {
	return New(Config{Opening: 1000000, Clock: func() time.Time { return first.Start().Add(18 * time.Hour) }})
}

func TestDays(t *testing.T) {
	b := newTreasurer()
	must := func(n int64, err error) int64 {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	pos := must(b.Credit(Movement{Cents: 13501, Party: Party{Name: "ACQUIRER & FIGLI"}, Text: "ACCREDITO POS <12345678>", Reference: "TRN1"}))
	state := must(b.Credit(Movement{Cents: 500000, Party: Party{Name: "MINISTERO"}, Text: "TRASFERIMENTO", Execution: StateAccount}))
	must(b.Sweep(Movement{Cents: 9000, Party: Party{Name: "POSTE"}, Text: "PRELIEVO"}))
	must(b.Charge(Movement{Cents: 250, Party: Party{Name: "BANCA"}, Text: "CANONE"}))
	one := journal(t, b, first)
	f := read(t, one)
	equations(t, f, 1000000)
	if len(f.Accounts[0].Moves) != 4 || f.Year.Credits != 522501 || f.Accounts[0].Moves[0].Text != "ACCREDITO POS <12345678>" {
		t.Errorf("first day = %+v", f)
	}

	// the first provisional in two orders, one gross with its fee in compensation
	order := Order{Number: 7, Cents: 13665, Lines: []Line{
		{Cents: 13001, Kind: Regularised, Closes: []Closes{{pos, 13001}}},
		{Cents: 500, Kind: Regularised, Closes: []Closes{{pos, 500}}},
		{Cents: 164, Kind: Compensation},
	}}
	must(b.Order(order, first.AddDays(2)))
	if err := b.Cancel(state, 100000, first.AddDays(2), "STORNO PARZIALE"); err != nil {
		t.Fatal(err)
	}
	two := journal(t, b, first.AddDays(1))
	if g := read(t, two); len(g.Accounts[0].Moves) != 0 {
		t.Errorf("an empty day has movements: %+v", g)
	} else {
		equations(t, g, f.After)
	}
	three := journal(t, b, first.AddDays(2))
	g := read(t, three)
	equations(t, g, f.After)
	m := g.Accounts[0].Moves
	if len(m) != 5 || m[0].Operation != "REGOLARIZZATO" || m[0].Document != "REVERSALE" || m[0].Number != 7 ||
		m[0].Closes[0].Number != pos || m[0].Closes[0].Cents != 13001 || m[3].Document != "MANDATO" || m[4].Operation != "STORNATO" {
		t.Errorf("third day = %+v", m)
	}
	if g.Year.Credits != 409000 || g.Year.Orders != 13665 || g.Year.Warrants != 164 {
		t.Errorf("year = %+v", g.Year)
	}
	if got := b.Open(pos); got != 0 {
		t.Errorf("open of the regularised provisional = %s, want 0", got)
	}
	if again := journal(t, b, first); string(again) != string(one) {
		t.Error("the first day asked again differs")
	}
	for i, data := range [][]byte{one, two, three} {
		validate(t, data, i)
	}
}

func journal(t *testing.T, b *Treasurer, on day.Date) []byte {
	t.Helper()
	data, err := b.Journal(on)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestYearEnds(t *testing.T) {
	b := newTreasurer()
	if _, err := b.Credit(Movement{Cents: 100, Party: Party{Name: "A"}, Text: "B"}); err != nil {
		t.Fatal(err)
	}
	journal(t, b, day.New(2026, 12, 31))
	f := read(t, journal(t, b, day.New(2027, 1, 4)))
	equations(t, f, 1000100)
	if f.Year.Fund != 1000100 || f.Year.Credits != 0 {
		t.Errorf("new year = %+v", f.Year)
	}
}

func TestRefused(t *testing.T) {
	b := newTreasurer()
	n, err := b.Credit(Movement{Cents: 100, Party: Party{Name: "A"}, Text: "B"})
	if err != nil {
		t.Fatal(err)
	}
	reg := func(cents money.Cents, closes ...Closes) Order {
		return Order{Cents: cents, Lines: []Line{{Cents: cents, Kind: Regularised, Closes: closes}}}
	}
	for name, o := range map[string]Order{
		"more than is open": reg(101, Closes{n, 101}),
		"twice in one":      reg(120, Closes{n, 60}, Closes{n, 60}),
		"unknown":           reg(100, Closes{n + 1, 100}),
		"not to the cent":   reg(100, Closes{n, 99}),
		"sum":               {Cents: 99, Lines: []Line{{Cents: 100, Kind: Cash}}},
		"kind":              {Cents: 100, Lines: []Line{{Cents: 100, Kind: "ALTRO"}}},
		"no lines":          {},
	} {
		if _, err := b.Order(o, first); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	if err := b.Cancel(n, 101, first, "X"); err == nil {
		t.Error("a reversal larger than its provisional was accepted")
	}
	if got := b.Open(n); got != 100 {
		t.Errorf("open after refusals = %s, want 1,00", got)
	}
	journal(t, b, first)
	if _, err := b.Journal(first.AddDays(-1)); err == nil {
		t.Error("a journal of a day before the last was written")
	}
}

func validate(t *testing.T, data []byte, i int) {
	t.Helper()
	lint, err := exec.LookPath("xmllint")
	if err != nil {
		t.Skip("xmllint is not here: schema not checked")
	}
	schema := shared.Path(t, "schemas", "opi", "OPI_GIORNALE_DI_CASSA_V_1_7_1.xsd")
	path := filepath.Join(t.TempDir(), "giornale.xml")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command(lint, "--nonet", "--noout", "--schema", schema, path).CombinedOutput(); err != nil {
		t.Errorf("journal %d against the schema: %v\n%s", i+1, err, out)
	}
}
