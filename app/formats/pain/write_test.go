package pain

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"cassacomune/app/day"
	"cassacomune/app/fault"
	"cassacomune/app/formats"
	"cassacomune/app/formats/internal/golden"
)

const (
	ours   = "IT76X0123456789000000012345"
	first  = "IT17D0987654321000000000001"
	second = "IT91E0987654321000000000002"
	third  = "IT41X04321123450000ABC00001"
)

// midday is a Monday in winter; in Italy it is an hour later.
var midday = time.Date(2026, 3, 2, 11, 0, 0, 0, time.UTC)

func debits() formats.DirectDebits {
	creditor := formats.Party{Name: "Comune di Borgo", Code: "80000000010", Kind: "organisation", IBAN: ours, Bank: "BORGIT2XXXX"}
	return formats.DirectDebits{
		ID: "INC-2026-0001", CreatedAt: midday, Initiator: formats.Party{Name: "Comune di Borgo", Code: "0001234X"}, Scheme: "CORE",
		Batches: []formats.DebitBatch{
			{ID: "MENSA-FRST", Sequence: "FRST", On: day.New(2026, 3, 16), Booking: "single", Creditor: creditor, CreditorID: "IT53ZZZ0000080000000010", Debits: []formats.Debit{
				{EndToEnd: "MENSA-17", Cents: 6050, Mandate: formats.Mandate{ID: "M-0017", SignedOn: day.New(2025, 9, 1), Amendment: &formats.Amendment{Mandate: "RID-17", OtherBank: true}},
					Debtor:   formats.Party{Name: "Rossi Maria", Code: "RSSMRA80A01Z999Y", Kind: "person", IBAN: first, Bank: "ALTRIT2X"},
					Ultimate: formats.Party{Name: "Bianchi Clara", Code: "BNCLRA75M41Z999B", Kind: "person"}, Purpose: "GOVT", Text: "Mensa di febbraio (2A)"},
			}},
			{ID: "MENSA-RCUR", Sequence: "RCUR", On: day.New(2026, 3, 16), Booking: "batch", Creditor: creditor, CreditorID: "IT53ZZZ0000080000000010", Debits: []formats.Debit{
				{EndToEnd: "MENSA-18", Cents: 1, Mandate: formats.Mandate{ID: "M-0018", SignedOn: day.New(2025, 9, 2)},
					Debtor: formats.Party{Name: "Dell'Orto Città & figli", IBAN: second, Bank: "ALTRIT2X"}, Reference: "RF332026MENSA17"},
				{EndToEnd: "MENSA/19", Cents: 99_999_999_999, Mandate: formats.Mandate{ID: "M-0019", SignedOn: day.New(2026, 3, 16),
					Amendment: &formats.Amendment{Creditor: "IT39ZZZ0000016238271007", CreditorName: "Consorzio mense", IBAN: second}},
					Debtor: formats.Party{Name: "Verdi Ugo", IBAN: third, Bank: "TERZIT22"}},
			}},
		},
	}
}

func transfers() formats.CreditTransfers {
	return formats.CreditTransfers{
		ID: "RIMB-2026-7", CreatedAt: midday, Initiator: formats.Party{Name: "Comune di Borgo", Code: "0001234X"},
		Batches: []formats.TransferBatch{{ID: "RIMBORSI", On: day.New(2026, 3, 4), Booking: "batch",
			Debtor: formats.Party{Name: "Comune di Borgo", Code: "80000000010", Kind: "organisation", IBAN: ours, Bank: "01234"},
			Transfers: []formats.Transfer{
				{EndToEnd: "RIMB-1", Cents: 5000, Creditor: formats.Party{Name: "Società dei trasporti", Code: "80000000010", Kind: "organisation", IBAN: first, Bank: "ALTRIT2X"},
					Ultimate: formats.Party{Name: "Verdi Ugo"}, Purpose: "GOVT", Text: "Rimborso abbonamento"},
				{EndToEnd: "RIMB-2", Cents: 1, Creditor: formats.Party{Name: "Rossi Maria", Code: "RSSMRA80A01Z999Y", Kind: "person", IBAN: second}, Reference: "RF332026MENSA17"},
				{EndToEnd: "RIMB-3", Cents: 99_999_999_999, Creditor: formats.Party{Name: "Neri Ada", IBAN: third}},
			}}},
	}
}

var debitForms, transferForms = []Form{Debits02, Debits08, DebitsCBI}, []Form{Transfers03, Transfers09, TransfersCBI}

func writeDebits(t testing.TB, form Form, d formats.DirectDebits) string {
	t.Helper()
	var b bytes.Buffer
	if found, err := WriteDebits(&b, form, d); err != nil {
		t.Fatalf("%s: %v %v", form, err, found)
	}
	return b.String()
}

func writeTransfers(t testing.TB, form Form, d formats.CreditTransfers) string {
	t.Helper()
	var b bytes.Buffer
	if found, err := WriteTransfers(&b, form, d); err != nil {
		t.Fatalf("%s: %v %v", form, err, found)
	}
	return b.String()
}

func TestWrittenGoldens(t *testing.T) {
	for _, form := range debitForms {
		golden.Compare(t, "written-"+string(form)+".txt", writeDebits(t, form, debits()))
	}
	for _, form := range transferForms {
		golden.Compare(t, "written-"+string(form)+".txt", writeTransfers(t, form, transfers()))
	}
	b2b := debits()
	b2b.Scheme = "B2B"
	golden.Compare(t, "written-B2B-"+string(DebitsCBI)+".txt", writeDebits(t, DebitsCBI, b2b))
}

// asWritten is what is to be read back of a party: what a form leaves out or
// writes otherwise is told here, and nowhere else.
func asWritten(form Form, p formats.Party, own bool) formats.Party {
	p.Name = fold(p.Name)
	if form.cbi() && own {
		p.Bank = abi(p)
	}
	return p
}

func debitsAsWritten(form Form, d formats.DirectDebits) formats.DirectDebits {
	place := 0
	d.Initiator.Kind = "organisation"
	for i := range d.Batches {
		b := &d.Batches[i]
		b.Creditor = asWritten(form, b.Creditor, true)
		for k := range b.Debits {
			place++
			p := &b.Debits[k]
			p.Instruction = instruction(form, p.Instruction, place)
			p.Debtor, p.Ultimate, p.Text = asWritten(form, p.Debtor, false), asWritten(form, p.Ultimate, false), fold(p.Text)
		}
	}
	return d
}

func transfersAsWritten(form Form, d formats.CreditTransfers) formats.CreditTransfers {
	place := 0
	d.Initiator.Kind = "organisation"
	for i := range d.Batches {
		b := &d.Batches[i]
		b.Debtor = asWritten(form, b.Debtor, true)
		for k := range b.Transfers {
			place++
			p := &b.Transfers[k]
			p.Instruction = instruction(form, p.Instruction, place)
			p.Creditor, p.Ultimate, p.Text = asWritten(form, p.Creditor, false), asWritten(form, p.Ultimate, false), fold(p.Text)
		}
	}
	return d
}

// readDebits makes the request again out of what Read tells.
func readDebits(t *testing.T, form Form, text string) (d formats.DirectDebits) {
	for e := range Read(strings.NewReader(text)) {
		switch {
		case e.Problem != nil:
			t.Error(e.Problem)
		case e.Header != nil && (e.Header.Format != Debits || e.Header.Version != string(form)):
			t.Errorf("got %+v, want %s", e.Header, form)
		case e.Message != nil:
			d.ID, d.CreatedAt, d.Initiator = e.Message.ID, instant(t, e.Message.CreatedAt), e.Message.Initiator
		case e.Batch != nil:
			d.Scheme = e.Batch.Scheme
			d.Batches = append(d.Batches, formats.DebitBatch{ID: e.Batch.ID, Sequence: e.Batch.Sequence, On: e.Batch.On, Booking: e.Batch.Booking, Creditor: e.Batch.Account, CreditorID: e.Batch.Creditor})
		case e.Payment != nil:
			p := e.Payment
			b := &d.Batches[len(d.Batches)-1]
			b.Debits = append(b.Debits, formats.Debit{Instruction: p.References.Instruction, EndToEnd: p.References.EndToEnd, Cents: p.Cents,
				Mandate: formats.Mandate{ID: p.References.Mandate, SignedOn: p.SignedOn, Amendment: p.Amendment},
				Debtor:  p.Party, Ultimate: p.Ultimate, Purpose: p.Purpose, Text: p.Text, Reference: p.References.Structured})
		}
	}
	return d
}

func readTransfers(t *testing.T, form Form, text string) (d formats.CreditTransfers) {
	for e := range Read(strings.NewReader(text)) {
		switch {
		case e.Problem != nil:
			t.Error(e.Problem)
		case e.Header != nil && (e.Header.Format != Transfers || e.Header.Version != string(form)):
			t.Errorf("got %+v, want %s", e.Header, form)
		case e.Message != nil:
			d.ID, d.CreatedAt, d.Initiator = e.Message.ID, instant(t, e.Message.CreatedAt), e.Message.Initiator
		case e.Batch != nil:
			d.Batches = append(d.Batches, formats.TransferBatch{ID: e.Batch.ID, On: e.Batch.On, Booking: e.Batch.Booking, Debtor: e.Batch.Account})
		case e.Payment != nil:
			p := e.Payment
			b := &d.Batches[len(d.Batches)-1]
			b.Transfers = append(b.Transfers, formats.Transfer{Instruction: p.References.Instruction, EndToEnd: p.References.EndToEnd, Cents: p.Cents,
				Creditor: p.Party, Ultimate: p.Ultimate, Purpose: p.Purpose, Text: p.Text, Reference: p.References.Structured})
		}
	}
	return d
}

func instant(t *testing.T, text string) time.Time {
	at, err := time.ParseInLocation("2006-01-02T15:04:05", text, day.Rome)
	if err != nil {
		t.Error(err)
	}
	return at.UTC()
}

var days = cmp.AllowUnexported(day.Date{})

func TestReadsBackWhatIsWritten(t *testing.T) {
	for _, form := range debitForms {
		if diff := cmp.Diff(debitsAsWritten(form, debits()), readDebits(t, form, writeDebits(t, form, debits())), days); diff != "" {
			t.Errorf("%s: want -, got +\n%s", form, diff)
		}
	}
	for _, form := range transferForms {
		if diff := cmp.Diff(transfersAsWritten(form, transfers()), readTransfers(t, form, writeTransfers(t, form, transfers())), days); diff != "" {
			t.Errorf("%s: want -, got +\n%s", form, diff)
		}
	}
}

func TestTellsWhatIsWrittenOtherwise(t *testing.T) {
	found, err := WriteDebits(io.Discard, Debits08, debits())
	if err != nil {
		t.Fatal(err)
	}
	want := []formats.Problem{{Line: 2, Field: "Dbtr/Nm", Value: "Dell'Orto Città & figli", Reason: `scritto "Dell'Orto Citta + figli"`, Severity: formats.Warning}}
	if diff := cmp.Diff(want, found); diff != "" {
		t.Error(diff)
	}
	d := debits()
	d.Batches[0].On = day.New(2026, 4, 3) // Good Friday
	found, err = WriteDebits(io.Discard, Debits08, d)
	if err != nil || found[0].Field != "ReqdColltnDt" || found[0].Severity != formats.Warning {
		t.Errorf("got %v %v", found, err)
	}
}

func TestRefusesDebits(t *testing.T) {
	for _, c := range []struct {
		name  string
		form  Form // "": all of them
		field string
		line  int
		spoil func(*formats.DirectDebits)
	}{
		{"no id", "", "MsgId", 0, func(d *formats.DirectDebits) { d.ID = "" }},
		{"accent in an id", "", "MsgId", 0, func(d *formats.DirectDebits) { d.ID = "è" }},
		{"long id", "", "MsgId", 0, func(d *formats.DirectDebits) { d.ID = strings.Repeat("1", 36) }},
		{"slash at the end", "", "MsgId", 0, func(d *formats.DirectDebits) { d.ID = "A/" }},
		{"two slashes", "", "MsgId", 0, func(d *formats.DirectDebits) { d.ID = "A//B" }},
		{"blank before", "", "MsgId", 0, func(d *formats.DirectDebits) { d.ID = " A" }},
		{"not created", "", "CreDtTm", 0, func(d *formats.DirectDebits) { d.CreatedAt = time.Time{} }},
		{"nameless sender", "", "InitgPty/Nm", 0, func(d *formats.DirectDebits) { d.Initiator.Name = " " }},
		{"no CUC", DebitsCBI, "InitgPty/Id", 0, func(d *formats.DirectDebits) { d.Initiator.Code = "80000000010" }},
		{"COR1", "", "LclInstrm", 0, func(d *formats.DirectDebits) { d.Scheme = "COR1" }},
		{"no batch", "", "PmtInf", 0, func(d *formats.DirectDebits) { d.Batches = nil }},
		{"empty batch", "", "PmtInf", 0, func(d *formats.DirectDebits) { d.Batches[0].Debits = nil }},
		{"batch twice", "", "PmtInfId", 0, func(d *formats.DirectDebits) { d.Batches[1].ID = d.Batches[0].ID }},
		{"sequence", "", "SeqTp", 0, func(d *formats.DirectDebits) { d.Batches[0].Sequence = "" }},
		{"no due date", "", "ReqdColltnDt", 0, func(d *formats.DirectDebits) { d.Batches[0].On = day.Date{} }},
		{"due before", "", "ReqdColltnDt", 0, func(d *formats.DirectDebits) { d.Batches[0].On = day.New(2026, 2, 27) }},
		{"booking", "", "BtchBookg", 0, func(d *formats.DirectDebits) { d.Batches[0].Booking = "true" }},
		{"creditor's IBAN", "", "CdtrAcct", 0, func(d *formats.DirectDebits) { d.Batches[0].Creditor.IBAN = "IT77X0123456789000000012345" }},
		{"creditor's bank", "", "CdtrAgt", 0, func(d *formats.DirectDebits) { d.Batches[0].Creditor.Bank = "BORG" }},
		{"another ABI", "", "CdtrAgt", 0, func(d *formats.DirectDebits) { d.Batches[0].Creditor.Bank = "01235" }},
		{"two banks", DebitsCBI, "CdtrAgt", 0, func(d *formats.DirectDebits) { d.Batches[1].Creditor.IBAN = first }},
		{"no ABI", DebitsCBI, "CdtrAgt", 0, func(d *formats.DirectDebits) { d.Batches[0].Creditor.IBAN = "CH9300762011623852957" }},
		{"creditor id's check", "", "CdtrSchmeId", 0, func(d *formats.DirectDebits) { d.Batches[0].CreditorID = "IT54ZZZ0000080000000010" }},
		{"whose code", "", "Cdtr/Id", 0, func(d *formats.DirectDebits) { d.Batches[0].Creditor.Kind = "" }},
		{"no end to end", "", "EndToEndId", 1, func(d *formats.DirectDebits) { d.Batches[0].Debits[0].EndToEnd = "" }},
		{"end to end twice", "", "EndToEndId", 3, func(d *formats.DirectDebits) { d.Batches[1].Debits[1].EndToEnd = "MENSA-17" }},
		{"not provided", "", "EndToEndId", 1, func(d *formats.DirectDebits) { d.Batches[0].Debits[0].EndToEnd = "NOTPROVIDED" }},
		{"instruction twice", DebitsCBI, "InstrId", 3, func(d *formats.DirectDebits) { d.Batches[0].Debits[0].Instruction = "3" }},
		{"nothing", "", "InstdAmt", 1, func(d *formats.DirectDebits) { d.Batches[0].Debits[0].Cents = 0 }},
		{"less than nothing", "", "InstdAmt", 1, func(d *formats.DirectDebits) { d.Batches[0].Debits[0].Cents = -1 }},
		{"a billion", "", "InstdAmt", 1, func(d *formats.DirectDebits) { d.Batches[0].Debits[0].Cents = 100_000_000_000 }},
		{"no mandate", "", "MndtId", 1, func(d *formats.DirectDebits) { d.Batches[0].Debits[0].Mandate.ID = "" }},
		{"unsigned", "", "DtOfSgntr", 1, func(d *formats.DirectDebits) { d.Batches[0].Debits[0].Mandate.SignedOn = day.Date{} }},
		{"signed after", "", "DtOfSgntr", 2, func(d *formats.DirectDebits) { d.Batches[1].Debits[0].Mandate.SignedOn = day.New(2026, 3, 17) }},
		{"amended by nothing", "", "AmdmntInfDtls", 1, func(d *formats.DirectDebits) { d.Batches[0].Debits[0].Mandate.Amendment = &formats.Amendment{} }},
		{"other bank in a row", "", "SeqTp", 2, func(d *formats.DirectDebits) {
			d.Batches[1].Debits[0].Mandate.Amendment = &formats.Amendment{OtherBank: true}
		}},
		{"other bank's account", "", "OrgnlDbtrAgt", 1, func(d *formats.DirectDebits) { d.Batches[0].Debits[0].Mandate.Amendment.IBAN = first }},
		{"old creditor", "", "OrgnlCdtrSchmeId", 3, func(d *formats.DirectDebits) { d.Batches[1].Debits[1].Mandate.Amendment.Creditor = "IT00" }},
		{"old account", "", "OrgnlDbtrAcct", 3, func(d *formats.DirectDebits) { d.Batches[1].Debits[1].Mandate.Amendment.IBAN = "IT00" }},
		{"nameless debtor", "", "Dbtr/Nm", 1, func(d *formats.DirectDebits) { d.Batches[0].Debits[0].Debtor.Name = "" }},
		{"long name", "", "Dbtr/Nm", 1, func(d *formats.DirectDebits) { d.Batches[0].Debits[0].Debtor.Name = strings.Repeat("a", 71) }},
		{"name in Greek", "", "Dbtr/Nm", 1, func(d *formats.DirectDebits) { d.Batches[0].Debits[0].Debtor.Name = "Παύλος" }},
		{"no IBAN", "", "DbtrAcct", 1, func(d *formats.DirectDebits) { d.Batches[0].Debits[0].Debtor.IBAN = "" }},
		{"CIN of the IBAN", "", "DbtrAcct", 1, func(d *formats.DirectDebits) { d.Batches[0].Debits[0].Debtor.IBAN = "IT90D0987654321000000000002" }},
		{"debtor's bank", "", "DbtrAgt", 1, func(d *formats.DirectDebits) { d.Batches[0].Debits[0].Debtor.Bank = "altrit2x" }},
		{"debtor's ABI", DebitsCBI, "DbtrAgt", 1, func(d *formats.DirectDebits) { d.Batches[0].Debits[0].Debtor.Bank = "09876" }},
		{"nameless ultimate", "", "UltmtDbtr/Nm", 1, func(d *formats.DirectDebits) { d.Batches[0].Debits[0].Ultimate.Name = "" }},
		{"purpose", "", "Purp", 1, func(d *formats.DirectDebits) { d.Batches[0].Debits[0].Purpose = "MENSA" }},
		{"long text", "", "Ustrd", 1, func(d *formats.DirectDebits) { d.Batches[0].Debits[0].Text = strings.Repeat("a", 141) }},
		{"markup", "", "Ustrd", 1, func(d *formats.DirectDebits) { d.Batches[0].Debits[0].Text = "<b>" }},
		{"no character", "", "Ustrd", 1, func(d *formats.DirectDebits) { d.Batches[0].Debits[0].Text = "a\x00b" }},
		{"not UTF-8", "", "Ustrd", 1, func(d *formats.DirectDebits) { d.Batches[0].Debits[0].Text = "a\xff" }},
		{"reference's check", "", "Ref", 2, func(d *formats.DirectDebits) { d.Batches[1].Debits[0].Reference = "RF342026MENSA17" }},
		{"text and reference", "", "Ref", 2, func(d *formats.DirectDebits) { d.Batches[1].Debits[0].Text = "Mensa" }},
	} {
		for _, form := range debitForms {
			if c.form != "" && c.form != form {
				continue
			}
			d := debits()
			c.spoil(&d)
			var b bytes.Buffer
			found, err := WriteDebits(&b, form, d)
			refusedAt(t, fmt.Sprintf("%s, %s", form, c.name), c.field, c.line, found, err, b.Len())
		}
	}
}

// refusedAt checks that there is one error, where it is expected, that the
// fault tells it, and that nothing was written.
func refusedAt(t *testing.T, what, field string, line int, found []formats.Problem, err error, written int) {
	t.Helper()
	var errs []formats.Problem
	for _, p := range found {
		if p.Severity == formats.Error {
			errs = append(errs, p)
		}
	}
	f := fault.Of(err)
	switch {
	case len(errs) == 0 || errs[0].Field != field || errs[0].Line != line || errs[0].Reason == "":
		t.Errorf("%s: got %v, want a refusal of %s at %d", what, errs, field, line)
	case f == nil || f.Kind != fault.Invalid || f.Field != field || !strings.Contains(f.Text, errs[0].Reason):
		t.Errorf("%s: got fault %v", what, err)
	case written > 0:
		t.Errorf("%s: %d bytes written", what, written)
	}
}

func TestRefusesTransfers(t *testing.T) {
	for _, c := range []struct {
		name  string
		form  Form
		field string
		line  int
		spoil func(*formats.CreditTransfers)
	}{
		{"no id", "", "MsgId", 0, func(d *formats.CreditTransfers) { d.ID = "" }},
		{"not created", "", "CreDtTm", 0, func(d *formats.CreditTransfers) { d.CreatedAt = time.Time{} }},
		{"no CUC", TransfersCBI, "InitgPty/Id", 0, func(d *formats.CreditTransfers) { d.Initiator.Code = "" }},
		{"no batch", "", "PmtInf", 0, func(d *formats.CreditTransfers) { d.Batches = nil }},
		{"empty batch", "", "PmtInf", 0, func(d *formats.CreditTransfers) { d.Batches[0].Transfers = nil }},
		{"two batches", TransfersCBI, "PmtInf", 0, func(d *formats.CreditTransfers) {
			b := d.Batches[0]
			b.ID, b.Transfers = "DUE", []formats.Transfer{{EndToEnd: "X", Cents: 1, Creditor: formats.Party{Name: "X", IBAN: first}}}
			d.Batches = append(d.Batches, b)
		}},
		{"past day", "", "ReqdExctnDt", 0, func(d *formats.CreditTransfers) { d.Batches[0].On = day.New(2026, 3, 1) }},
		{"booking", "", "BtchBookg", 0, func(d *formats.CreditTransfers) { d.Batches[0].Booking = "no" }},
		{"person pays", TransfersCBI, "Dbtr/Id", 0, func(d *formats.CreditTransfers) { d.Batches[0].Debtor.Kind = "person" }},
		{"our IBAN", "", "DbtrAcct", 0, func(d *formats.CreditTransfers) { d.Batches[0].Debtor.IBAN = "" }},
		{"our bank", "", "DbtrAgt", 0, func(d *formats.CreditTransfers) { d.Batches[0].Debtor.Bank = "99999" }},
		{"end to end twice", "", "EndToEndId", 2, func(d *formats.CreditTransfers) { d.Batches[0].Transfers[1].EndToEnd = "RIMB-1" }},
		{"instruction", "", "InstrId", 1, func(d *formats.CreditTransfers) { d.Batches[0].Transfers[0].Instruction = "n°1" }},
		{"amount", "", "InstdAmt", 3, func(d *formats.CreditTransfers) { d.Batches[0].Transfers[2].Cents++ }},
		{"creditor", "", "Cdtr/Nm", 2, func(d *formats.CreditTransfers) { d.Batches[0].Transfers[1].Creditor.Name = "" }},
		{"creditor's kind", "", "Cdtr/Id", 2, func(d *formats.CreditTransfers) { d.Batches[0].Transfers[1].Creditor.Kind = "" }},
		{"creditor's IBAN", "", "CdtrAcct", 2, func(d *formats.CreditTransfers) { d.Batches[0].Transfers[1].Creditor.IBAN = "IT" }},
		{"creditor's bank", "", "CdtrAgt", 2, func(d *formats.CreditTransfers) { d.Batches[0].Transfers[1].Creditor.Bank = "X" }},
		{"ultimate", "", "UltmtCdtr/Nm", 1, func(d *formats.CreditTransfers) {
			d.Batches[0].Transfers[0].Ultimate.Name = strings.Repeat("x", 71)
		}},
		{"text", "", "Ustrd", 1, func(d *formats.CreditTransfers) { d.Batches[0].Transfers[0].Text = "10 % di sconto" }},
	} {
		for _, form := range transferForms {
			if c.form != "" && c.form != form {
				continue
			}
			d := transfers()
			c.spoil(&d)
			var b bytes.Buffer
			found, err := WriteTransfers(&b, form, d)
			refusedAt(t, fmt.Sprintf("%s, %s", form, c.name), c.field, c.line, found, err, b.Len())
		}
	}
}

func TestWritesNoFormOfTheOther(t *testing.T) {
	if _, err := WriteDebits(io.Discard, Transfers09, debits()); !fault.Is(err, fault.Invalid) {
		t.Errorf("got %v", err)
	}
	if _, err := WriteTransfers(io.Discard, DebitsCBI, transfers()); !fault.Is(err, fault.Invalid) {
		t.Errorf("got %v", err)
	}
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("disk full") }

func TestTellsThatItCannotWrite(t *testing.T) {
	if _, err := WriteDebits(full{}, Debits08, debits()); err == nil || fault.Of(err) != nil {
		t.Errorf("got %v, want an internal error", err)
	}
}

func TestFold(t *testing.T) {
	for in, want := range map[string]string{
		"Rossi & C.":         "Rossi + C.",
		"Perù “è” qui":       "Peru 'e' qui",
		" a \t b\u00a0c\n":   "a b c",
		"Müller-Straße":      "Muller-Strasse",
		"Mensa_2A; n° 5":     "Mensa-2A, n. 5",
		"10 € [acconto]":     "10 EUR (acconto)",
		"Cafe\u0301":         "Cafe",
		"Łódź, Đorđe":        "Lodz, Dorde",
		"già /-?:().,'+ già": "gia /-?:().,'+ gia",
		"x < y":              "x < y", // has no plain form
	} {
		if got := fold(in); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}

func TestEscapes(t *testing.T) {
	var b bytes.Buffer
	o := newOut(&b, Debits08)
	o.begin("a")
	o.leaf("<&>\"'\u00e8", "b", `c d="1"`)
	o.leaf("", "none")
	if err := o.close(); err != nil {
		t.Fatal(err)
	}
	want := "<a>\n  <b><c d=\"1\">&lt;&amp;&gt;&#34;&#39;\u00e8</c></b>\n</a>\n"
	if got := b.String(); !strings.HasSuffix(got, "?>\n"+want) {
		t.Errorf("got %s, want %s", got, want)
	}
}
