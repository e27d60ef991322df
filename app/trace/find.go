package trace

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"cassacomune/app/accounting"
	"cassacomune/app/codes"
	"cassacomune/app/collections"
	"cassacomune/app/day"
	"cassacomune/app/debts"
	"cassacomune/app/fault"
	"cassacomune/app/treasury"
	"cassacomune/tenants"
)

var (
	askedAs   = map[debts.CodeKind]string{debts.NoticeCode: "Numero avviso", debts.SlipCode: "Bollettino postale"}
	codeState = map[debts.CodeState]string{debts.Active: "attivo", debts.Closed: "chiuso", debts.Replaced: "sostituito"}
)

func dayOf(t time.Time) day.Date { return day.Of(t) }

// find says what a code is: each kind is tried, the likeliest first.
func find(tx *tenants.Tx, text string) (start, string, error) {
	code := codes.Clean(text)
	raw := strings.TrimSpace(text)
	tries := []func() (start, string, error){
		func() (start, string, error) { return byCode(tx, code) },
		func() (start, string, error) { return byPosition(tx, raw) },
		func() (start, string, error) { return byCollection(tx, raw) },
		func() (start, string, error) { return byReceipt(tx, raw) },
		func() (start, string, error) { return byFlow(tx, raw) },
		func() (start, string, error) { return byProvisional(tx, raw) },
		func() (start, string, error) { return byOrder(tx, raw) },
		func() (start, string, error) { return byProposal(tx, raw) },
	}
	// Provisionals and orders are numbered alike: a word tells them apart.
	if word, number, ok := strings.Cut(raw, " "); ok && strings.EqualFold(word, "reversale") {
		raw, tries = strings.TrimSpace(number), tries[6:7]
	} else if ok && strings.EqualFold(word, "provvisorio") {
		raw, tries = strings.TrimSpace(number), tries[5:6]
	}
	for _, try := range tries {
		s, what, err := try()
		if err == nil || !fault.Is(err, fault.NotFound) {
			return s, what, err
		}
	}
	return start{}, "", unknown(raw)
}

// unknown answers a code that is nothing here, or nothing that the actor may
// see: the two are not told apart.
func unknown(code string) error {
	return fault.New(fault.NotFound, "trace.code",
		"Il codice %q non risulta. Abbiamo cercato fra avvisi, bollettini, posizioni, pagamenti, ricevute, riversamenti, provvisori e reversali.", strings.TrimSpace(code))
}

func byCode(tx *tenants.Tx, code string) (start, string, error) {
	c, err := debts.FindCode(tx, code)
	if err != nil {
		return start{}, "", err
	}
	if c.DebtID != uuid.Nil {
		return start{debts: []uuid.UUID{c.DebtID}}, askedAs[c.Kind], nil
	}
	var ids []uuid.UUID
	err = tx.SelectFrom("cart_line").ColumnExpr("DISTINCT debt_id").Where("cart_id = ?", c.CartID).OrderExpr("debt_id").Scan(tx.Ctx, &ids)
	return start{debts: ids}, "Bollettino di un carrello", err
}

func byPosition(tx *tenants.Tx, position string) (start, string, error) {
	var ids []uuid.UUID
	err := tx.SelectFrom("debt").Column("id").Where("position = ?", position).OrderExpr("type").Scan(tx.Ctx, &ids)
	if err == nil && len(ids) == 0 {
		err = fault.New(fault.NotFound, "trace", "Posizione non trovata.")
	}
	return start{debts: ids}, "Posizione debitoria", err
}

func byCollection(tx *tenants.Tx, key string) (start, string, error) {
	var c collections.Collection
	err := tx.One(tx.Select(&c).Where("key = ? OR (provider_id = ? AND provider_id <> '') OR (code = ? AND code <> '')", key, key, key).OrderExpr("id"), "Pagamento non trovato.")
	if err != nil {
		return start{}, "", err
	}
	return collected(tx, c.ID, "Pagamento")
}

func byReceipt(tx *tenants.Tx, number string) (start, string, error) {
	var r collections.Receipt
	if err := tx.One(tx.Select(&r).Where("number = ?", number), "Ricevuta non trovata."); err != nil {
		return start{}, "", err
	}
	return collected(tx, r.CollectionID, "Ricevuta")
}

// collected begins at a collection, if the actor may see it.
func collected(tx *tenants.Tx, id uuid.UUID, what string) (start, string, error) {
	_, err := collections.Load(tx, id)
	return start{collections: []uuid.UUID{id}}, what, err
}

func byFlow(tx *tenants.Tx, flow string) (start, string, error) {
	var r collections.Remittance
	err := tx.One(tx.Select(&r).Where("flow = ? OR (reference = ? AND reference <> '')", flow, flow).OrderExpr("id"), "Riversamento non trovato.")
	return start{remittances: []uuid.UUID{r.ID}}, "Riversamento", err
}

// byProvisional takes "117/2026" or "2026/117", or the number alone in the
// newest year.
func byProvisional(tx *tenants.Tx, text string) (start, string, error) {
	const what, missing = "Provvisorio del Tesoriere", "Provvisorio non trovato."
	for _, n := range numbersIn(text) {
		var p treasury.Provisional
		q := tx.Select(&p).Where("number = ?", n.number).OrderExpr("year DESC, account, side")
		if n.year > 0 {
			q = q.Where("year = ?", n.year)
		}
		err := tx.One(q, missing)
		if err == nil || !fault.Is(err, fault.NotFound) {
			return start{credits: []uuid.UUID{p.ID}}, what, err
		}
	}
	return start{}, what, fault.New(fault.NotFound, "trace", missing)
}

// byOrder takes the same of a Treasurer's order.
func byOrder(tx *tenants.Tx, text string) (start, string, error) {
	for _, n := range numbersIn(text) {
		found, err := accounting.FindExecuted(tx, "REVERSALE", n.number)
		if err != nil {
			return start{}, "", err
		}
		var ids []uuid.UUID
		for _, o := range found {
			if n.year == 0 || o.Year == n.year {
				ids = append(ids, o.ID)
			}
		}
		if len(ids) > 0 {
			return start{orders: ids}, "Reversale", nil
		}
	}
	return start{}, "", fault.New(fault.NotFound, "trace", "Reversale non trovata.")
}

// byProposal takes our own name of an exported order, "CC-2026-000012".
func byProposal(tx *tenants.Tx, label string) (start, string, error) {
	o, err := accounting.OrderByLabel(tx, strings.ToUpper(label))
	var s start
	for _, l := range o.Lines {
		if !slices.Contains(s.credits, l.ProvisionalID) {
			s.credits = append(s.credits, l.ProvisionalID)
		}
	}
	return s, "Ordinativo " + strings.ToLower(o.State.Italian()), err
}

// numbered is a number of a year; a year of none means any.
type numbered struct {
	year   int
	number string
}

// numbersIn are the ways to read "117/2026" and "2026/117": pages and journals
// write the one, programs of accounting the other.
func numbersIn(text string) (all []numbered) {
	before, after, ok := strings.Cut(text, "/")
	if !ok {
		return []numbered{{0, strings.TrimLeft(text, "0")}}
	}
	if year, ok := yearIn(after); ok {
		all = append(all, numbered{year, strings.TrimLeft(before, "0")})
	}
	if year, ok := yearIn(before); ok {
		all = append(all, numbered{year, strings.TrimLeft(after, "0")})
	}
	return all
}

func yearIn(text string) (year int, ok bool) {
	year, err := strconv.Atoi(text)
	return year, err == nil && len(text) == 4 && year > 999
}
