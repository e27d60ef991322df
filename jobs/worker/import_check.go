package worker

import (
	"fmt"
	"io"
	"strings"
	"time"

	"cassacomune/app/debts"
	"cassacomune/app/fault"
	"cassacomune/app/formats"
	"cassacomune/app/formats/all"
	"cassacomune/app/treasury"
	"cassacomune/jobs"
	"cassacomune/tenants"
)

const (
	groupsAtOnce = 1000    // debts in a transaction
	mostProblems = 100_000 // kept of a file
	beatEvery    = 2 * time.Second
)

// checkDebts is the first pass over a debt file: it writes only problems. It
// goes through the file at once, again where something may stand in it twice,
// and gives way when somebody cancels it.
func (w *importer) checkDebts(format *all.Format, file io.Reader) error {
	if w.town.FiscalCode == "" {
		return fault.New(fault.Conflict, "import.fiscal_code", "Nelle impostazioni manca il codice fiscale del Comune: senza, non si sa di chi è il file.")
	}
	head := w.preview
	survey := debts.NewSurvey()
	survey.Unsigned = unsigned[format.Key]
	if err := w.look(format, file, survey); err != nil {
		return err
	}
	if survey.Doubtful() {
		if err := w.recount(survey); err != nil {
			return err
		}
		if survey.Settle() {
			_, file, err := w.open()
			if err != nil {
				return err
			}
			w.preview = head
			if err := w.look(format, file, survey); err != nil {
				return err
			}
		}
	}
	if w.preview.Debts == 0 && w.preview.Errors > 0 {
		w.preview.Unusable = true
	}
	return w.checked()
}

func (w *importer) look(format *all.Format, file io.Reader, survey *debts.Survey) error {
	if err := w.begin(); err != nil {
		return err
	}
	lines := &lineKeeper{src: file, first: 1}
	var chunk []debts.Group
	for g := range debts.Groups(format.Read(lines), lines.text) {
		survey.Look(&g, w.town.FiscalCode)
		if survey.Line > 0 {
			return w.foreign(survey.Line, "ente", survey.Body, whose(survey.Body))
		}
		w.preview.Unusable = w.preview.Unusable || g.Unusable
		if chunk = append(chunk, g); len(chunk) < groupsAtOnce {
			continue
		}
		if err := w.judge(chunk); err != nil {
			return err
		}
		if chunk = chunk[:0]; w.preview.Unusable {
			return nil
		}
	}
	return w.judge(chunk)
}

// recount reads the file again for what stands in it twice.
func (w *importer) recount(survey *debts.Survey) error {
	format, file, err := w.open()
	if err != nil {
		return err
	}
	n := 0
	lines := &lineKeeper{src: file, first: 1}
	for g := range debts.Groups(format.Read(lines), lines.text) {
		survey.Recount(&g)
		if n++; n%groupsAtOnce == 0 {
			if err := w.beat(false); err != nil {
				return err
			}
		}
	}
	return nil
}

// unsigned lists the formats whose annulments do not say whose debts they are.
var unsigned = map[string]bool{"govpay-csv": true}

// whose says why a debt file is not ours.
func whose(body string) string {
	if body == "" {
		return "Il file non dice di quale ente sono i dovuti"
	}
	return "Il file è di un altro ente"
}

// foreign refuses a file of somebody else. Whose it is stands in a problem, not
// in the sentence: sentences are logged.
func (w *importer) foreign(line int, field, value, what string) error {
	w.problem(formats.Problem{Line: line, Field: field, Value: value, Reason: what, Severity: formats.Error})
	if err := w.beat(true); err != nil {
		return err
	}
	where := ""
	if line > 0 {
		where = fmt.Sprintf(" (riga %d)", line)
	}
	return fault.New(fault.Invalid, "import.foreign", "%s%s: non è stato caricato nulla.", what, where)
}

// begin forgets what an earlier try of the same pass has found.
func (w *importer) begin() error {
	w.kept, w.problems = 0, nil
	return w.within(func(tx *tenants.Tx) error {
		if err := w.run.Advance(tx, "", 0, 0); err != nil {
			return err
		}
		return jobs.DropProblems(tx, w.run.ID)
	})
}

func (w *importer) judge(chunk []debts.Group) error {
	var judged []debts.Judged
	if err := w.db.Read(w.ctx, w.tenant, func(tx *tenants.Tx) (err error) {
		judged, err = debts.Judge(tx, w.params.By, chunk, w.source(), false)
		return err
	}); err != nil {
		return err
	}
	for i := range judged {
		w.count(&judged[i])
	}
	return w.beat(len(w.problems) > 0)
}

// count adds a judged group to the preview and its problems to those to keep.
func (w *importer) count(j *debts.Judged) {
	j.Quarantine()
	p := &w.preview
	rows := int64(len(j.Lines()))
	if rows > 0 {
		p.Debts++
		p.Rows += rows
	}
	refused, last := int64(0), 0
	good := map[int]bool{}
	for _, line := range j.Lines() {
		good[line] = true
	}
	for _, problem := range j.Problems {
		w.problem(problem)
		if problem.Severity == formats.Error && !good[problem.Line] && problem.Line > 1 && problem.Line != last {
			refused, last = refused+1, problem.Line
		}
	}
	p.Rows += refused
	p.Rejected += refused
	switch j.Outcome {
	case debts.Born:
		p.New++
		p.Sum += j.Cents
	case debts.Altered:
		p.Changed++
		p.Sum += j.Cents
	case debts.Same:
		p.Unchanged++
	case debts.Relieved:
		p.Annulled++
	case debts.Refused:
		p.Rejected += rows
	}
}

func (w *importer) problem(problem formats.Problem) {
	switch problem.Severity {
	case formats.Error:
		w.preview.Errors++
	case formats.Warning:
		w.preview.Warnings++
	}
	if w.kept+int64(len(w.problems)) >= mostProblems {
		w.preview.Unlisted++
		// In quarantine goes what is kept: more errors than that are no file of ours.
		w.preview.Unusable = w.preview.Unusable || problem.Severity == formats.Error
		return
	}
	w.problems = append(w.problems, jobs.Problem{Line: int64(problem.Line), Field: w.column(problem.Field), Value: problem.Value,
		Reason: problem.Reason, Severity: string(problem.Severity)})
}

// columns names those of other files by those of ours, in which the checks on
// a whole debt speak.
var columns = map[string]map[string]string{
	"govpay-csv": {"ente": "idDominio", "tipo_dovuto": "tipoPendenza", "codice_posizione": "idPendenza", "azione": "importo",
		"rata": "numeroRata", "scadenza": "dataValidita", "debitore_codice": "identificativoPagatore", "debitore_nome": "anagraficaPagatore",
		"numero_avviso": "numeroAvviso", "voce": "idVoce1", "iban": "ibanAccreditoVoce1", "beneficiario": "tipoBolloVoce1"},
	"p4pa-csv": {"ente": "codiceFiscaleEnte_1", "tipo_dovuto": "tipoDovuto", "codice_posizione": "IUPD", "rata": "IUD",
		"scadenza": "dataEsecuzionePagamento", "debitore_codice": "codiceIdentificativoUnivoco", "debitore_nome": "anagraficaPagatore",
		"data_notifica": "dataNotifica", "numero_avviso": "codIuv", "voce": "importoVersamentoEnte_1", "iban": "ibanAccreditoEnte_1",
		"beneficiario": "codiceFiscaleEnte_2"},
}

func (w *importer) column(field string) string {
	if name, ok := columns[w.preview.Format][field]; ok {
		return name
	}
	return field
}

// beat keeps the problems found so far and gives a sign of life; a run that
// somebody cancelled answers ErrLost.
func (w *importer) beat(now bool) error {
	if !now && time.Since(w.beaten) < beatEvery {
		return w.ctx.Err()
	}
	w.beaten = time.Now()
	return w.within(func(tx *tenants.Tx) error {
		if err := w.keep(tx); err != nil {
			return err
		}
		return w.run.Advance(tx, "", w.preview.Rows, 0)
	})
}

func (w *importer) keep(tx *tenants.Tx) error {
	if err := jobs.AddProblems(tx, w.run.ID, w.kept+1, w.problems); err != nil {
		return err
	}
	w.kept += int64(len(w.problems))
	w.problems = nil
	return nil
}

func (w *importer) checked() error {
	return w.within(func(tx *tenants.Tx) error {
		if err := w.keep(tx); err != nil {
			return err
		}
		return w.run.Finish(tx, w.preview)
	})
}

// checkFlow is the first pass over a journal or a remittance.
func (w *importer) checkFlow(format *all.Format, file io.Reader) error {
	if err := w.begin(); err != nil {
		return err
	}
	events := 0
	for e := range format.Read(file) {
		switch {
		case e.Problem != nil:
			w.problem(*e.Problem)
		case e.Line != nil:
			w.preview.Rows++
			w.preview.Sum += e.Line.Gross
		case e.Entry != nil:
			w.preview.Rows++
		case e.Flow != nil && e.Flow.Channel == "poste" && !sameAccount(e.Flow.Account, w.town.Postal.Account):
			return w.foreign(0, "numero_cc", e.Flow.Account, "Il file è di un conto corrente postale che non è quello del Comune")
		case e.Statement != nil:
			if err := w.ours(*e.Statement); err != nil {
				return err
			}
		}
		if events++; events%groupsAtOnce == 0 {
			if err := w.beat(len(w.problems) > 0); err != nil {
				return err
			}
		}
	}
	w.preview.Unusable = w.preview.Errors > 0
	return w.checked()
}

// ours refuses the journal of somebody else as a whole; a sub-account that the
// set-up does not have yet is a problem that says so.
func (w *importer) ours(s formats.Statement) error {
	err := w.db.Read(w.ctx, w.tenant, func(tx *tenants.Tx) error {
		_, err := treasury.AccountOf(tx, s)
		return err
	})
	switch f := fault.Of(err); {
	case f != nil && f.Key == "treasury.body":
		return w.foreign(s.Line, "codice_ente_BT", s.Body, "Il giornale è di un altro ente del tesoriere")
	case f != nil && f.Key == "treasury.account":
		w.problem(formats.Problem{Line: s.Line, Field: "conto_evidenza", Value: s.Account, Severity: formats.Error,
			Reason: "il conto di evidenza non è tra i conti del Comune: va aggiunto alla configurazione"})
		return nil
	}
	return err
}

func sameAccount(a, b string) bool {
	return b == "" || strings.TrimLeft(a, "0") == strings.TrimLeft(b, "0")
}
