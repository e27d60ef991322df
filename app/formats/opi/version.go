package opi

// The journal has no namespace and names no version: it is recognised by what
// is present. Of two versions that a file may be, the one whose schema is the
// narrower is told, but for 1.3.1a and 1.6.0, which are wholly inside 1.4 and
// 1.6.1.

// recognise tells the family by where the code of the bank stands: OIL has no
// header of its own (testata_messaggio).
func (h *head) recognise(bare bool) {
	if bare {
		h.format, h.version = OILJournal, "3.02"
		return
	}
	h.format, h.version = Journal, "1.7.1"
}

// ofPeriod tells a journal of a period, not of a day: that ended with 1.4.
func (h *head) ofPeriod() {
	if h.format == Journal {
		h.version = "1.4"
	}
}

// execution is a way of execution (tipo_esecuzione), with the version of a
// journal of a day that has it: the last, or the only one. An empty version
// says nothing.
type execution struct{ word, version string }

// executions are those of all versions.
var executions = known(map[string][]string{
	"": {"CASSA", "ACCREDITO BANCA D'ITALIA", "REGOLARIZZAZIONE", "PRELIEVO DA CC POSTALE", "ASSEGNO BANCARIO E POSTALE",
		"SEPA CREDIT TRANSFER", "ASSEGNO CIRCOLARE", "ACCREDITO CONTO CORRENTE POSTALE", "F24EP", "ADDEBITO PREAUTORIZZATO",
		"DISPOSIZIONE DOCUMENTO ESTERNO", "COMPENSAZIONE", "BONIFICO ESTERO EURO", "AVVISO PAGOPA", "SOSTITUZIONE",
		"BONIFICO BANCARIO E POSTALE"}, // the last in OIL only
	"1.7.1": {"ACCREDITO TESORERIA PROVINCIALE STATO", "ASSEGNO DI TRAENZA PER COMMUTAZIONE EX ART 219 TUEL"},
	"1.6.1": {"REGOLARIZZAZIONE ACCREDITO BANCA D'ITALIA",
		"ACCREDITO TESORERIA PROVINCIALE STATO PER TAB A", "ACCREDITO TESORERIA PROVINCIALE STATO PER TAB B",
		"REGOLARIZZAZIONE ACCREDITO TESORERIA PROVINCIALE STATO PER TAB A", "REGOLARIZZAZIONE ACCREDITO TESORERIA PROVINCIALE STATO PER TAB B"},
	"1.5.1": {"VAGLIA POSTALE", "VAGLIA TESORO"},
	"1.8":   {"SEPA INSTANT CREDIT TRANSFER"},
})

func known(byVersion map[string][]string) map[string]execution {
	all := map[string]execution{}
	for version, list := range byVersion {
		for _, w := range list {
			all[w] = execution{w, version}
		}
	}
	return all
}

// narrow takes the version of a way of execution into account. One that only
// an older version had decides against those that all later ones have: no
// version has both.
func (h *head) narrow(mark string) {
	switch h.version {
	case "1.7.1", "1.8":
		if mark != "" && mark != "1.7.1" {
			h.version = mark
		}
	case "1.6.1":
		if mark == "1.5.1" {
			h.version = mark
		}
	}
}
