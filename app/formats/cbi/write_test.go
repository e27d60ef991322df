package cbi

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"cassacomune/app/day"
	"cassacomune/app/fault"
	"cassacomune/app/formats"
	"cassacomune/app/formats/internal/fixed"
	"cassacomune/app/formats/internal/golden"
	"cassacomune/app/money"
)

const (
	ours   = "IT76X0123456789000000012345"
	first  = "IT17D0987654321000000000001"
	second = "IT91E0987654321000000000002"
	third  = "IT41X04321123450000ABC00001"
)

var days = cmp.Comparer(func(a, b day.Date) bool { return a == b })

func debits() formats.DirectDebits {
	creditor := formats.Party{Name: "Comune di Borgo", IBAN: ours, Bank: "01234"}
	return formats.DirectDebits{
		ID: "INCASSI MARZO", CreatedAt: day.New(2012, 3, 15).Start(), Initiator: formats.Party{Code: "A1B2C"}, Scheme: "CORE",
		Batches: []formats.DebitBatch{
			{ID: "FRST", Sequence: "FRST", On: day.New(2012, 3, 31), Creditor: creditor, CreditorID: "IT53ZZZ0000080000000010", Debits: []formats.Debit{
				{EndToEnd: "MENSA-17", Cents: 6050, Mandate: formats.Mandate{ID: "UTENTE0017", SignedOn: day.New(2011, 9, 1)},
					Debtor: formats.Party{Name: "Rossi Maria", IBAN: first, Bank: "09876"}, Text: "Mensa di marzo"},
			}},
			{ID: "RCUR", Sequence: "RCUR", On: day.New(2012, 3, 31), Creditor: creditor, CreditorID: "IT53ZZZ0000080000000010", Debits: []formats.Debit{
				{EndToEnd: "MENSA-18", Cents: 12000, Mandate: formats.Mandate{ID: "UTENTE0018"},
					Debtor: formats.Party{Name: "Dell'Orto Città & figli, società agricola semplice di Borgo a Mare", IBAN: second, Bank: "09876"},
					Text:   "Refezione scolastica, secondo trimestre 2011/2012: pasti di gennaio, febbraio e marzo della figlia Clara, classe 2A"},
				{EndToEnd: "MENSA-19", Cents: mostCents, Mandate: formats.Mandate{ID: "0123456789ABCDEF", SignedOn: day.New(2012, 3, 31)},
					Debtor: formats.Party{Name: "Verdi Ugo", IBAN: third, Bank: "04321"}},
			}},
		},
	}
}

func slips() Slips {
	return Slips{ID: "CANONI 2012", CreatedOn: day.New(2012, 2, 1), Sender: "A1B2C",
		Creditor: formats.Party{Name: "Comune di Borgo, servizi cimiteriali", Address: "Piazza Grande 1 57100 Borgo LI", IBAN: ours, Bank: "01234"},
		Slips: []Slip{
			{Number: "0000000001", On: day.New(2012, 2, 28), Cents: 14500, Customer: "CANONE001", Debtor: "Rossi Maria", DebtorCode: "RSSMRA80A01Z999Y",
				Street: "Via dei Tigli 1", PostCode: "57100", Town: "Borgo LI", Text: "Canone di concessione 2012", Kind: "P"},
			{Number: "0000000002", On: day.New(2012, 2, 29), Cents: mostCents, Customer: "0123456789ABCDEF", Debtor: "Bianchi Clara e Verdi Ugo in solido fra loro",
				Street: "Località Città Vecchia 2", PostCode: "57100", Town: "Borgo a Mare LI", Text: "Canone di concessione 2012, prima rata: loculo 17, campo B, cimitero di Borgo a Mare"},
			{Number: "0000000099", Recall: true, On: day.New(2011, 2, 28), Cents: 1, Customer: "CANONE099", Debtor: "Neri Ada",
				Street: "Via dei Tigli 9", PostCode: "57100", Town: "Borgo LI", Kind: "B"},
		}}
}

func writeRID(t testing.TB, d formats.DirectDebits, terms RIDTerms) string {
	t.Helper()
	var b bytes.Buffer
	if found, err := WriteRID(&b, d, terms); err != nil {
		t.Fatalf("%v %v", err, found)
	}
	return b.String()
}

func writeMAV(t testing.TB, s Slips) string {
	t.Helper()
	var b bytes.Buffer
	if found, err := WriteMAV(&b, s); err != nil {
		t.Fatalf("%v %v", err, found)
	}
	return b.String()
}

func TestWrittenGoldens(t *testing.T) {
	golden.Compare(t, "written-rid.text", writeRID(t, debits(), RIDTerms{Kind: "U", Refund: "8"}))
	golden.Compare(t, "written-mav.text", writeMAV(t, slips()))
	for _, text := range []string{writeRID(t, debits(), RIDTerms{}), writeMAV(t, slips())} {
		for _, line := range strings.SplitAfter(strings.TrimSuffix(text, "\r\n"), "\r\n") {
			if got := len(strings.TrimSuffix(line, "\r\n")); got != width {
				t.Errorf("a record of %d characters: %q", got, line)
			}
		}
	}
}

// debitsAsWritten is what is to be read back: ids of batches have no place, a
// day no hour, and words are plain.
func debitsAsWritten(d formats.DirectDebits) formats.DirectDebits {
	for i := range d.Batches {
		b := &d.Batches[i]
		b.ID, b.Creditor.Name = "", plain(b.Creditor.Name)
		for k := range b.Debits {
			p := &b.Debits[k]
			p.Debtor.Name, p.Text = plain(p.Debtor.Name), plain(p.Text)
		}
	}
	return d
}

// readRID makes the request again out of what Read tells.
func readRID(t *testing.T, text string) formats.DirectDebits {
	t.Helper()
	d := formats.DirectDebits{Scheme: "CORE"}
	for e := range read(text) {
		switch {
		case e.Problem != nil:
			t.Errorf("problem: %v", e.Problem)
		case e.Message != nil:
			d.ID, d.CreatedAt, d.Initiator = e.Message.ID, e.Message.CreatedOn.Start(), e.Message.Initiator
		case e.Batch != nil:
			b := e.Batch
			d.Batches = append(d.Batches, formats.DebitBatch{Sequence: b.Sequence, On: b.On, Creditor: b.Account, CreditorID: b.Creditor})
		case e.Payment != nil:
			p, b := e.Payment, &d.Batches[len(d.Batches)-1]
			if p.Status != "" {
				t.Errorf("a request has the status %s", p.Status)
			}
			b.Debits = append(b.Debits, formats.Debit{EndToEnd: p.References.EndToEnd, Cents: p.Cents,
				Mandate: formats.Mandate{ID: p.References.Mandate, SignedOn: p.SignedOn}, Debtor: p.Party, Text: p.Text})
		}
	}
	return d
}

func slipsAsWritten(s Slips) Slips {
	s.Creditor.Name, s.Creditor.Address = plain(s.Creditor.Name), plain(s.Creditor.Address)
	s.Creditor.IBAN = s.Creditor.IBAN[5:]
	for i := range s.Slips {
		p := &s.Slips[i]
		p.Debtor, p.Text = plain(p.Debtor), plain(p.Text)
		p.Street = plain(p.Street) + ", " + p.PostCode + " " + plain(p.Town)
		p.PostCode, p.Town = "", ""
	}
	return s
}

// readMAV makes the request again out of what Read tells; addresses stay on
// their line.
func readMAV(t *testing.T, text string) (s Slips) {
	t.Helper()
	for e := range read(text) {
		switch {
		case e.Problem != nil:
			t.Errorf("problem: %v", e.Problem)
		case e.Message != nil:
			s.ID, s.CreatedOn, s.Sender = e.Message.ID, e.Message.CreatedOn, e.Message.Initiator.Code
		case e.Batch != nil:
			s.Creditor = e.Batch.Account
		case e.Payment != nil:
			p := e.Payment
			_, kind, _ := strings.Cut(p.Raw, "tipo_bollettino=")
			s.Slips = append(s.Slips, Slip{Number: p.References.EndToEnd, Recall: p.Status == "07100", On: p.On, Cents: p.Cents,
				Customer: p.References.Others[0], Debtor: p.Party.Name, DebtorCode: p.Party.Code, Street: p.Party.Address, Text: p.Text, Kind: kind})
		}
	}
	return s
}

// maker makes requests of every shape that the layouts can carry.
type maker struct {
	*rand.Rand
	n int
}

func (m *maker) id(most int) string {
	m.n++
	return fmt.Sprintf("%0*d", most, m.n)
}

func (m *maker) words(most int) string {
	letters := []rune("abzAZ09/-?:().,'+ èÜñ_;&%@ ")
	text := make([]rune, 1+m.IntN(most))
	for i := range text {
		text[i] = letters[m.IntN(len(letters))]
	}
	text[0] = 'X'
	return fixed.Squeeze(string(text))
}

func (m *maker) cents() money.Cents { return 1 + money.Cents(m.Int64N(1_000_000_000)) }

func (m *maker) debits() formats.DirectDebits {
	d := debits()
	d.Batches = nil
	for i := range 1 + m.IntN(4) {
		b := formats.DebitBatch{ID: m.id(5), Sequence: []string{"", "FRST", "RCUR", "OOFF", "FNAL"}[m.IntN(5)], On: day.New(2012, 3, 31).AddDays(i),
			Creditor: formats.Party{Name: m.words(90), IBAN: ours, Bank: "01234"}, CreditorID: "IT53ZZZ0000080000000010"}
		for range 1 + m.IntN(4) {
			iban := []string{first, second, third}[m.IntN(3)]
			p := formats.Debit{EndToEnd: m.id(15), Cents: m.cents(), Mandate: formats.Mandate{ID: m.id(16)}, Debtor: formats.Party{Name: m.words(90), IBAN: iban, Bank: iban[5:10]}, Text: m.words(450)}
			if m.IntN(2) == 0 {
				p.Mandate.SignedOn = day.New(2012, 3, 31).AddDays(-m.IntN(1000))
			}
			b.Debits = append(b.Debits, p)
		}
		d.Batches = append(d.Batches, b)
	}
	return d
}

func (m *maker) slips() Slips {
	s := slips()
	s.Creditor.Name, s.Creditor.Address, s.Slips = m.words(48), m.words(48), nil
	for range 1 + m.IntN(9) {
		s.Slips = append(s.Slips, Slip{Number: m.id(10), Recall: m.IntN(5) == 0, On: s.CreatedOn.AddDays(m.IntN(60)), Cents: m.cents(), Customer: m.id(16), Debtor: m.words(60),
			DebtorCode: []string{"", "RSSMRA80A01Z999Y"}[m.IntN(2)], Street: m.words(30), PostCode: "57100", Town: m.words(25), Text: m.words(110), Kind: []string{"", "P", "B"}[m.IntN(3)]})
	}
	return s
}

// TestAnyRequestReadsBack writes requests, those of the goldens and some at
// random: what is read back is what was given.
func TestAnyRequestReadsBack(t *testing.T) {
	m := &maker{Rand: rand.New(rand.NewPCG(7, 1))}
	for i := range 300 {
		d, terms, s := m.debits(), RIDTerms{Kind: []string{"", "U", "V"}[i%3], Refund: "4"}, m.slips()
		if i == 0 {
			d, terms, s = debits(), RIDTerms{}, slips()
		}
		text := writeRID(t, d, terms)
		if diff := cmp.Diff(debitsAsWritten(d), readRID(t, text), days); diff != "" {
			t.Fatalf("RID: want -, got +\n%s\n%s", diff, text)
		}
		text = writeMAV(t, s)
		if diff := cmp.Diff(slipsAsWritten(s), readMAV(t, text), days); diff != "" {
			t.Fatalf("MAV: want -, got +\n%s\n%s", diff, text)
		}
	}
}

func TestRIDRefused(t *testing.T) {
	for name, c := range map[string]struct {
		field string
		line  int
		spoil func(*formats.DirectDebits, *RIDTerms)
	}{
		"no SIA":          {"mittente_sia", 0, func(d *formats.DirectDebits, _ *RIDTerms) { d.Initiator.Code = "0001234X" }},
		"long name":       {"nome_supporto", 0, func(d *formats.DirectDebits, _ *RIDTerms) { d.ID = strings.Repeat("x", 21) }},
		"not created":     {"data_creazione", 0, func(d *formats.DirectDebits, _ *RIDTerms) { d.CreatedAt = time.Time{} }},
		"kind":            {"tipo_incasso_rid", 0, func(_ *formats.DirectDebits, t *RIDTerms) { t.Kind = "UV" }},
		"refund":          {"flag_facolta_storno", 0, func(_ *formats.DirectDebits, t *RIDTerms) { t.Refund = "5" }},
		"code":            {"tipo_codice", 0, func(_ *formats.DirectDebits, t *RIDTerms) { t.Code = "7" }},
		"B2B":             {"scheme", 0, func(d *formats.DirectDebits, _ *RIDTerms) { d.Scheme = "B2B" }},
		"nothing":         {"numero_disposizioni", 0, func(d *formats.DirectDebits, _ *RIDTerms) { d.Batches = nil }},
		"empty batch":     {"numero_disposizioni", 0, func(d *formats.DirectDebits, _ *RIDTerms) { d.Batches[0].Debits = nil }},
		"sequence":        {"sequence_type", 0, func(d *formats.DirectDebits, _ *RIDTerms) { d.Batches[0].Sequence = "LAST" }},
		"past day":        {"data_scadenza", 0, func(d *formats.DirectDebits, _ *RIDTerms) { d.Batches[0].On = day.New(2012, 3, 14) }},
		"far day":         {"data_scadenza", 0, func(d *formats.DirectDebits, _ *RIDTerms) { d.Batches[0].On = day.New(2080, 1, 1) }},
		"two banks":       {"abi_assuntrice", 0, func(d *formats.DirectDebits, _ *RIDTerms) { d.Batches[1].Creditor.IBAN = first }},
		"creditor's id":   {"creditor_identifier", 0, func(d *formats.DirectDebits, _ *RIDTerms) { d.Batches[0].CreditorID = "IT54ZZZ0000080000000010" }},
		"foreign account": {"conto_ordinante", 0, func(d *formats.DirectDebits, _ *RIDTerms) { d.Batches[0].Creditor.IBAN = "DE89370400440532013000" }},
		"no reference":    {"codice_riferimento", 1, func(d *formats.DirectDebits, _ *RIDTerms) { d.Batches[0].Debits[0].EndToEnd = "" }},
		"reference twice": {"codice_riferimento", 2, func(d *formats.DirectDebits, _ *RIDTerms) { d.Batches[1].Debits[0].EndToEnd = "MENSA-17" }},
		"nothing to pay":  {"importo", 3, func(d *formats.DirectDebits, _ *RIDTerms) { d.Batches[1].Debits[1].Cents = 0 }},
		"too much":        {"importo", 3, func(d *formats.DirectDebits, _ *RIDTerms) { d.Batches[1].Debits[1].Cents++ }},
		"mandate":         {"codice_cliente_debitore", 1, func(d *formats.DirectDebits, _ *RIDTerms) { d.Batches[0].Debits[0].Mandate.ID = "A  B" }},
		"signed after": {"data_firma_mandato", 3, func(d *formats.DirectDebits, _ *RIDTerms) {
			d.Batches[1].Debits[1].Mandate.SignedOn = day.New(2012, 4, 1)
		}},
		"amendment": {"mandato", 1, func(d *formats.DirectDebits, _ *RIDTerms) {
			d.Batches[0].Debits[0].Mandate.Amendment = &formats.Amendment{IBAN: first}
		}},
		"debtor":           {"descrizione_debitore", 1, func(d *formats.DirectDebits, _ *RIDTerms) { d.Batches[0].Debits[0].Debtor.Name = " " }},
		"debtor's account": {"conto_debitore", 1, func(d *formats.DirectDebits, _ *RIDTerms) { d.Batches[0].Debits[0].Debtor.IBAN = ours[:26] }},
		"text":             {"riferimento", 1, func(d *formats.DirectDebits, _ *RIDTerms) { d.Batches[0].Debits[0].Text = "10 €" }},
		"long text":        {"riferimento", 1, func(d *formats.DirectDebits, _ *RIDTerms) { d.Batches[0].Debits[0].Text = strings.Repeat("x", 451) }},
		"structured":       {"reference", 1, func(d *formats.DirectDebits, _ *RIDTerms) { d.Batches[0].Debits[0].Reference = "RF332026MENSA17" }},
	} {
		d, terms := debits(), RIDTerms{}
		c.spoil(&d, &terms)
		var b bytes.Buffer
		found, err := WriteRID(&b, d, terms)
		refusedAt(t, name, c.field, c.line, found, err, b.Len())
	}
}

func TestMAVRefused(t *testing.T) {
	for name, c := range map[string]struct {
		field string
		line  int
		spoil func(*Slips)
	}{
		"no SIA":       {"mittente_sia", 0, func(s *Slips) { s.Sender = "" }},
		"not created":  {"data_creazione", 0, func(s *Slips) { s.CreatedOn = day.Date{} }},
		"creditor":     {"creditore", 0, func(s *Slips) { s.Creditor.Name = strings.Repeat("x", 49) }},
		"address":      {"indirizzo_creditore", 0, func(s *Slips) { s.Creditor.Address = strings.Repeat("x", 49) }},
		"account":      {"conto", 0, func(s *Slips) { s.Creditor.IBAN = "" }},
		"nothing":      {"numero_disposizioni", 0, func(s *Slips) { s.Slips = nil }},
		"number":       {"numero_disposizione", 2, func(s *Slips) { s.Slips[1].Number = "0000000001" }},
		"past day":     {"data_scadenza", 1, func(s *Slips) { s.Slips[0].On = day.New(2012, 1, 31) }},
		"recall's day": {"data_scadenza", 3, func(s *Slips) { s.Slips[2].On = day.Date{} }},
		"customer":     {"codice_cliente", 1, func(s *Slips) { s.Slips[0].Customer = "" }},
		"debtor":       {"debitore", 1, func(s *Slips) { s.Slips[0].Debtor = strings.Repeat("x", 61) }},
		"debtor's":     {"codice_fiscale", 1, func(s *Slips) { s.Slips[0].DebtorCode = "RSSMRA80A01Z999YX" }},
		"street":       {"indirizzo", 1, func(s *Slips) { s.Slips[0].Street = "" }},
		"postcode":     {"cap", 1, func(s *Slips) { s.Slips[0].PostCode = "571000" }},
		"town":         {"comune", 1, func(s *Slips) { s.Slips[0].Town = strings.Repeat("x", 26) }},
		"text":         {"causale", 2, func(s *Slips) { s.Slips[1].Text = strings.Repeat("x", 111) }},
		"kind":         {"tipo_bollettino", 1, func(s *Slips) { s.Slips[0].Kind = "X" }},
		"too much":     {"importo", 2, func(s *Slips) { s.Slips[1].Cents++ }},
	} {
		s := slips()
		c.spoil(&s)
		var b bytes.Buffer
		found, err := WriteMAV(&b, s)
		refusedAt(t, name, c.field, c.line, found, err, b.Len())
	}
}

// refusedAt checks that nothing was written, and that the only error is the
// one expected.
func refusedAt(t *testing.T, name, field string, line int, found []formats.Problem, err error, written int) {
	t.Helper()
	var errs []formats.Problem
	for _, p := range found {
		if p.Severity == formats.Error {
			errs = append(errs, p)
		}
	}
	if !fault.Is(err, fault.Invalid) || written != 0 || len(errs) != 1 || errs[0].Field != field || errs[0].Line != line {
		t.Errorf("%s: got %v, %d bytes, errors %v; want %s at %d", name, err, written, errs, field, line)
	}
}

func TestTotalsThatDoNotFit(t *testing.T) {
	d := debits()
	b := &d.Batches[0]
	p := b.Debits[0]
	b.Debits = nil
	for i := range 101 {
		p.EndToEnd, p.Cents = fmt.Sprint(i), mostCents
		b.Debits = append(b.Debits, p)
	}
	d.Batches = d.Batches[:1]
	found, err := WriteRID(&bytes.Buffer{}, d, RIDTerms{})
	refusedAt(t, "sum", "totale", 101, found, err, 0)
}

// TestToldWithoutPlace checks that what is not written is said, once.
func TestToldWithoutPlace(t *testing.T) {
	d := debits()
	for i := range d.Batches {
		b := &d.Batches[i]
		b.Booking, b.Creditor.Code, b.Creditor.Address = "batch", "80000000010", "Piazza Grande 1"
		for k := range b.Debits {
			p := &b.Debits[k]
			p.Instruction, p.Purpose, p.Debtor.Code, p.Debtor.Address, p.Ultimate.Name = "1", "GOVT", "RSSMRA80A01Z999Y", "Via dei Tigli 1", "Neri Ada"
		}
	}
	found, err := WriteRID(&bytes.Buffer{}, d, RIDTerms{})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, p := range found {
		got = append(got, p.Field)
	}
	want := "booking codice_fiscale_creditore indirizzo_creditore instruction purpose codice_fiscale_debitore indirizzo_debitore debitore_effettivo descrizione_debitore"
	if strings.Join(got, " ") != want {
		t.Errorf("got %v, want %s", got, want)
	}
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("disk full") }

func TestTellsThatItCannotWrite(t *testing.T) {
	if _, err := WriteMAV(full{}, slips()); err == nil || fault.Of(err) != nil {
		t.Errorf("got %v, want an internal error", err)
	}
}
