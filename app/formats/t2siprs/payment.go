package t2siprs

import (
	"fmt"
	"strconv"
	"strings"

	"cassacomune/app/day"
	"cassacomune/app/formats"
	"cassacomune/app/formats/internal/delimited"
	"cassacomune/app/formats/internal/fixed"
	"cassacomune/app/money"
)

// field is one of the layout's: its name there and its columns.
type field struct {
	name     string
	from, to int
}

// The fields that are read. The rest of the record is filler.
var (
	institute   = field{"CODICE ISTITUTO", 1, 5}
	client      = field{"CODICE CLIENTE", 6, 12}
	kind        = field{"TIPO FLUSSO", 23, 30}
	createdOn   = field{"DATA CREAZIONE FLUSSO", 31, 38}
	progressive = field{"PROGRESSIVO RECORD", 78, 90}
	what        = field{"OPERAZIONE", 91, 93}
	document    = field{"TIPO PRESENTAZIONE", 164, 169}
	slip        = field{"CODICE PRESENTAZIONE", 170, 187}
	iuv         = field{"IUV", 205, 239}
	instalment  = field{"RATA", 240, 274}
	asked       = field{"IMPORTO VERSAMENTO", 458, 472}
	text        = field{"CAUSALE VERSAMENTO", 518, 657}
	debtorCode  = field{"CODICE DEBITORE", 719, 753}
	debtorName  = field{"ANAGRAFICA DEBITORE", 754, 803}
	paidOn      = field{"DATA PAGAMENTO", 1056, 1063}
	creditedOn  = field{"DATA INCASSO", 1064, 1071}
	year        = field{"ESERCIZIO DI RIFERIMENTO", 1072, 1075}
	provisional = field{"NUMERO PROVVISORIO", 1076, 1082}
	paid        = field{"IMPORTO PAGATO", 1105, 1119}
	account     = field{"CCP", 1590, 1601}
)

// kept are the fields that have no place of their own: they go into Raw.
var kept = []field{
	{"RIFERIMENTO CREDITORE", 345, 379}, {"TIPO DEBITORE", 714, 716}, {"TIPO CODICE DEBITORE", 717, 718},
	{"INDIRIZZO DEBITORE", 839, 888}, {"NUMERO CIVICO DEBITORE", 889, 893}, {"CAP DEBITORE", 894, 898}, {"LOCALITA' DEBITORE", 899, 948},
	{"PROVINCIA DEBITORE", 949, 950}, {"STATO DEBITORE", 951, 985}, {"CODICE RETE INCASSO", 1083, 1085}, {"CODICE CANALE INCASSO", 1086, 1088},
	{"CODICE STRUMENTO INCASSO", 1089, 1091}, {"NUMERO BOLLETTA", 1092, 1104}, {"IMPORTO COMMISSIONE PA", 1173, 1187},
	{"IMPORTO COMMISSIONE DEBITORE", 1188, 1202},
}

// payment is a record being read; wrong says that it has an error.
type payment struct {
	file  *file
	line  fixed.Line
	wrong bool
}

func (p *payment) read() (formats.Line, formats.Flow) {
	if reason := delimited.Odd(p.line.Text); reason != "" {
		p.bad(field{}, p.line.Text, reason)
	}
	if op := p.text(what); op != operation {
		p.bad(what, op, "operazione non prevista: il tracciato conosce solo RIV")
	}
	flow := formats.Flow{Channel: "poste", Account: p.number(account), On: p.date(createdOn, true), Sender: p.text(institute)}
	flow.ID = strings.Join([]string{p.text(kind), p.text(institute), p.text(client), flow.On.String(), flow.Account}, "-")
	l := formats.Line{Line: p.line.Number, Code: p.text(iuv), Document: p.text(document), Instalment: p.text(instalment), Text: p.text(text),
		PaidOn: p.date(paidOn, false), CreditedOn: p.date(creditedOn, false), Outcome: p.text(what),
		Payer: formats.Party{Name: p.text(debtorName), Code: p.text(debtorCode)}}
	if l.Code == "" {
		l.Code = p.text(slip)
	}
	p.amounts(&l)
	if l.Provisional = strings.TrimLeft(p.number(provisional), "0"); l.Provisional != "" {
		l.Year = p.year()
	}
	n := p.sequence()
	l.Key = flow.ID + "/" + strconv.Itoa(n)
	if n == 0 { // the layout does not oblige a record to have one
		l.Key = strings.Join([]string{flow.ID, l.Code, l.Instalment, l.PaidOn.String(), l.Gross.Decimal()}, "/")
	}
	l.Raw = p.raw()
	return l, flow
}

// amounts reads what was paid; where the record does not say, what was asked.
func (p *payment) amounts(l *formats.Line) {
	due := p.cents(asked)
	l.Gross = p.cents(paid)
	switch {
	case l.Gross == 0:
		l.Gross = due
	case l.Gross != due:
		p.file.Warn(p.line.Number, paid.name, l.Gross.Comma(), "pagato diverso da quanto chiesto, "+due.Comma())
	}
	if l.Gross == 0 && !p.wrong {
		p.bad(asked, "", "importo mancante")
	}
}

// sequence reads the record's number, and tells a gap.
func (p *payment) sequence() int {
	n, err := strconv.Atoi("0" + p.number(progressive))
	if err != nil {
		p.bad(progressive, p.text(progressive), fixed.ErrNumber.Error())
	}
	if before := p.file.number; before > 0 && n > 0 && n != before+1 {
		p.file.Warn(p.line.Number, progressive.name, strconv.Itoa(n), fmt.Sprintf("il record prima ha il numero %d: ne manca o se ne ripete uno", before))
	}
	p.file.number = n
	return n
}

func (p *payment) year() int {
	n, err := strconv.Atoi(p.text(year))
	if err != nil || n < 1999 || n > 2099 {
		p.bad(year, p.text(year), "esercizio fuori dagli anni 1999-2099")
	}
	return n
}

func (p *payment) text(f field) string {
	return strings.Join(strings.Fields(p.line.Raw(f.from, f.to)), " ")
}

// number reads digits, or blanks.
func (p *payment) number(f field) string {
	s := p.text(f)
	if s != "" && !fixed.Digits(s) {
		p.bad(f, s, fixed.ErrNumber.Error())
	}
	return s
}

// date reads a day; blanks and zeros are none.
func (p *payment) date(f field, needed bool) day.Date {
	s := p.text(f)
	if strings.Trim(s, "0") == "" && !needed {
		return day.Date{}
	}
	d, err := date(s)
	if err != nil {
		p.bad(f, s, err.Error())
	}
	return d
}

// cents reads thirteen digits and two decimals; blanks are zero.
func (p *payment) cents(f field) money.Cents {
	if p.text(f) == "" {
		return 0
	}
	c, err := p.line.Cents(f.from, f.to)
	if err != nil {
		p.bad(f, p.text(f), err.Error())
	}
	return c
}

func (p *payment) raw() string {
	var all []string
	for _, f := range kept {
		if v := p.text(f); strings.Trim(v, "0") != "" {
			all = append(all, f.name+"="+v)
		}
	}
	if code := p.text(slip); code != "" && p.text(iuv) != "" {
		all = append(all, slip.name+"="+code)
	}
	return strings.Join(all, "; ")
}

func (p *payment) bad(f field, value, reason string) {
	p.wrong = true
	p.file.Error(p.line.Number, f.name, value, reason)
}
