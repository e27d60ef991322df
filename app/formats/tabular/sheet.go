package tabular

import (
	"io"
	"strings"

	"cassacomune/app/formats"
	"cassacomune/app/formats/internal/xlsx"
)

// sheet is the statement of a bank in 14 columns.
var sheet = layout{
	columns: []column{{"ABI", false}, {"CAB", false}, {"CONTO", true}, {"DIVISA", false}, {"DATA CONTABILE", true}, {"DATA VALUTA", false},
		{"IMPORTO", true}, {"SEGNO", true}, {"CAUSALE", false}, {"NUM. ASSEGNO", false}, {"RIF. BANCA", false}, {"RIF. CLIENTE", false},
		{"DESCRIZIONE", false}, {"DESCRIZIONE ESTESA", false}},
	least: 10,
	entry: func(l *line) (account, formats.Entry) {
		a := account{number: l.text("CONTO"), bank: l.text("ABI"), currency: l.currency()}
		e := formats.Entry{Credit: l.text("SEGNO") == "+", Cents: l.amount("IMPORTO", a.currency),
			BookedOn: l.date("DATA CONTABILE"), ValueOn: l.date("DATA VALUTA"), BankCode: l.text("CAUSALE"), Text: l.description()}
		e.Negative = e.Cents < 0
		switch sign := l.text("SEGNO"); {
		case sign == "":
		case sign != "+" && sign != "-":
			l.bad("SEGNO", sign, "non è + né -")
		case e.Negative && e.Credit:
			l.bad("IMPORTO", l.text("IMPORTO"), "importo negativo con segno +")
		}
		e.Cents = e.Cents.Abs()
		e.References = formats.References{Servicer: given(l.text("RIF. BANCA")), Instruction: given(l.text("RIF. CLIENTE")), Cheque: given(l.text("NUM. ASSEGNO"))}
		e.Reference = e.References.Servicer
		l.keep("CAB")
		return a, e
	},
}

// currency of a row. Money that is not euro is told and read.
func (l *line) currency() string {
	c := l.text("DIVISA")
	if c == "" || c == "EUR" {
		return "EUR"
	}
	l.table.Warn(l.row.line, "DIVISA", c, "importo non in euro")
	return c
}

// description joins the short description, often cut, with the long one.
func (l *line) description() string {
	brief, full := unfolded(l.text("DESCRIZIONE")), unfolded(l.text("DESCRIZIONE ESTESA"))
	if strings.HasPrefix(full, brief) {
		return full
	}
	return strings.TrimSpace(brief + " " + full)
}

// given is a reference, unless it is only zeros.
func given(s string) string {
	if strings.Trim(s, "0") == "" {
		return ""
	}
	return s
}

// maxTitles is how many rows may stand above the header of a sheet.
const maxTitles = 20

// SniffSheet reports whether a file that begins like this is a workbook, or a
// CSV of the 14 columns.
func SniffSheet(head []byte) bool { return xlsx.Sniff(head) || is(&sheet, head) }

// ReadSheet yields a Statement for each account and an Entry for each row.
func ReadSheet(r io.Reader) formats.Reader {
	return func(yield func(formats.Event) bool) {
		t := &table{layout: &sheet, Teller: formats.NewTeller(yield)}
		head, in := begin(r)
		if !xlsx.Sniff(head) {
			t.read(csvRows(in, &sheet))
			return
		}
		book, err := xlsx.Open(in)
		if err != nil {
			t.Error(0, "file", "", err.Error())
			return
		}
		t.day, t.titles = book.Day, maxTitles
		t.read(sheetRows(book))
	}
}

// SniffXLS reports whether a file that begins like this is a binary document
// of old office programs, or a new one under a password: both have the same
// envelope.
func SniffXLS(head []byte) bool {
	return strings.HasPrefix(string(head), "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
}

// ReadXLS yields the advice to save the document anew.
func ReadXLS(io.Reader) formats.Reader {
	return func(yield func(formats.Event) bool) {
		t := formats.NewTeller(yield)
		t.Error(0, "file", "", "foglio nel vecchio formato binario (.xls), o protetto da una password: aprirlo e salvarlo di nuovo come XLSX o CSV, senza password")
	}
}
