// Package govpay reads the debt files (tracciati pendenze) of the engine
// GovPay, in all its layouts: the columns are found by name. Facts: its public
// page formatoCSV.rst. It writes refused rows and no others, and says nothing of
// what GovPay does with the columns that we do not carry.
package govpay

import (
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"

	"cassacomune/app/codes"
	"cassacomune/app/day"
	"cassacomune/app/formats"
	"cassacomune/app/formats/internal/charset"
	"cassacomune/app/formats/internal/delimited"
	"cassacomune/app/formats/internal/recent"
	"cassacomune/app/money"
)

// Key names the format in lists and in inspect.
const Key = "govpay-csv"

// StateBody is the tax code of the Agenzia delle Entrate, whose money the
// stamp duty (marca da bollo telematica) is.
const StateBody = "06363391001"

// items is the most that a row holds (pagoPA's limit).
const items = 5

var required = []string{"idA2A", "idPendenza", "idDominio", "causale", "importo", "idVoce1", "importoVoce1"}

// Sniff reports whether a file that begins like this is one of GovPay's.
func Sniff(head []byte) bool {
	names := "," + strings.ReplaceAll(strings.TrimSpace(charset.FirstLine(head)), `"`, "") + ","
	return strings.Contains(names, ",idA2A,") && strings.Contains(names, ",idPendenza,")
}

// Read yields an item of debt per item of each row, and a Problem for
// everything wrong or odd. A row with an error yields no item.
func Read(r io.Reader) formats.Reader {
	return func(yield func(formats.Event) bool) {
		f := &file{Teller: formats.NewTeller(yield), seen: recent.New[string, int]()}
		for row, err := range delimited.Rows(charset.NewReader(r), ',') {
			if f.row(row, err); f.Stopped {
				return
			}
		}
		if f.places == nil {
			f.Error(0, "", "", "il file è vuoto: manca anche la riga di intestazione")
		}
	}
}

// CopyRejected writes the rows of a file to whose line reason gives an answer,
// under its header, with the reason in a first column motivo. Read passes over
// that column, so that the corrected file can be loaded as it is.
func CopyRejected(w io.Writer, file io.Reader, reason func(line int) string) error {
	return delimited.CopyRejected(w, ',', charset.NewReader(file), reason)
}

type file struct {
	formats.Teller
	names  []string
	places map[string]int
	width  int
	seen   *recent.Seen[string, int] // line of idA2A and idPendenza
}

func (f *file) row(row delimited.Row, err error) {
	switch {
	case f.places == nil:
		f.header(row, err)
	case err != nil:
		f.Error(row.Line, "", row.Raw, err.Error())
	case row.Blank():
	case len(row.Fields) > f.width:
		f.Error(row.Line, "", row.Raw, fmt.Sprintf("la riga ha %d valori, l'intestazione %d colonne", len(row.Fields), f.width))
	default:
		f.pending(&pending{file: f, row: row})
	}
}

// pending yields the items of a row.
func (f *file) pending(p *pending) {
	if !p.row.Ended && len(p.row.Fields) < f.width && !p.annuls() {
		f.Error(p.row.Line, "", p.row.Raw, "l'ultima riga è incompleta e senza fine riga: il file sembra troncato")
		return
	}
	if !p.row.Ended {
		f.Warn(p.row.Line, "", "", "manca il fine riga all'ultima riga: il file potrebbe essere troncato")
	}
	rows := p.rows()
	if p.repeated(); p.wrong {
		return
	}
	for _, d := range rows {
		f.Emit(formats.Event{Debt: &d})
	}
}

// header finds the columns. Others than ours are passed over: other versions
// of the engine have more. A wrong one ends the reading.
func (f *file) header(row delimited.Row, err error) {
	if err != nil {
		f.Error(row.Line, "", row.Raw, err.Error())
		f.Stopped = true
		return
	}
	f.places, f.width = map[string]int{}, len(row.Fields)
	for i, name := range row.Fields {
		name = strings.TrimSpace(name)
		if _, twice := f.places[name]; twice && name != "" {
			f.Error(row.Line, name, name, "colonna ripetuta")
			f.Stopped = true
			return
		}
		f.places[name] = i
		f.names = append(f.names, name)
	}
	good := true
	for _, name := range required {
		if _, ok := f.places[name]; !ok {
			good = false
			f.Error(row.Line, name, name, "colonna obbligatoria mancante")
		}
	}
	f.Stopped = f.Stopped || !good
}

// pending is one row (pendenza) under way.
type pending struct {
	file  *file
	row   delimited.Row
	wrong bool
}

func (p *pending) rows() []formats.DebtRow {
	for i, value := range p.row.Fields {
		if name := p.file.names[i]; name != "datiAllegati" && delimited.Odd(value) != "" {
			p.problem(name, value, delimited.Odd(value), formats.Error)
		}
	}
	d := formats.DebtRow{
		Line: p.row.Line, Action: formats.Load, Instalment: 1,
		Body: p.text("idDominio"), Position: p.need("idPendenza"), Unit: p.text("idPendenza"), Raw: p.row.Raw,
	}
	p.need("idA2A")
	total := p.amount("importo")
	if total == 0 && !p.wrong {
		d.Action = formats.Annul
		d.DebtType, d.Reason = p.text("tipoPendenza"), p.text("causale")
		return []formats.DebtRow{d}
	}
	p.need("idDominio")
	p.common(&d)
	p.document(&d)
	rows := p.items(d)
	var sum money.Cents
	for _, r := range rows {
		sum += r.Cents
	}
	if sum != total && !p.wrong {
		p.problem("importo", p.text("importo"), fmt.Sprintf("le voci sommano a %s", sum.Comma()), formats.Error)
	}
	return rows
}

// annuls reports whether the row is surely an annulment, of which only the
// first columns count, so that it may end early: its zero is followed by more.
func (p *pending) annuls() bool {
	n, err := money.ParseDecimal(p.text("importo"))
	return err == nil && n == 0 && p.file.places["importo"] < len(p.row.Fields)-1
}

func (p *pending) common(d *formats.DebtRow) {
	d.Reason = p.need("causale")
	if d.DebtType = p.text("tipoPendenza"); d.DebtType == "" {
		d.DebtType = "LIBERO"
	}
	// After dataValidita the amount may change, after dataScadenza the debt
	// cannot be paid: the first is what a payer calls the due date.
	d.DueOn, d.ValidUntil = p.date("dataValidita"), p.date("dataScadenza")
	if d.DueOn.IsZero() {
		d.DueOn = d.ValidUntil
	}
	switch kind := p.text("tipoSoggettoPagatore"); kind {
	case "F":
		d.DebtorKind = "person"
	case "G":
		d.DebtorKind = "organisation"
	default:
		p.problem("tipoSoggettoPagatore", kind, "atteso F oppure G", formats.Error)
	}
	d.DebtorCode = codes.Clean(p.text("identificativoPagatore"))
	d.DebtorName, d.DebtorEmail, d.DebtorAddress = p.text("anagraficaPagatore"), p.text("emailPagatore"), p.address()
	if d.DebtorCode == "ANONIMO" {
		d.DebtorCode = ""
	} else if err := codes.CheckFiscalCode(d.DebtorCode); err != nil && d.DebtorCode != "" {
		p.problem("identificativoPagatore", d.DebtorCode, err.Error(), formats.Warning)
	}
	if d.DebtorCode == "" && d.DebtorName == "" {
		p.problem("identificativoPagatore", "", "serve il codice fiscale o il nome del debitore", formats.Error)
	}
	d.Notice = codes.Clean(p.text("numeroAvviso"))
	if err := codes.CheckNotice(d.Notice); d.Notice != "" && err != nil {
		severity := formats.Error
		if codes.WrongCheck(err) {
			severity = formats.Warning
		}
		p.problem("numeroAvviso", d.Notice, err.Error(), severity)
	}
}

var threshold = regexp.MustCompile(`^(ENTRO|OLTRE)\d{1,3}$|^(RIDOTTO|SCONTATO)$`)

// document makes the payments of one document options of one debt: they stand
// side by side in the file and exclude each other.
func (p *pending) document(d *formats.DebtRow) {
	id := p.text("idDocumento")
	if id == "" {
		return
	}
	d.Position, d.Option = id, "unica"
	switch n := p.text("numeroRata"); {
	case n == "":
	case threshold.MatchString(strings.ToUpper(n)):
		d.Option = strings.ToLower(n)
	default:
		d.Option = "rate"
		var err error
		if d.Instalment, err = strconv.Atoi(n); err != nil || d.Instalment < 1 || d.Instalment > 999 {
			p.problem("numeroRata", n, "atteso il numero della rata, oppure ENTROn, OLTREn, RIDOTTO, SCONTATO", formats.Error)
		}
	}
}

func (p *pending) items(d formats.DebtRow) (rows []formats.DebtRow) {
	for i := 1; i <= items; i++ {
		of := func(name string) string { return fmt.Sprintf("%sVoce%d", name, i) }
		item, amount := p.text(of("id")), p.text(of("importo"))
		if item == "" && amount == "" {
			continue
		}
		r := d
		r.Item = p.need(of("id"))
		r.Cents = p.amount(of("importo"))
		if r.Cents == 0 && amount != "" {
			p.problem(of("importo"), amount, "l'importo deve essere maggiore di zero", formats.Error)
		}
		if r.IBAN = codes.Clean(p.text(of("ibanAccredito"))); r.IBAN != "" {
			if err := codes.CheckIBAN(r.IBAN); err != nil {
				p.problem(of("ibanAccredito"), r.IBAN, err.Error(), formats.Error)
			}
		}
		if p.text(of("tipoContabilita")) == "CAPITOLO" {
			r.Chapter = p.text(of("codiceContabilita"))
		}
		if p.text(of("tipoBollo")) != "" {
			r.Beneficiary = StateBody
		}
		rows = append(rows, r)
	}
	if len(rows) == 0 {
		p.problem("idVoce1", "", "nessuna voce di pagamento", formats.Error)
	}
	return rows
}

func (p *pending) repeated() {
	first, known := p.file.seen.Put(p.text("idA2A")+"\x00"+p.text("idPendenza"), p.row.Line)
	if known {
		p.problem("idPendenza", p.text("idPendenza"), fmt.Sprintf("pendenza già presente alla riga %d", first), formats.Error)
	}
}

func (p *pending) address() string {
	return formats.Address(p.text("indirizzoPagatore"), p.text("civicoPagatore"), p.text("capPagatore"), p.text("localitaPagatore"), p.text("provinciaPagatore"), "")
}

func (p *pending) date(name string) day.Date {
	s := p.text(name)
	if s == "" {
		return day.Date{}
	}
	d, err := day.Parse(s)
	if err != nil {
		p.problem(name, s, err.Error()+": attesa aaaa-mm-gg", formats.Error)
	}
	return d
}

func (p *pending) amount(name string) money.Cents {
	s := p.need(name)
	if s == "" {
		return 0
	}
	n, err := money.ParseDecimal(s)
	switch {
	case err != nil:
		p.problem(name, s, err.Error(), formats.Error)
	case n < 0:
		p.problem(name, s, "importo negativo", formats.Error)
	case n > 999_999_999_99:
		p.problem(name, s, "importo oltre 999.999.999,99 €", formats.Error)
	default:
		return n
	}
	return 0
}

func (p *pending) need(name string) string {
	s := p.text(name)
	if s == "" {
		p.problem(name, "", "valore obbligatorio mancante", formats.Error)
	}
	return s
}

// text is a value of the row; rows may end before their last columns. In a file
// of refused rows it may be guarded against spreadsheets.
func (p *pending) text(name string) string {
	place, ok := p.file.places[name]
	if !ok || place >= len(p.row.Fields) {
		return ""
	}
	value := strings.TrimSpace(p.row.Fields[place])
	if _, ours := p.file.places[delimited.Reason]; ours {
		return delimited.Unguard(value)
	}
	return value
}

func (p *pending) problem(field, value, reason string, s formats.Severity) {
	p.wrong = p.wrong || s == formats.Error
	p.file.Problem(s, p.row.Line, field, value, reason)
}
