// Package hypersic reads the settlements of pagoPA in the layout of the
// accounting suite hyperSIC (APKappa, "Tracciato Standard Acquisizioni
// Rendicontazioni pagoPA" 2.3): a CSV of 51 columns that intermediaries
// write, an instalment a row. It does not know whose debts they are.
package hypersic

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"cassacomune/app/day"
	"cassacomune/app/formats"
	"cassacomune/app/formats/internal/charset"
	"cassacomune/app/formats/internal/fixed"
	"cassacomune/app/money"
)

// Key names the format in lists and in inspect.
const Key = "hypersic"

// The columns before the accounting quotas, in the order of the layout.
const (
	cService = iota
	cServiceName
	cDebtorKey
	cDebtorCode
	cDebtorName
	cDebt
	cIssuedOn
	cReason
	cDebtCents
	cInstalment
	cNotice
	cIUV
	cDueOn
	cPaidOn
	cPaid
	cSender
	cMeans
	cIBAN
	cFlow
	cFlowPaidOn
	cNotes
	plainColumns
)

// quotas are ten groups of level, code and amount.
const quotas = 10

var columns = named()

func named() []string {
	all := []string{"CodiceServizio", "DescrizioneServizio", "CodiceDebitore", "CFPIVADebitore", "NominativoDebitore", "CodiceDebito",
		"DataEmissione", "CausaleDebito", "ImportoDebito", "CodiceRata", "CodiceAvviso", "CodiceIUV", "DataScadenza", "DataPagamento",
		"ImportoPagato", "IstitutoMittente", "ModalitaPagamento", "IBANIncasso", "CodiceFlussoRiversamento", "DataRiversamento", "Annotazioni"}
	for n := range quotas {
		for _, name := range []string{"LivelloContabile", "CodificaContabile", "QuotaContabile"} {
			all = append(all, name+strconv.Itoa(n+1))
		}
	}
	return all
}

// Sniff reports whether a file that begins like this has the layout's header.
func Sniff(head []byte) bool {
	return isHeader(strings.Split(strings.TrimSpace(charset.FirstLine(head)), ";"))
}

// isHeader knows the header by its first columns: those of the quotas may be
// cut where a file has fewer.
func isHeader(names []string) bool {
	if len(names) < plainColumns || len(names) > len(columns) {
		return false
	}
	for i, name := range names {
		if !strings.EqualFold(strings.TrimSpace(name), columns[i]) {
			return false
		}
	}
	return true
}

// Read yields a Flow for each settlement (flusso di riversamento) as the rows
// come, its Lines, and a FlowEnd that declares nothing.
func Read(r io.Reader) formats.Reader {
	return func(yield func(formats.Event) bool) {
		f := &file{FlowTeller: formats.FlowTeller{Teller: formats.NewTeller(yield)}}
		for l, err := range fixed.Lines(charset.NewReader(r), most) {
			if err != nil {
				f.Error(l.Number, "file", "", err.Error())
				break
			}
			f.row(l)
			if f.Stopped {
				return
			}
		}
		if f.width == 0 {
			f.Error(0, "file", "", "il file è vuoto: manca anche la riga di intestazione")
		}
		f.End()
	}
}

// most is the longest row read. The layout has no quotes and no line ends in
// values, so that a row is a line.
const most = 16 << 10

// file is a reading under way.
type file struct {
	formats.FlowTeller
	width int // of the header; 0 before it
}

func (f *file) row(l fixed.Line) {
	values := strings.Split(l.Text, ";")
	for i := range values {
		values[i] = strings.TrimSpace(values[i])
	}
	switch {
	case strings.Trim(l.Text, "; \t\x1a") == "":
	case f.width == 0:
		if f.width = len(values); !isHeader(values) {
			f.Error(l.Number, "file", l.Text, "intestazione non riconosciuta")
			f.Stopped = true
		}
	case len(values) != f.width:
		f.Error(l.Number, "", l.Text, fmt.Sprintf("la riga ha %d valori, l'intestazione %d colonne", len(values), f.width))
	default:
		f.payment(&row{file: f, line: l.Number, values: values})
	}
}

func (f *file) payment(r *row) {
	line, flow := r.read()
	switch {
	case r.wrong || f.Stopped:
		return
	case r.waiting():
		f.Warn(r.line, columns[cFlow], "", "riscossione non ancora rendicontata: non è un pagamento riversato")
		return
	}
	f.Pay(flow, line)
}

// row is a row being read; wrong says that it has an error.
type row struct {
	file   *file
	line   int
	values []string
	wrong  bool
}

func (r *row) text(c int) string {
	if c >= len(r.values) {
		return ""
	}
	return r.values[c]
}

func (r *row) bad(c int, reason string) {
	r.wrong = true
	r.file.Error(r.line, columns[c], r.text(c), reason)
}

// waiting knows a collection that no settlement has told of yet: such rows
// come in a file of their own (progressive 999), without settlement and
// without what was paid.
func (r *row) waiting() bool { return r.text(cFlow) == "" && r.text(cPaid) == "" }

func (r *row) date(c int) (d day.Date) {
	if v := r.text(c); v != "" {
		var err error
		if d, err = day.Parse(v); err != nil {
			r.bad(c, err.Error())
		}
	}
	return d
}

// cents reads an amount without a mark of decimals: "100" is one euro.
func (r *row) cents(c int) money.Cents {
	v := r.text(c)
	n, err := strconv.ParseInt(v, 10, 64)
	switch {
	case v == "":
	case err != nil:
		r.bad(c, "importo non leggibile: atteso in centesimi, senza separatori")
	case n < -999_999_999_99 || n > 999_999_999_99:
		r.bad(c, money.ErrRange.Error())
	}
	return money.Cents(n)
}
