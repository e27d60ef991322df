package tenants

import (
	"time"

	"github.com/uptrace/bun"

	"cassacomune/app/fault"
	"cassacomune/app/price"
)

// Office (ufficio) is a part of the municipality whose debts a clerk may be
// limited to.
type Office struct {
	bun.BaseModel `bun:"table:office"`
	Row

	Code   string `bun:"code,pk"`
	Name   string
	NameDE string `bun:"name_de"`
}

// DebtType (tipo dovuto) is an entry of the catalogue: what may be owed, its
// price, where it is paid and where the money goes.
type DebtType struct {
	bun.BaseModel `bun:"table:debt_type"`
	Row

	Code        string `bun:"code,pk"`
	Office      string
	Name        string
	NameDE      string `bun:"name_de"`
	Active      bool
	Spontaneous bool // citizens may open one themselves, with the payment
	Setup       TypeSetup
	ChangedAt   time.Time
}

// NameIn returns the name in a language, Italian where there is none.
func (d DebtType) NameIn(lang string) string {
	if lang == "de" && d.NameDE != "" {
		return d.NameDE
	}
	return d.Name
}

// TypeSetup is what a debt type says beyond its names.
type TypeSetup struct {
	Fields     []Field     `json:"fields"`     // asked from who opens one
	Price      price.Rule  `json:"price"`      //
	Channels   []Permitted `json:"channels"`   // where it may be paid, and why
	Revenue    Revenue     `json:"revenue"`    // where the money goes
	Imputation []string    `json:"imputation"` // part payment: order of "costs", "interest", "principal"
	Fulfilment Policy      `json:"fulfilment"`
}

// Field is a question to whoever opens a debt of this type.
type Field struct {
	Key      string `json:"key"`
	Label    string `json:"label"`
	LabelDE  string `json:"label_de"`
	Required bool   `json:"required"`
	Kind     string `json:"kind"` // text, date, number, amount
}

// Ground is why a channel is permitted for a debt type.
type Ground string

// The grounds: pagoPA, an outside channel that the law still permits (art. 65
// of legislative decree 217 of 2017, guidelines of AgID), or one kept for what
// was asked in the past.
const (
	GroundPagoPA     Ground = "pagopa"
	GroundOutside    Ground = "outside"
	GroundHistorical Ground = "historical"
)

// Permitted is a channel that a debt type may be paid on.
type Permitted struct {
	Channel string `json:"channel"`
	Ground  Ground `json:"ground"`
}

// Revenue (imputazione contabile) is where an item goes in the accounts.
type Revenue struct {
	Year       int    `json:"year"`       // of the assessment
	Assessment string `json:"assessment"` // number of the assessment; may be empty: on collection
	Chapter    string `json:"chapter"`
	Article    string `json:"article"`
}

// Grade is how certain a collection is.
type Grade int

// The grades of certainty, in order.
const (
	Declared Grade = iota + 1 // somebody says so
	Authorised
	Confirmed // the channel says so
	Remitted
	Credited
	Final // past the window in which it can be returned
)

// Policy says which grade of certainty lets the office give the service, and
// what a later reversal does.
type Policy struct {
	Grade    Grade  `json:"grade"`
	Partial  bool   `json:"partial"`  // a part payment releases too
	Reversal string `json:"reversal"` // tell, suspend, revoke
}

// Offices returns the offices by name.
func (tx *Tx) Offices() (all []Office, err error) {
	return all, tx.Select(&all).OrderExpr("name").Scan(tx.Ctx)
}

// SaveOffice adds or renames an office.
func (tx *Tx) SaveOffice(o Office) error {
	if o.Code == "" || o.Name == "" {
		return fault.New(fault.Invalid, "office", "Un ufficio ha un codice e un nome.").On("name")
	}
	if _, err := tx.Insert(&o).On("CONFLICT (tenant_id, code) DO UPDATE").
		Set("name = EXCLUDED.name").Set("name_de = EXCLUDED.name_de").Exec(tx.Ctx); err != nil {
		return err
	}
	return tx.Audit("office.save", o.Code, "")
}

// DebtTypes returns the catalogue that the actor may see, by name.
func (tx *Tx) DebtTypes() (all []DebtType, err error) {
	q := tx.Select(&all).OrderExpr("name")
	if len(tx.Actor.Offices) > 0 {
		q = q.Where("office IN (?)", bun.List(tx.Actor.Offices))
	}
	return all, q.Scan(tx.ByKey())
}

// DebtType returns an entry of the catalogue.
func (tx *Tx) DebtType(code string) (d DebtType, err error) {
	return d, tx.One(tx.Select(&d).Where("code = ?", code), "Tipo dovuto non trovato.")
}

// SaveDebtType adds or changes an entry of the catalogue.
func (tx *Tx) SaveDebtType(d DebtType) error {
	if d.Code == "" {
		return fault.New(fault.Invalid, "debttype.code", "Manca il codice del tipo dovuto.").On("code")
	}
	if d.Name == "" {
		return fault.New(fault.Invalid, "debttype.name", "Manca il nome del tipo dovuto.").On("name")
	}
	if err := d.Setup.Price.Check(); err != nil {
		return err
	}
	d.ChangedAt = tx.now
	if _, err := tx.Insert(&d).On("CONFLICT (tenant_id, code) DO UPDATE").
		Set("office = EXCLUDED.office").Set("name = EXCLUDED.name").Set("name_de = EXCLUDED.name_de").
		Set("active = EXCLUDED.active").Set("spontaneous = EXCLUDED.spontaneous").
		Set("setup = EXCLUDED.setup").Set("changed_at = EXCLUDED.changed_at").Exec(tx.Ctx); err != nil {
		return err
	}
	return tx.Audit("debttype.save", d.Code, "")
}
