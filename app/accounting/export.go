package accounting

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"cassacomune/app/debts"
	"cassacomune/app/fault"
	"cassacomune/app/formats"
	"cassacomune/app/ledger"
	"cassacomune/app/money"
	"cassacomune/app/treasury"
	"cassacomune/tenants"
)

// Export is a file of orders that left us, with its blobs.
type Export struct {
	bun.BaseModel `bun:"table:collection_order_export"`
	tenants.Row

	ID     uuid.UUID `bun:"id,pk"`
	At     time.Time
	Who    string
	Year   int
	Orders int
	Cents  money.Cents
	CSV    string `bun:"csv"` // SHA-256 of the stored file
	OPI    string `bun:"opi"`
}

// Draft writes orders in a layout of a family of formats.
type Draft func(io.Writer, formats.OrderDraft) error

// ExportOrders is the step that hands proposals over: the keys are those that
// Propose gave. A proposal that has changed since, or has problems, is refused
// and nothing is exported. The credits of an exported order are out of the
// rules' reach. It posts nothing. draft may be nil: no OPI file.
func ExportOrders(tx *tenants.Tx, keys []string, draft Draft) (Export, error) {
	chosen, err := choose(tx, keys)
	if err != nil {
		return Export{}, err
	}
	x := Export{ID: tx.NewID(), At: tx.Now(), Who: tx.Actor.Name, Year: chosen[0].Year, Orders: len(chosen)}
	for i := range chosen {
		o := &chosen[i]
		n, err := debts.NextNumber(tx, "order")
		if err != nil {
			return Export{}, err
		}
		o.ID, o.ExportID, o.Label, o.State, o.ChangedAt = tx.NewID(), x.ID, fmt.Sprintf("CC-%d-%06d", o.Year, n), Exported, tx.Now()
		x.Cents += o.Cents
	}
	if err := x.store(tx, chosen, draft); err != nil {
		return Export{}, err
	}
	for i := range chosen {
		o := &chosen[i]
		if _, err := tx.Insert(o).Exec(tx.Ctx); err != nil {
			return Export{}, fmt.Errorf("insert order: %w", err)
		}
		for n := range o.Lines {
			o.Lines[n].OrderID = o.ID
		}
		if _, err := tx.Insert(&o.Lines).Exec(tx.Ctx); err != nil {
			return Export{}, fmt.Errorf("insert lines of order: %w", err)
		}
		if err := o.keepParts(tx); err != nil {
			return Export{}, err
		}
		if err := holdCredits(tx, *o, true); err != nil {
			return Export{}, err
		}
	}
	return x, tx.Audit("orders.export", x.ID.String(), strconv.Itoa(x.Orders)+" ordinativi")
}

// keepParts remembers which money the order holds.
func (o *Order) keepParts(tx *tenants.Tx) error {
	for i := range o.Parts {
		o.Parts[i].OrderID, o.Parts[i].Seq = o.ID, i+1
	}
	for part := range slices.Chunk(o.Parts, 500) {
		if _, err := tx.Insert(&part).Returning("NULL").Exec(tx.Ctx); err != nil {
			return fmt.Errorf("insert parts of order: %w", err)
		}
	}
	return nil
}

func choose(tx *tenants.Tx, keys []string) ([]Order, error) {
	if len(keys) == 0 {
		return nil, fault.New(fault.Invalid, "orders.none", "Scegli almeno un ordinativo.")
	}
	proposed, err := Propose(tx)
	if err != nil {
		return nil, err
	}
	var chosen []Order
	for _, o := range proposed {
		if !slices.Contains(keys, o.Key) {
			continue
		}
		if len(o.Problems) > 0 {
			return nil, fault.New(fault.Conflict, "orders.problems", "L'ordinativo sul capitolo %s non si può esportare: %s", o.Chapter, strings.Join(o.Problems, " "))
		}
		if len(chosen) > 0 && chosen[0].Year != o.Year {
			return nil, fault.New(fault.Invalid, "orders.years", "Un file contiene un solo esercizio: esporta %d e %d separatamente.", chosen[0].Year, o.Year)
		}
		chosen = append(chosen, o)
	}
	if len(chosen) != len(slices.Compact(slices.Sorted(slices.Values(keys)))) {
		return nil, fault.New(fault.Conflict, "orders.changed", "Le proposte sono cambiate o sono già state esportate: ricarica la pagina.")
	}
	return chosen, nil
}

func (x *Export) store(tx *tenants.Tx, chosen []Order, draft Draft) error {
	table, err := x.table(tx, chosen)
	if err != nil {
		return err
	}
	b, err := tx.PutBlob(table)
	if err != nil {
		return err
	}
	x.CSV = b.SHA256
	if draft != nil {
		var out bytes.Buffer
		d, err := draftOf(tx, chosen)
		if err != nil {
			return err
		}
		if err := draft(&out, d); err != nil {
			return err
		}
		if b, err = tx.PutBlob(out.Bytes()); err != nil {
			return err
		}
		x.OPI = b.SHA256
	}
	_, err = tx.Insert(x).Exec(tx.Ctx)
	return err
}

// Columns of the exported table, described in docs/formats/orders-csv.md.
var Columns = []string{"ordinativo", "riga", "tipo_riscossione", "importo", "provvisorio", "importo_provvisorio",
	"esercizio", "conto_evidenza", "data_provvisorio", "gestione", "anno_accertamento", "numero_accertamento", "capitolo", "articolo",
	"descrizione_capitolo", "siope", "conto_finanziario", "versante", "codice_versante", "causale"}

func (x *Export) table(tx *tenants.Tx, chosen []Order) ([]byte, error) {
	var out bytes.Buffer
	w := csv.NewWriter(&out)
	w.Comma, w.UseCRLF = ';', true
	if err := w.Write(Columns); err != nil {
		return nil, err
	}
	accounts, err := accountsByKey(tx)
	if err != nil {
		return nil, err
	}
	for _, o := range chosen {
		ids := make([]uuid.UUID, len(o.Lines))
		for i, l := range o.Lines {
			ids[i] = l.ProvisionalID
		}
		credits, err := treasury.Some(tx, ids)
		if err != nil {
			return nil, err
		}
		for _, l := range o.Lines {
			p := credits[l.ProvisionalID]
			closed := []string{p.Number, l.Cents.Comma()}
			if l.Kind == Compensation {
				closed = []string{"", ""}
			}
			management := "COMPETENZA"
			if o.ResidueYear != 0 {
				management = "RESIDUO"
			}
			row := append([]string{o.Label, strconv.Itoa(l.Seq), l.Kind, l.Cents.Comma()}, closed...)
			row = append(row, strconv.Itoa(o.Year), accounts[o.Account].Number, p.EffectiveOn.Italian(), management, strconv.Itoa(o.AssessmentYear),
				o.Assessment, o.Named.Number, o.Named.Article, plain(o.Named.Name), o.Siope, o.Named.AccountCode, plain(l.Payer), l.PayerCode, plain(l.Causale))
			if err := w.Write(row); err != nil {
				return nil, err
			}
		}
	}
	w.Flush()
	return out.Bytes(), w.Error()
}

// plain keeps a text that came from outside from being read as a formula.
func plain(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if s != "" && strings.ContainsRune("=+-@", rune(s[0])) {
		return "'" + s
	}
	return s
}

func accountsByKey(tx *tenants.Tx) (map[string]tenants.Account, error) {
	all, err := tx.Accounts()
	if err != nil {
		return nil, err
	}
	byKey := map[string]tenants.Account{}
	for _, a := range all {
		byKey[a.Key] = a
	}
	return byKey, nil
}

func draftOf(tx *tenants.Tx, chosen []Order) (formats.OrderDraft, error) {
	d := formats.OrderDraft{Year: chosen[0].Year}
	accounts, err := accountsByKey(tx)
	if err != nil {
		return d, err
	}
	for _, o := range chosen {
		order := formats.CollectionOrder{Label: o.Label, On: tx.Today(), Cents: o.Cents, EvidenceAccount: accounts[o.Account].Number,
			BudgetCode: budgetCode(o.Named), BudgetName: o.Named.Name, Article: digits(o.Named.Article), ResidueYear: o.ResidueYear}
		for _, l := range o.Lines {
			cents := l.Cents
			p := formats.OrderPayer{Cents: l.Cents, Compensation: l.Kind == Compensation, Siope: o.Siope, EconomicCode: digits(o.Named.AccountCode),
				Name: l.Payer, TaxCode: l.PayerCode, Causale: o.Label + " " + l.Causale}
			if !p.Compensation {
				p.Provisionals = []formats.Provisional{{Number: l.ProvisionalNumber, Cents: &cents}}
			}
			order.Payers = append(order.Payers, p)
		}
		d.Orders = append(d.Orders, order)
	}
	return d, nil
}

// budgetCode (codifica di bilancio) is title and typology in seven digits where
// the chapter has them, else the chapter's own number.
func budgetCode(c tenants.Chapter) string {
	if t := digits(c.Typology); t != "" && len(t) == len(c.Typology) && len(t) == 7 {
		return t
	}
	return digits(c.Number)
}

func digits(s string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, s)
}

// holdCredits locks the matches of an order's credits against rules, or
// unlocks them.
func holdCredits(tx *tenants.Tx, o Order, hold bool) error {
	for _, l := range o.Lines {
		edges, err := ledger.Allocations(tx, ledger.Filter{Level: ledger.R3, Right: l.ProvisionalID, Status: ledger.Confirmed})
		if err != nil {
			return err
		}
		for _, a := range edges {
			if hold {
				err = ledger.Hold(tx, a.ID, o.Label)
			} else {
				err = ledger.Release(tx, a.ID, o.Label)
			}
			if err != nil {
				return err
			}
		}
	}
	return nil
}
