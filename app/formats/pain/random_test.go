package pain

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cassacomune/app/day"
	"cassacomune/app/formats"
	"cassacomune/app/formats/internal/xmllint"
	"cassacomune/app/money"
	"cassacomune/app/shared"
)

// maker makes messages of every shape that the forms can carry.
type maker struct {
	*rand.Rand
	form Form
	n    int
}

func (m *maker) maybe() bool { return m.IntN(2) == 0 }

func (m *maker) id() string {
	m.n++
	return fmt.Sprintf("%c-%d", 'A'+m.IntN(26), m.n)
}

// words are 1 to most characters that fold to as many.
func (m *maker) words(most int) string {
	letters := []rune("abzAZ09/-?:().,'+ èÜñ_;&")
	text := make([]rune, 1+m.IntN(most))
	for i := range text {
		text[i] = letters[m.IntN(len(letters))]
	}
	text[0] = 'X'
	return strings.Join(strings.Fields(string(text)), " ")
}

func (m *maker) party(iban string) formats.Party {
	p := formats.Party{Name: m.words(longestName), IBAN: iban}
	switch m.IntN(3) {
	case 0:
		p.Code, p.Kind = "RSSMRA80A01Z999Y", "person"
	case 1:
		p.Code, p.Kind = "80000000010", "organisation"
	}
	return p
}

func (m *maker) ultimate() formats.Party {
	if m.maybe() {
		return formats.Party{}
	}
	return m.party("")
}

func (m *maker) iban() string { return []string{first, second, third}[m.IntN(3)] }

func (m *maker) otherBank() string {
	banks := []string{"", "ALTRIT2X", "ALTRIT2XXXX", "09876"}
	if m.form.cbi() {
		banks = banks[:3]
	}
	return banks[m.IntN(len(banks))]
}

func (m *maker) ownBank() string { return []string{"", "01234", "BORGIT2XXXX"}[m.IntN(3)] }

func (m *maker) booking() string { return []string{"", "batch", "single"}[m.IntN(3)] }

func (m *maker) day() day.Date { return day.New(2026, 3, 2).AddDays(m.IntN(60)) }

func (m *maker) about() (purpose, text, reference string) {
	purpose = []string{"", "GOVT"}[m.IntN(2)]
	switch m.IntN(3) {
	case 0:
		text = m.words(longestText)
	case 1:
		reference = "RF332026MENSA17"
	}
	return purpose, text, reference
}

func (m *maker) debits() formats.DirectDebits {
	d := debits()
	d.ID, d.Scheme, d.Batches = m.id(), []string{"CORE", "B2B"}[m.IntN(2)], nil
	for range 1 + m.IntN(4) {
		b := formats.DebitBatch{ID: m.id(), Sequence: []string{"FRST", "RCUR", "OOFF", "FNAL"}[m.IntN(4)], On: m.day(), Booking: m.booking(),
			Creditor: m.party(ours), CreditorID: "IT53ZZZ0000080000000010"}
		b.Creditor.Bank = m.ownBank()
		for range 1 + m.IntN(4) {
			b.Debits = append(b.Debits, m.debit(b.Sequence))
		}
		d.Batches = append(d.Batches, b)
	}
	return d
}

func (m *maker) debit(sequence string) formats.Debit {
	p := formats.Debit{EndToEnd: m.id(), Cents: 1 + money.Cents(m.Int64N(int64(most))), Mandate: formats.Mandate{ID: m.id(), SignedOn: day.New(2014, 2, 1)},
		Debtor: m.party(m.iban()), Ultimate: m.ultimate()}
	p.Debtor.Bank = m.otherBank()
	p.Purpose, p.Text, p.Reference = m.about()
	if m.maybe() {
		p.Instruction = m.id()
	}
	switch m.IntN(4) {
	case 0:
		p.Mandate.Amendment = &formats.Amendment{Mandate: m.id(), Creditor: "IT39ZZZ0000016238271007", IBAN: m.iban()}
	case 1:
		p.Mandate.Amendment = &formats.Amendment{CreditorName: "Consorzio", OtherBank: sequence == "FRST"}
	}
	return p
}

func (m *maker) transfers() formats.CreditTransfers {
	d := transfers()
	d.ID, d.Batches = m.id(), nil
	batches := 1 + m.IntN(4)
	if m.form.cbi() {
		batches = 1
	}
	for range batches {
		b := formats.TransferBatch{ID: m.id(), On: m.day(), Booking: m.booking(), Debtor: m.party(ours)}
		b.Debtor.Bank = m.ownBank()
		if m.form.cbi() {
			b.Debtor.Code, b.Debtor.Kind = "80000000010", "organisation"
		}
		for range 1 + m.IntN(4) {
			p := formats.Transfer{EndToEnd: m.id(), Cents: 1 + money.Cents(m.Int64N(int64(most))), Creditor: m.party(m.iban()), Ultimate: m.ultimate()}
			p.Creditor.Bank = m.otherBank()
			p.Purpose, p.Text, p.Reference = m.about()
			if m.maybe() {
				p.Instruction = m.id()
			}
			b.Transfers = append(b.Transfers, p)
		}
		d.Batches = append(d.Batches, b)
	}
	return d
}

// TestAnyMessageReadsBack writes messages at random: what is read back is what
// was given, and the schemas of ISO and CBI take what is written.
func TestAnyMessageReadsBack(t *testing.T) {
	for _, form := range append(debitForms, transferForms...) {
		t.Run(string(form), func(t *testing.T) {
			m := &maker{Rand: rand.New(rand.NewPCG(7, 1)), form: form}
			var written []string
			for range 100 {
				text, diff := "", ""
				if form.collects() {
					d := m.debits()
					text = writeDebits(t, form, d)
					diff = cmp.Diff(debitsAsWritten(form, d), readDebits(t, form, text), days)
				} else {
					d := m.transfers()
					text = writeTransfers(t, form, d)
					diff = cmp.Diff(transfersAsWritten(form, d), readTransfers(t, form, text), days)
				}
				if diff != "" {
					t.Fatalf("want -, got +\n%s", diff)
				}
				written = append(written, text)
			}
			validate(t, form, written)
		})
	}
}

// TestExamplesAreValid asks the schemas about the messages of the goldens.
func TestExamplesAreValid(t *testing.T) {
	for _, form := range debitForms {
		d := debits()
		d.Scheme = "B2B"
		validate(t, form, []string{writeDebits(t, form, debits()), writeDebits(t, form, d)})
	}
	for _, form := range transferForms {
		validate(t, form, []string{writeTransfers(t, form, transfers())})
	}
}

// validate asks xmllint. The schema of CBI's direct debits is not among those
// collected: what is inside its envelope is held to the pain.008.001.02 that it
// is made of, where every debtor's bank is known, because ISO wants that element
// and CBI leaves it out.
func validate(t *testing.T, form Form, written []string) {
	t.Helper()
	schema := filepath.Join(shared.Path(t, "schemas/iso20022"), string(form)+".xsd")
	if form.cbi() {
		schema = filepath.Join(shared.Path(t, "schemas/cbi"), string(form)+".xsd")
	}
	if _, err := os.Stat(schema); err != nil && form == DebitsCBI {
		schema = filepath.Join(shared.Path(t, "schemas/iso20022"), "pain.008.001.02.xsd")
		var inner []string
		for _, text := range written {
			if strings.Count(text, "<DbtrAgt>") == strings.Count(text, "<Dbtr>") {
				inner = append(inner, unwrapped(t, text))
			}
		}
		written = inner
	}
	if len(written) == 0 {
		t.Fatal("nothing to validate")
	}
	var files []string
	dir := t.TempDir()
	for i, text := range written {
		file := filepath.Join(dir, fmt.Sprintf("%d.xml", i))
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		files = append(files, file)
	}
	xmllint.Obeys(t, schema, files...)
}

// unwrapped makes a document of ISO out of what a CBI envelope holds.
func unwrapped(t *testing.T, text string) string {
	t.Helper()
	_, inner, found := strings.Cut(text, "<CBISDDReqLogMsg>")
	inner, _, closed := strings.Cut(inner, "</CBISDDReqLogMsg>")
	if !found || !closed {
		t.Fatal("no logical message")
	}
	inner = strings.ReplaceAll(inner, ` xmlns="urn:CBI:xsd:CBISDDReqLogMsg.00.01.00"`, "")
	return `<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.008.001.02"><CstmrDrctDbtInitn>` + inner + "</CstmrDrctDbtInitn></Document>"
}
