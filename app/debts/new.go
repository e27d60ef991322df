package debts

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"

	"cassacomune/app/codes"
	"cassacomune/app/day"
	"cassacomune/app/fault"
	"cassacomune/app/money"
	"cassacomune/app/price"
	"cassacomune/tenants"
)

// New is what a debt is made of: of a file, by hand, or chosen by a payer.
type New struct {
	Type, Position, Reason string
	Parties                []Party
	NotifiedOn             day.Date
	Minimum, Maximum       money.Cents
	Suspensions            []price.Interval
	Fields                 map[string]string
	Items                  []NewItem
	Options                []NewOption // none: one instalment of all items, due on DueOn
	DueOn                  day.Date
	Source                 string `json:"-"`

	unborn bool // born with its payment
}

// NewItem is an item to be.
type NewItem struct {
	Key, Label string
	Cents      money.Cents
	IsCost     bool
	Body, IBAN string
	VAT        string
	Revenue    tenants.Revenue
}

// NewOption is a way to pay the whole debt that excludes the others.
type NewOption struct {
	Key         string // "unica", "rate", "ridotta"...
	Instalments []NewInstalment
}

// NewInstalment is an instalment to be.
type NewInstalment struct {
	Number            int
	DueOn, ValidUntil day.Date
	Portions          []NewPortion
	Notice            string // numero avviso that the office has printed already
}

// NewPortion is the part of an item, by its key.
type NewPortion struct {
	Item  string
	Cents money.Cents
}

// SingleOption is the key of the option that pays everything at once.
const SingleOption = "unica"

// complete fills in what a plain debt leaves out, and refuses what cannot be.
func (n New) complete() (New, error) {
	if n.Position == "" {
		return n, fault.New(fault.Invalid, "debts.position", "Manca il codice della posizione.").On("codice_posizione")
	}
	if len(n.Parties) == 0 || n.Parties[0].Name == "" && n.Parties[0].Code == "" {
		return n, fault.New(fault.Invalid, "debts.debtor", "Manca il debitore: serve il codice fiscale o il nome.").On("debitore_codice")
	}
	if len(n.Items) == 0 {
		return n, fault.New(fault.Invalid, "debts.items", "Manca l'importo.").On("importo")
	}
	total := money.Cents(0)
	for i, it := range n.Items {
		if it.Cents <= 0 {
			return n, fault.New(fault.Invalid, "debts.amount", "L'importo deve essere maggiore di zero: %s.", it.Cents).On("importo")
		}
		if total += it.Cents; total > 99_999_999_99 {
			return n, fault.New(fault.Invalid, "debts.amount", "L'importo supera il massimo di 99.999.999,99 €.").On("importo")
		}
		if it.Key == "" {
			n.Items[i].Key = "1"
		}
	}
	if len(n.Options) == 0 {
		one := NewInstalment{Number: 1, DueOn: n.DueOn}
		for _, it := range n.Items {
			one.Portions = append(one.Portions, NewPortion{it.Key, it.Cents})
		}
		n.Options = []NewOption{{SingleOption, []NewInstalment{one}}}
	}
	return n, n.checkOptions()
}

func (n New) checkOptions() error {
	keys := map[string]bool{}
	for _, it := range n.Items {
		if keys[it.Key] {
			return fault.New(fault.Invalid, "debts.item", "La voce %q è ripetuta.", it.Key).On("voce")
		}
		keys[it.Key] = true
	}
	for _, o := range n.Options {
		numbers := map[int]bool{}
		for _, in := range o.Instalments {
			if numbers[in.Number] {
				return fault.New(fault.Invalid, "debts.instalment", "La rata %d dell'opzione %q è ripetuta.", in.Number, o.Key).On("rata")
			}
			numbers[in.Number] = true
			if in.Notice != "" {
				if err := codes.CheckNotice(in.Notice); err != nil && !codes.WrongCheck(err) {
					return fault.New(fault.Invalid, "debts.notice", "Il numero avviso %q non è valido.", in.Notice).On("numero_avviso")
				}
			}
			for _, p := range in.Portions {
				if !keys[p.Item] {
					return fault.New(fault.Invalid, "debts.item", "La voce %q della rata non esiste.", p.Item).On("voce")
				}
			}
		}
	}
	return nil
}

// hash names the content: two loads with the same hash say the same.
func (n New) hash() string {
	b, err := json.Marshal(n)
	if err != nil {
		panic(err) // a struct of plain fields
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

func (n New) total() (sum money.Cents) {
	for _, it := range n.Items {
		sum += it.Cents
	}
	return sum
}

// firstDue is the earliest due date of any option.
func (n New) firstDue() day.Date {
	first := n.DueOn
	for _, o := range n.Options {
		for _, in := range o.Instalments {
			if !in.DueOn.IsZero() && (first.IsZero() || in.DueOn.Before(first)) {
				first = in.DueOn
			}
		}
	}
	return first
}
