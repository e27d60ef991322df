package formats

import (
	"cassacomune/app/day"
	"cassacomune/app/money"
)

// OrderDraft is a list of collection orders (reversali) that we propose for a
// year, whatever layout carries them.
type OrderDraft struct {
	Year   int
	Orders []CollectionOrder
}

// CollectionOrder is a proposed order, gross: a fee withheld is a payer's line
// in compensation.
type CollectionOrder struct {
	Label           string // our name of it, until the accounting package numbers it
	On              day.Date
	Cents           money.Cents
	EvidenceAccount string
	BudgetCode      string // codifica_bilancio
	BudgetName      string
	Article         string
	ResidueYear     int // 0: competence
	Payers          []OrderPayer
}

// OrderPayer is a payer's line of a proposed order.
type OrderPayer struct {
	Cents        money.Cents
	Compensation bool // of a fee, by a warrant; else it regularises provisionals
	Siope        string
	EconomicCode string
	Name         string
	TaxCode      string
	Causale      string
	Provisionals []Provisional
}
