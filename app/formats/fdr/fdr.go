// Package fdr reads pagoPA's flow of remittances (flusso di rendicontazione,
// FlussoRiversamento 1.0 and 1.1): which payments a PSP has sent on in one
// transfer. It checks the totals that the flow declares. It does not know
// whose payments they are.
package fdr

import (
	"fmt"
	"io"
	"strconv"

	"cassacomune/app/day"
	"cassacomune/app/formats"
	"cassacomune/app/formats/internal/leaf"
	"cassacomune/app/formats/internal/xmlscan"
	"cassacomune/app/money"
)

// Key names the format in lists and in inspect.
const Key = "fdr"

const root = "FlussoRiversamento"

// Outcomes of a payment (codiceEsitoSingoloPagamento).
const (
	Paid           = "0"
	Revoked        = "3"
	StandIn        = "4" // paid while the creditor's station was down
	StandInNoOrder = "8" // the same, without RPT
	PaidNoOrder    = "9" // paid without RPT: a receipt may be missing
)

var outcomes = map[string]bool{Paid: true, Revoked: true, StandIn: true, StandInNoOrder: true, PaidNoOrder: true}

// Sniff reports whether head begins a flow.
func Sniff(head []byte) bool { return xmlscan.Root(head, root) }

// Read yields a Flow, its Lines, and a FlowEnd with what the flow declares.
// Totals that differ are Problems of severity Error.
func Read(r io.Reader) formats.Reader {
	return func(yield func(formats.Event) bool) {
		f := &file{Teller: formats.NewTeller(yield)}
		line, reason := leaf.Walk(r, f.node)
		switch {
		case f.Stopped:
		case reason != "":
			f.Error(line, "file", "", reason)
		default:
			f.finish()
		}
	}
}

// file is a reading under way.
type file struct {
	formats.Teller
	version string
	flow    formats.Flow
	told    bool // the flow has been
	end     formats.FlowEnd
	payment *formats.Line // nil outside one
	fields  map[string]bool

	payments int
	signed   money.Cents // revoked taken away
	stated   money.Cents // as the amounts stand
	positive int         // revoked with an amount that is not negative
}

func (f *file) node(n leaf.Node) bool {
	switch {
	case len(n.Path) == 1:
		if n.Name() != root {
			f.Error(n.Line, n.Name(), "", "non è un flusso di rendicontazione")
			return false
		}
	case n.Kind == leaf.Open && n.Name() == "datiSingoliPagamenti":
		f.begin(n.Line)
		f.payment, f.fields = &formats.Line{Line: n.Line}, map[string]bool{}
	case n.Kind == leaf.Close && n.Name() == "datiSingoliPagamenti":
		f.add()
	case n.Kind == leaf.Value && f.payment != nil:
		f.pay(n)
	case n.Kind == leaf.Value:
		f.head(n)
	}
	return !f.Stopped
}

// head takes a field of the flow itself. The totals stand before the payments.
func (f *file) head(n leaf.Node) {
	switch n.Name() {
	case "versioneOggetto":
		f.version = n.Text
	case "identificativoFlusso":
		f.flow.ID = n.Text
	case "dataOraFlusso":
		f.flow.On = f.date(n, n.Text[:min(len(n.Text), 10)])
	case "identificativoUnivocoRegolamento":
		f.flow.Reference = n.Text
	case "dataRegolamento":
		f.flow.PaidOn = f.date(n, n.Text)
	case "codiceIdentificativoUnivoco":
		if n.In("istitutoMittente") {
			f.flow.Sender = n.Text
		} else {
			f.flow.Receiver = n.Text
		}
	case "numeroTotalePagamenti":
		total, err := strconv.Atoi(n.Text)
		if err != nil || total < 0 {
			f.Error(n.Line, n.Name(), n.Text, "non è un numero")
			return
		}
		f.end.Payments = &total
	case "importoTotalePagamenti":
		if c, ok := f.amount(n); ok {
			f.end.Sum = &c
		}
	}
}

// begin tells the flow before its first payment.
func (f *file) begin(line int) {
	if f.told {
		return
	}
	f.told = true
	f.Emit(formats.Event{Header: &formats.Header{Format: Key, Version: f.version, Name: "versione", Value: f.version}})
	f.flow.Channel = "pagopa"
	if f.flow.ID == "" {
		f.Error(line, "identificativoFlusso", "", "elemento mancante")
	}
	flow := f.flow
	f.Emit(formats.Event{Flow: &flow})
}

// pay takes a field of the payment at hand.
func (f *file) pay(n leaf.Node) {
	p := f.payment
	if f.fields[n.Name()] {
		f.Error(n.Line, n.Name(), n.Text, "elemento ripetuto")
	}
	f.fields[n.Name()] = true
	switch n.Name() {
	case "identificativoUnivocoVersamento":
		p.Code = n.Text
	case "identificativoUnivocoRiscossione":
		p.Receipt = n.Text
	case "indiceDatiSingoloPagamento":
		index, err := strconv.Atoi(n.Text)
		if err != nil || index < 1 || index > 5 {
			f.Warn(n.Line, n.Name(), n.Text, "non è un numero da 1 a 5")
		}
		p.Index = max(index, 0)
	case "singoloImportoPagato":
		p.Gross, _ = f.amount(n)
	case "codiceEsitoSingoloPagamento":
		if p.Outcome = n.Text; !outcomes[n.Text] {
			f.Warn(n.Line, n.Name(), n.Text, "codice esito non previsto: il pagamento si conserva")
		}
	case "dataEsitoSingoloPagamento":
		p.PaidOn = f.date(n, n.Text)
	}
}

// add tells the payment at hand. What is revoked is taken back: the rules
// write it with a minus sign, which the schema forbids, so both are read.
func (f *file) add() {
	p := f.payment
	f.payment = nil
	for _, name := range []string{"identificativoUnivocoVersamento", "identificativoUnivocoRiscossione", "singoloImportoPagato", "codiceEsitoSingoloPagamento", "dataEsitoSingoloPagamento"} {
		if !f.fields[name] {
			f.Error(p.Line, name, "", "elemento mancante")
		}
	}
	f.stated += p.Gross
	if p.Outcome == Revoked && p.Gross > 0 {
		p.Gross = -p.Gross
		f.positive++
	}
	f.payments++
	f.signed += p.Gross
	p.CreditedOn = f.flow.PaidOn
	p.Key = fmt.Sprintf("%s %s %d", p.Code, p.Receipt, p.Index)
	f.Emit(formats.Event{Line: p})
}

// finish compares what the flow declares with what it holds.
func (f *file) finish() {
	f.begin(0)
	if n := f.end.Payments; n == nil {
		f.Error(0, "numeroTotalePagamenti", "", "elemento mancante")
	} else if *n != f.payments {
		f.Error(0, "numeroTotalePagamenti", strconv.Itoa(*n), fmt.Sprintf("il flusso dichiara %d pagamenti, ne contiene %d", *n, f.payments))
	}
	switch sum := f.end.Sum; {
	case sum == nil:
		f.Error(0, "importoTotalePagamenti", "", "elemento mancante")
	case *sum == f.signed:
	case *sum == f.stated:
		f.Warn(0, "importoTotalePagamenti", sum.Decimal(), "il totale conta come pagati anche gli importi revocati")
	default:
		f.Error(0, "importoTotalePagamenti", sum.Decimal(), fmt.Sprintf("il flusso dichiara %s, i pagamenti sommano a %s", sum.Comma(), f.signed.Comma()))
	}
	if f.positive > 0 {
		f.Warn(0, "singoloImportoPagato", strconv.Itoa(f.positive), "pagamenti revocati scritti con importo positivo: letti come restituzioni")
	}
	end := f.end
	f.Emit(formats.Event{FlowEnd: &end})
}

func (f *file) amount(n leaf.Node) (money.Cents, bool) {
	c, err := money.ParseDecimal(n.Text)
	if err != nil {
		f.Error(n.Line, n.Name(), n.Text, err.Error())
	}
	return c, err == nil
}

func (f *file) date(n leaf.Node, text string) day.Date {
	d, err := day.Parse(text)
	if err != nil {
		f.Error(n.Line, n.Name(), n.Text, err.Error())
	}
	return d
}
