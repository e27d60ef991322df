package ledger

import (
	"regexp"
	"strings"

	"github.com/google/uuid"

	"cassacomune/app/fault"
)

// Account (conto) is a place where cents stand: "CRE", "DAT.c", or a family
// with the name of a channel, agent, body, type or treasury account after the
// dot, "CLR.pos".
type Account string

// Accounts that have no name after the dot.
const (
	CRE    Account = "CRE"     // dues to us, by item
	CREtrz Account = "CRE.trz" // dues to a Body, by item
	ACC    Account = "ACC"     // counterpart of our dues, by item
	FEE    Account = "FEE"     // fees withheld, by remittance or debit
	TES    Account = "TES"     // receipts regularised, by order
	COM    Account = "COM"     // fees regularised, by warrant
	MAN    Account = "MAN"     // warrants executed, by warrant
	ANT    Account = "ANT"     // excess, by collection
	RIM    Account = "RIM"     // refunds to pay, by case
	RSP    Account = "RSP"     // refunds of sums not due, by case
	EXT    Account = "EXT"     // credits ordered by others, by provisional
	APE    Account = "APE"     // opening
	DATc   Account = "DAT.c"   // unexplained collections, by collection
	DATr   Account = "DAT.r"   // unexplained remittance lines, by remittance
	DATt   Account = "DAT.t"   // unexplained credits, by provisional or entry
	DATu   Account = "DAT.u"   // unexplained debits, by provisional or entry

	Sweep   Account = "TRN.sweep"   // on the way from an outside account to the treasury
	Deposit Account = "TRN.deposit" // deposit slips of agents
)

// CLR is what a channel or agent has collected and not remitted, by collection.
func CLR(channel string) Account { return Account("CLR." + channel) }

// TRN is what a channel has remitted and nobody has credited, by remittance.
func TRN(channel string) Account { return Account("TRN." + channel) }

// SOS is the provisional credits of a treasury account.
func SOS(account string) Account { return Account("SOS." + account) }

// SOU is the provisional debits of a treasury account.
func SOU(account string) Account { return Account("SOU." + account) }

// OUT is the money on an account outside the treasury.
func OUT(account string) Account { return Account("OUT." + account) }

// RET is the returns of a channel that are not settled, by case.
func RET(channel string) Account { return Account("RET." + channel) }

// TRZ is what is owed to a Body, by item.
func TRZ(body string) Account { return Account("TRZ." + body) }

// AGE is what an agent is short of.
func AGE(agent string) Account { return Account("AGE." + agent) }

// SGR is the discharges of a type.
func SGR(kind string) Account { return Account("SGR." + kind) }

// DIF is the cents closed under a rule that a law names.
func DIF(rule string) Account { return Account("DIF." + rule) }

// Side is the side on which an account's balance may stand.
type Side byte

// The sides. The balance of an account that may stand on Either is counted as
// debit less credit.
const (
	Debit  Side = 'D'
	Credit Side = 'C'
	Either Side = 'E'
)

// family is what an account is by the letters before the dot (or all of it).
type family struct {
	side  Side
	named bool // a name follows the dot
	free  bool // no reference is needed
	what  string
}

var families = map[Account]family{
	CRE: {Debit, false, false, "credito verso il debitore"}, CREtrz: {Debit, false, false, "credito di un altro ente"},
	"CLR": {Debit, true, false, "incassato da riversare"}, "TRN": {Debit, true, false, "riversato da accreditare"},
	"SOS": {Debit, true, false, "provvisorio di entrata"}, "OUT": {Debit, true, false, "denaro su conto esterno alla tesoreria"},
	DATu: {Debit, false, false, "addebito da spiegare"}, TES: {Debit, false, false, "incasso regolarizzato"},
	FEE: {Debit, false, false, "commissione trattenuta"}, COM: {Debit, false, false, "commissione regolarizzata"},
	RSP: {Debit, false, false, "rimborso di somme non dovute"}, "AGE": {Debit, true, true, "ammanco dell'agente"},
	"SGR": {Debit, true, true, "discarico"},
	ACC:   {Credit, false, false, "contropartita del dovuto"}, "TRZ": {Credit, true, false, "debito verso un altro ente"},
	"RET": {Credit, true, false, "storno da regolare"}, DATc: {Credit, false, false, "incasso da attribuire"},
	DATr: {Credit, false, false, "riga di riversamento da attribuire"}, DATt: {Credit, false, false, "accredito da spiegare"},
	"SOU": {Credit, true, false, "provvisorio di uscita"}, MAN: {Credit, false, false, "mandato eseguito"},
	ANT: {Credit, false, false, "eccedenza"}, RIM: {Credit, false, false, "rimborso da pagare"},
	EXT: {Credit, false, false, "accredito ordinato da altri"},
	APE: {Either, false, true, "apertura"}, "DIF": {Either, true, true, "differenza chiusa per regola"},
}

var suffixForm = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_.-]{0,59}$`)

func (a Account) family() (family, bool) {
	if f, ok := families[a]; ok {
		return f, !f.named
	}
	head, name, dot := strings.Cut(string(a), ".")
	f, ok := families[Account(head)]
	return f, ok && dot && f.named && suffixForm.MatchString(name)
}

// Side returns the account's natural side; an account that does not exist has
// none (0).
func (a Account) Side() Side {
	f, ok := a.family()
	if !ok {
		return 0
	}
	return f.side
}

// Italian says in a few words what stands on the account.
func (a Account) Italian() string {
	f, ok := a.family()
	if !ok {
		return string(a)
	}
	return f.what
}

// Name returns what follows the family: the channel of "CLR.pos".
func (a Account) Name() string {
	f, ok := a.family()
	if !ok || !f.named {
		return ""
	}
	_, name, _ := strings.Cut(string(a), ".")
	return name
}

// is reports whether the account belongs to a pattern of the posting table: a
// family ("CLR"), or one account ("DAT.c", "TRN.sweep").
func (a Account) is(pattern Account) bool {
	if a == pattern {
		return true
	}
	f, ok := families[pattern]
	if ok && !f.named {
		return false // "CRE" is not "CRE.trz"
	}
	return strings.HasPrefix(string(a), string(pattern)+".")
}

func (a Account) check(ref uuid.UUID) error {
	f, ok := a.family()
	if !ok {
		return fault.New(fault.Invalid, "ledger.account", "Il conto «%s» non esiste.", string(a))
	}
	if ref == uuid.Nil && !f.free {
		return fault.New(fault.Invalid, "ledger.ref", "Il conto «%s» richiede un riferimento.", string(a))
	}
	return nil
}
