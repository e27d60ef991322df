package p4pa

import (
	"fmt"
	"strings"

	"cassacomune/app/formats/internal/delimited"
)

// The columns. Those that have no field of ours are known too: they stay in
// the row's own text.
const (
	cPosition = iota
	cDescription
	cValidFrom
	cSeveralDebtors
	cNotifiedOn
	cOptionIndex
	cOptionType
	cOptionText
	cUnit
	cIUV
	cKind
	cCode
	cName
	cStreet
	cCivic
	cPostCode
	cTown
	cProvince
	cNation
	cEmail
	cDueOn
	cAmount
	cDebtType
	cReason
	cMetadata
	cNoticeWanted
	cPagoPA
	cBalance
	cShared
	cBeneficiaries
	cConfig
	cAction
	cDraft
	cEnd
)

// columns are their names: Italian in 1.0 to 2.0, English in 2.0-eng. Case
// does not count.
var columns = [cEnd]struct {
	italian, english string
	required         bool
}{
	cPosition:       {"IUPD", "iupdOrg", false},
	cDescription:    {"descrizionePosizioneDebitoria", "description", false},
	cValidFrom:      {"dataValidita", "validityDate", false},
	cSeveralDebtors: {"coobbligato", "multiDebtor", false},
	cNotifiedOn:     {"dataNotifica", "notificationDate", false},
	cOptionIndex:    {"indiceOpzionePagamento", "paymentOptionIndex", false},
	cOptionType:     {"tipoOpzionePagamento", "paymentOptionType", false},
	cOptionText:     {"descrizioneOpzionePagamento", "paymentOptionDescription", false},
	cUnit:           {"IUD", "IUD", true},
	cIUV:            {"codIuv", "iuv", false},
	cKind:           {"tipoIdentificativoUnivoco", "entityType", true},
	cCode:           {"codiceIdentificativoUnivoco", "fiscalCode", true},
	cName:           {"anagraficaPagatore", "fullName", true},
	cStreet:         {"indirizzoPagatore", "address", false},
	cCivic:          {"civicoPagatore", "civic", false},
	cPostCode:       {"capPagatore", "postalCode", false},
	cTown:           {"localitaPagatore", "location", false},
	cProvince:       {"provinciaPagatore", "province", false},
	cNation:         {"nazionePagatore", "nation", false},
	cEmail:          {"mailPagatore", "email", false},
	cDueOn:          {"dataEsecuzionePagamento", "dueDate", false},
	cAmount:         {"importoDovuto", "amount", true},
	cDebtType:       {"tipoDovuto", "debtPositionTypeCode", true},
	cReason:         {"causaleVersamento", "remittanceInformation", true},
	cMetadata:       {"datiSpecificiRiscossione", "legacyPaymentMetadata", false},
	cNoticeWanted:   {"flgGeneraIuv", "generateNotice", false},
	cPagoPA:         {"flagPagamentoPu", "flagPuPagoPaPayment", false},
	cBalance:        {"bilancio", "balance", false},
	cShared:         {"flagMultiBeneficiario", "flagMultiBeneficiary", false},
	cBeneficiaries:  {"numeroBeneficiari", "numberBeneficiary", false},
	cConfig:         {"configurazioniEsecuzione", "executionConfig", false},
	cAction:         {"azione", "action", true},
	cDraft:          {"draft", "draft", false},
}

// mostTransfers is how many beneficiaries a row may have (pagoPA's limit).
const mostTransfers = 5

// The columns of a beneficiary (ente), behind whose names stands its number:
// codiceFiscaleEnte_2. In 1.4 there is a second one only: codiceFiscaleEnteSecondario.
const (
	tBody = iota
	tName
	tAmount
	tReason
	tIBAN
	tCategory
	tEnd
)

var transferNames = [tEnd][]string{
	tBody:     {"codiceFiscaleEnte", "orgFiscalCode"},
	tName:     {"denominazioneEnte", "orgName"},
	tAmount:   {"importoVersamentoEnte", "amount"},
	tReason:   {"causaleVersamentoEnte", "remittanceInformation"},
	tIBAN:     {"ibanAccreditoEnte", "iban"},
	tCategory: {"codiceTassonomiaEnte", "category", "datiSpecificiRiscossioneEnte"},
}

// transferAt is the column of a beneficiary, behind those of the row.
func transferAt(number, field int) int { return cEnd + (number-1)*tEnd + field }

// byName finds a column by its name in small letters.
var byName = func() map[string]int {
	m := map[string]int{}
	for c, names := range columns {
		m[columnName(names.italian)], m[columnName(names.english)] = c, c
	}
	for n := 1; n <= mostTransfers; n++ {
		for field, names := range transferNames {
			for _, name := range names {
				m[columnName(fmt.Sprintf("%s_%d", name, n))] = transferAt(n, field)
				if n == 2 {
					m[columnName(name+"Secondario")] = transferAt(n, field)
				}
			}
		}
	}
	return m
}()

func columnName(s string) string { return strings.ToLower(strings.TrimSpace(s)) }

// header says where the columns of a file are.
type header struct {
	names          []string
	places         [cEnd + mostTransfers*tEnd]int // 1-based; 0 where the file has no such column
	width          int
	english        bool
	unknown, twice []string
}

func newHeader(fields []string) *header {
	h := &header{width: len(fields)}
	for i, name := range fields {
		name = strings.TrimSpace(name)
		h.names = append(h.names, name)
		c, known := byName[columnName(name)]
		switch {
		case name == "" || strings.EqualFold(name, delimited.Reason):
		case !known:
			h.unknown = append(h.unknown, name)
		case h.places[c] > 0:
			h.twice = append(h.twice, name)
		default:
			h.places[c] = i + 1
			h.english = h.english || c == cDebtType && columnName(name) == columnName(columns[c].english)
		}
	}
	return h
}

// missing names the columns that have to be there.
func (h *header) missing() (names []string) {
	for c, column := range columns {
		if column.required && h.places[c] == 0 {
			names = append(names, h.name(c))
		}
	}
	return names
}

// version is the one whose columns are there. 1.1 has those of 1.0.
func (h *header) version() string {
	has := func(c int) bool { return h.places[c] > 0 }
	switch {
	case h.english:
		return "2.0-eng"
	case has(cPosition), has(cOptionIndex), has(cOptionType):
		return "2.0"
	case has(cShared), has(transferAt(2, tBody)):
		return "1.4"
	case has(cNoticeWanted):
		return "1.3"
	case has(cBalance):
		return "1.2"
	}
	return "1.0"
}

// name is a column's name as the file writes it, or would.
func (h *header) name(c int) string {
	if place := h.places[c]; place > 0 {
		return h.names[place-1]
	}
	if c >= cEnd {
		name := transferNames[(c-cEnd)%tEnd][0]
		if h.english {
			name = transferNames[(c-cEnd)%tEnd][1]
		}
		return fmt.Sprintf("%s_%d", name, (c-cEnd)/tEnd+1)
	}
	if h.english {
		return columns[c].english
	}
	return columns[c].italian
}
