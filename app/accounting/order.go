package accounting

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"cassacomune/app/money"
	"cassacomune/tenants"
)

// OrderState is what has become of an exported order.
type OrderState string

// The states of an exported order.
const (
	Exported    OrderState = "exported"
	Regularised OrderState = "regularised" // the journal says so
	Withdrawn   OrderState = "withdrawn"   // we took it back before the accounting package used it
)

// Italian names the state for people.
func (s OrderState) Italian() string {
	return map[OrderState]string{Exported: "Esportato", Regularised: "Regolarizzato", Withdrawn: "Ritirato"}[s]
}

// Order (reversale, ordinativo d'incasso) is a proposed or exported order: one
// assessment, gross, with the fee as a line in compensation.
type Order struct {
	bun.BaseModel `bun:"table:collection_order"`
	tenants.Row

	ID             uuid.UUID `bun:"id,pk"`
	ExportID       uuid.UUID
	Label          string
	Year           int
	Account        string
	AssessmentYear int
	Assessment     string
	Chapter        string
	Article        string
	Siope          string
	ResidueYear    int
	Cents          money.Cents
	State          OrderState
	Number         string
	ExecutedID     uuid.UUID `bun:",nullzero"`
	ChangedAt      time.Time

	Key        string          `bun:"-" json:"key"` // of a proposal: a hash of its content
	Lines      []OrderLine     `bun:"-"`
	Parts      []OrderPart     `bun:"-"` // of a proposal
	Problems   []string        `bun:"-"` // Italian; an order with problems cannot be exported
	Named      tenants.Chapter `bun:"-"`
	AssessedAs string          `bun:"-"`
}

// The kinds of an order's line.
const (
	Regularisation = "REGOLARIZZAZIONE"
	Compensation   = "COMPENSAZIONE"
)

// OrderLine is a payer's line: of a provisional that is closed, or of the fee
// that completes it.
type OrderLine struct {
	bun.BaseModel `bun:"table:collection_order_line"`
	tenants.Row

	OrderID       uuid.UUID `bun:"order_id,pk"`
	Seq           int       `bun:"seq,pk"`
	Kind          string
	Cents         money.Cents
	ProvisionalID uuid.UUID
	Payer         string
	PayerCode     string
	Causale       string

	ProvisionalNumber string `bun:"-"`
}

// OrderPart says which cents of a batch's line went into an exported order,
// and what they were known to pay.
type OrderPart struct {
	bun.BaseModel `bun:"table:collection_order_part"`
	tenants.Row

	OrderID       uuid.UUID `bun:"order_id,pk"`
	Seq           int       `bun:"seq,pk"`
	ProvisionalID uuid.UUID
	LineRef       uuid.UUID // reconcile.Part's Own
	ItemID        uuid.UUID `bun:",nullzero"`
	Gross         money.Cents
	Fee           money.Cents
}

// imputation is where money goes: the group of an order.
type imputation struct {
	Account        string
	Year           int // of the order
	AssessmentYear int
	Assessment     string
	Chapter        string
	Article        string
	Problem        string
}

func (o Order) imputation() imputation {
	return imputation{Account: o.Account, Year: o.Year, AssessmentYear: o.AssessmentYear, Assessment: o.Assessment, Chapter: o.Chapter, Article: o.Article}
}

// key names a proposal by its content: a stale page cannot export what has
// changed since.
func (o Order) key() string {
	type line struct {
		Kind, Provisional string
		Cents             money.Cents
	}
	var lines []line
	for _, l := range o.Lines {
		lines = append(lines, line{l.Kind, l.ProvisionalNumber, l.Cents})
	}
	b, err := json.Marshal([]any{o.imputation(), lines})
	if err != nil {
		panic(err) // plain structs
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:8])
}
