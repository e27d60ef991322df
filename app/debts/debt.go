// Package debts holds what is owed to a municipality and how it may be paid:
// debts with their items, the options and instalments to pay them in, and the
// codes by which anybody may ask for them. It does not know channels, carts or
// collections; those tell it what was paid.
package debts

import (
	"strings"
	"time"
	"unicode"

	"github.com/google/uuid"
	"github.com/uptrace/bun"
	"golang.org/x/text/unicode/norm"

	"cassacomune/app/day"
	"cassacomune/app/money"
	"cassacomune/app/price"
	"cassacomune/tenants"
)

// State is what has become of a debt.
type State string

// The states of a debt, but for Unborn.
const (
	Open     State = "open"
	Partly   State = "partly" // paid in part
	Paid     State = "paid"
	Annulled State = "annulled"
)

// Italian names the state for people.
func (s State) Italian() string { return stateNames[s] }

var stateNames = map[State]string{Open: "Da pagare", Partly: "Pagato in parte", Paid: "Pagato", Annulled: "Annullato"}

// Debt (posizione debitoria) is what is owed for one reason.
type Debt struct {
	bun.BaseModel `bun:"table:debt"`
	tenants.Row

	ID          uuid.UUID `bun:"id,pk"`
	Type        string
	Office      string
	Position    string // the office's own key, unique within the type
	Reason      string // causale
	DebtorKind  string // "person", "organisation", "unknown": stored, never inferred
	DebtorCode  string
	DebtorName  string
	DebtorKey   string
	NotifiedOn  day.Date
	DueOn       day.Date
	Minimum     money.Cents
	Maximum     money.Cents
	Suspensions []price.Interval
	Fields      map[string]string
	Cents       money.Cents // due by title
	Paid        money.Cents
	State       State
	Chosen      string // the option that a payment has chosen; it excludes the others
	Source      string
	Hash        string
	CreatedAt   time.Time
	ChangedAt   time.Time

	Parties     []Party      `bun:"-"`
	Items       []Item       `bun:"-"`
	Instalments []Instalment `bun:"-"`
	Codes       []Code       `bun:"-"`
}

// Remaining is what is still due by title.
func (d Debt) Remaining() money.Cents { return max(0, d.Cents-d.Paid) }

// Party is somebody who owes a debt, with a role.
type Party struct {
	bun.BaseModel `bun:"table:debt_party"`
	tenants.Row

	DebtID  uuid.UUID `bun:"debt_id,pk"`
	Seq     int       `bun:"seq,pk"`
	Role    string    // "debtor", "co-debtor", "heir", "guardian"
	Kind    string
	Code    string
	Name    string
	Email   string
	Address string
}

// Item (voce) is an amount on one revenue line or of one Body.
type Item struct {
	bun.BaseModel `bun:"table:debt_item"`
	tenants.Row

	ID      uuid.UUID `bun:"id,pk"`
	DebtID  uuid.UUID
	Seq     int
	Key     string
	Label   string
	Cents   money.Cents
	IsCost  bool
	Body    string // codice fiscale of another body (ente beneficiario); "" = ours
	IBAN    string `bun:"iban"`
	VAT     string `bun:"vat"`
	Revenue tenants.Revenue
}

// Instalment (rata) is the unit that is paid. Instalments with the same Option
// go together; options exclude each other.
type Instalment struct {
	bun.BaseModel `bun:"table:instalment"`
	tenants.Row

	ID         uuid.UUID `bun:"id,pk"`
	DebtID     uuid.UUID
	Option     string `bun:"option_key"`
	Number     int
	DueOn      day.Date
	ValidUntil day.Date
	Cents      money.Cents
	Paid       money.Cents
	State      InstalmentState

	Portions []Portion `bun:"-"`
	Codes    []Code    `bun:"-"`
}

// InstalmentState is what has become of an instalment.
type InstalmentState string

// The states of an instalment: closed ones belong to an option that another
// one has excluded, or to a content that was replaced.
const (
	InstalmentOpen   InstalmentState = "open"
	InstalmentPaid   InstalmentState = "paid"
	InstalmentClosed InstalmentState = "closed"
)

// Portion is the part of an item that an instalment asks for.
type Portion struct {
	bun.BaseModel `bun:"table:portion"`
	tenants.Row

	InstalmentID uuid.UUID `bun:"instalment_id,pk"`
	ItemID       uuid.UUID `bun:"item_id,pk"`
	Cents        money.Cents
	Paid         money.Cents
}

// CodeKind is the alphabet and the network of a code.
type CodeKind string

// The kinds of code.
const (
	NoticeCode CodeKind = "notice" // numero avviso, 18 digits
	SlipCode   CodeKind = "slip"   // codice cliente of a TD 896 slip, 18 digits
)

// CodeState says whether a code may still be paid. Money on one that may not
// is an excess, kept and flagged, never refused.
type CodeState string

// The states of a code.
const (
	Active   CodeState = "active"
	Closed   CodeState = "closed"
	Replaced CodeState = "replaced"
)

// Code (codice di pagamento) is by which an instalment, or a cart, is asked for.
type Code struct {
	bun.BaseModel `bun:"table:code"`
	tenants.Row

	Code         string `bun:"code,pk"`
	Kind         CodeKind
	DebtID       uuid.UUID `bun:",nullzero"`
	InstalmentID uuid.UUID `bun:",nullzero"`
	CartID       uuid.UUID `bun:",nullzero"`
	State        CodeState
	IssuedAt     time.Time
}

// Event is something that happened to a debt.
type Event struct {
	bun.BaseModel `bun:"table:debt_event"`
	tenants.Row

	ID     uuid.UUID `bun:"id,pk"`
	DebtID uuid.UUID
	At     time.Time
	Actor  string
	Kind   string
	Cents  money.Cents
	Detail string
}

// Fold turns a name into its search key: capitals without accents, one blank
// between words.
func Fold(name string) string {
	var b strings.Builder
	for _, r := range norm.NFD.String(name) {
		if !unicode.Is(unicode.Mn, r) {
			b.WriteRune(unicode.ToUpper(r))
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}
