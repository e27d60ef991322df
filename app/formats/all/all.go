// Package all is the list of the file formats, and what stands before a
// format is known: detection by content, archives, the summary of a file. It
// knows no layout itself and imports nothing into a municipality.
package all

import (
	"bufio"
	"io"

	"cassacomune/app/formats"
	"cassacomune/app/formats/camt"
	"cassacomune/app/formats/cbi"
	"cassacomune/app/formats/debtcsv"
	"cassacomune/app/formats/f24"
	"cassacomune/app/formats/fdr"
	"cassacomune/app/formats/govpay"
	"cassacomune/app/formats/hypersic"
	"cassacomune/app/formats/mt"
	"cassacomune/app/formats/nodo"
	"cassacomune/app/formats/opi"
	"cassacomune/app/formats/opimsg"
	"cassacomune/app/formats/p4pa"
	"cassacomune/app/formats/pain"
	"cassacomune/app/formats/poscsv"
	"cassacomune/app/formats/poste"
	"cassacomune/app/formats/receipt"
	"cassacomune/app/formats/rh"
	"cassacomune/app/formats/t2siprs"
	"cassacomune/app/formats/tabular"
)

// Kind says what a file reports.
type Kind string

// The kinds of files.
const (
	Journal    Kind = "journal"    // giornale di cassa
	Bank       Kind = "bank"       // estratto conto
	Remittance Kind = "remittance" // riversamento
	Payments   Kind = "payments"   // disposizioni di pagamento o d'incasso, e i loro esiti
	Outcomes   Kind = "outcomes"   // esiti e ricevute di un messaggio
	Receipts   Kind = "receipts"   // ricevute telematiche
	Debts      Kind = "debts"      // dovuti
)

// Format is a line of the list. A reader may tell a nearer key in its Header:
// oil-journal beside opi-journal.
type Format struct {
	Key, Title string
	Kind       Kind
	Sniff      func(head []byte) bool
	Read       func(io.Reader) formats.Reader
}

// List holds every format that can be read; the first that recognises a
// file's head has it.
var List = []Format{
	{"opi-journal", "Giornale di cassa OPI o OIL", Journal, opi.Sniff, opi.Read},
	{"rh", "Rendicontazione CBI di saldi e movimenti", Bank, rh.Sniff, rh.Read},
	{opimsg.Receipt, "Ricezione di un flusso OPI", Outcomes, opimsg.Sniff(opimsg.Receipt), opimsg.Read},
	{opimsg.Refusal, "Rifiuto di un flusso OPI", Outcomes, opimsg.Sniff(opimsg.Refusal), opimsg.Read},
	{opimsg.Ack, "Riscontro SIOPE+ di un flusso OPI", Outcomes, opimsg.Sniff(opimsg.Ack), opimsg.Read},
	{opimsg.Outcome, "Esiti di ordinativi OPI", Outcomes, opimsg.Sniff(opimsg.Outcome), opimsg.Read},
	{"mt940", "Estratto conto MT940 o MT942", Bank, mt.Sniff, mt.Read},
	{"pain.001", "Disposizioni di bonifico, SEPA o CBI", Payments, pain.SniffTransfers, pain.Read},
	{"pain.008", "Addebiti diretti, SEPA o CBI", Payments, pain.SniffDebits, pain.Read},
	{"pain.002", "Esiti di bonifici e addebiti diretti, SEPA o CBI", Payments, pain.SniffStatus, pain.Read},
	{camt.Statement, "Estratto conto camt.053, anche CBI", Bank, camt.SniffStatement, camt.Read},
	{camt.Report, "Movimenti della giornata camt.052", Bank, camt.SniffReport, camt.Read},
	{camt.Notification, "Avvisi di accredito e addebito camt.054", Bank, camt.SniffNotification, camt.Read},
	{tabular.Short, "Provvisori del Tesoriere, CSV di 7 colonne", Journal, tabular.SniffShort, tabular.ReadShort},
	{tabular.Long, "Provvisori del Tesoriere, CSV di 41 colonne", Journal, tabular.SniffLong, tabular.ReadLong},
	{tabular.Sheet, "Estratto conto di 14 colonne, XLSX o CSV", Bank, tabular.SniffSheet, tabular.ReadSheet},
	{tabular.Poste, "Estratto conto di un conto postale", Bank, tabular.SniffPoste, tabular.ReadPoste},
	{tabular.XLS, "Foglio nel vecchio formato binario", Bank, tabular.SniffXLS, tabular.ReadXLS},
	{cbi.RID, "RID, addebiti diretti di prima della SEPA", Payments, cbi.SniffRID, cbi.Read},
	{cbi.MAV, "MAV, bollettini incassati in banca", Payments, cbi.SniffMAV, cbi.Read},
	{"poste200", "Flusso dei bollettini di Poste", Remittance, poste.Sniff, poste.Read},
	{"f24", "Versamenti F24 dell'Agenzia delle Entrate", Remittance, f24.Sniff, f24.Read},
	{"fdr", "Flusso di rendicontazione pagoPA", Remittance, fdr.Sniff, fdr.Read},
	{"pagopa-receipt", "Ricevuta pagoPA", Receipts, receipt.Sniff, receipt.Read},
	{"pagopa-message", "Messaggio del nodo pagoPA", Outcomes, nodo.Sniff, nodo.Read},
	{t2siprs.Key, "Incassi Evoluti di Poste", Remittance, t2siprs.Sniff, t2siprs.Read},
	{hypersic.Key, "Rendicontazione pagoPA per hyperSIC", Remittance, hypersic.Sniff, hypersic.Read},
	{"pos-csv", "Liquidazione dei pagamenti con carta", Remittance, poscsv.Sniff, poscsv.Read},
	{"cassacomune-csv", "Dovuti, tracciato Cassa Comune", Debts, debtcsv.Sniff, debtcsv.Read},
	{"govpay-csv", "Dovuti, tracciato GovPay", Debts, govpay.Sniff, govpay.Read},
	{p4pa.Key, "Dovuti, tracciato della Piattaforma Unitaria", Debts, p4pa.Sniff, p4pa.Read},
}

// HeadSize is how much of a file is looked at to know its format.
const HeadSize = 8 << 10

// Detect returns the format of a file by its first bytes, never by its name;
// nil if none knows it.
func Detect(head []byte) *Format {
	for i := range List {
		if List[i].Sniff(head) {
			return &List[i]
		}
	}
	return nil
}

// Open detects the format of r and returns it with the whole file still to
// be read. The format is nil where none knows the file.
func Open(r io.Reader) (*Format, io.Reader) {
	in := bufio.NewReaderSize(r, HeadSize)
	head, _ := in.Peek(HeadSize) // a short or failing file shows itself when read
	return Detect(head), in
}
