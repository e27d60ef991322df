package outside

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"strconv"
	"strings"

	"cassacomune/app/fault"
	"cassacomune/app/money"
	"cassacomune/app/sandbox/treasurer"
)

// columns of the orders that the page takes; others are passed over.
var columns = []string{"ordinativo", "riga", "tipo_riscossione", "importo", "provvisorio", "importo_provvisorio"}

// readOrders reads collection orders from a table with semicolons, a header
// in any order and decimal commas. Rows of the same ordinativo and riga are
// one line that closes several provisionals; its importo is repeated.
// An ordinativo that is no number is a label: the Treasurer numbers it.
func readOrders(data []byte) ([]treasurer.Order, error) {
	r := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))))
	r.Comma = ';'
	rows, err := r.ReadAll()
	if err != nil || len(rows) == 0 {
		return nil, fault.New(fault.Invalid, "outside.orders", "Il file degli ordinativi non si legge: servono colonne separate da punto e virgola.")
	}
	place := map[string]int{}
	for i, name := range rows[0] {
		place[strings.TrimSpace(name)] = i
	}
	for _, name := range columns {
		if _, ok := place[name]; !ok {
			return nil, fault.New(fault.Invalid, "outside.orders", "Nel file degli ordinativi manca la colonna %s.", name)
		}
	}
	g := grouping{order: map[string]int{}, line: map[[2]string]int{}}
	for i, row := range rows[1:] {
		if err := g.add(func(name string) string { return strings.TrimSpace(row[place[name]]) }); err != nil {
			return nil, fmt.Errorf("riga %d: %w", i+2, err)
		}
	}
	return g.orders, nil
}

type grouping struct {
	orders []treasurer.Order
	order  map[string]int
	line   map[[2]string]int
}

func (g *grouping) add(cell func(string) string) error {
	label, row := cell("ordinativo"), cell("riga")
	at, ok := g.order[label]
	if !ok {
		at = len(g.orders)
		g.order[label] = at
		number, err := strconv.ParseInt(label, 10, 64)
		if err != nil {
			number = 0
		}
		g.orders = append(g.orders, treasurer.Order{Number: number})
	}
	o := &g.orders[at]
	cents, err := money.Parse(cell("importo"))
	if err != nil {
		return fault.New(fault.Invalid, "outside.orders", "importo %q: %v.", cell("importo"), err)
	}
	key := [2]string{label, row}
	n, ok := g.line[key]
	if !ok {
		n = len(o.Lines)
		g.line[key] = n
		o.Lines = append(o.Lines, treasurer.Line{Cents: cents, Kind: cell("tipo_riscossione")})
		o.Cents += cents
	}
	l := &o.Lines[n]
	if l.Cents != cents || l.Kind != cell("tipo_riscossione") {
		return fault.New(fault.Invalid, "outside.orders", "la riga %s dell'ordinativo %s torna con un altro importo o tipo.", row, label)
	}
	if cell("provvisorio") == "" {
		return nil
	}
	number, err := strconv.ParseInt(cell("provvisorio"), 10, 64)
	if err != nil {
		return fault.New(fault.Invalid, "outside.orders", "provvisorio %q: non è un numero.", cell("provvisorio"))
	}
	closed, err := money.Parse(cell("importo_provvisorio"))
	if err != nil {
		return fault.New(fault.Invalid, "outside.orders", "importo_provvisorio %q: %v.", cell("importo_provvisorio"), err)
	}
	l.Closes = append(l.Closes, treasurer.Closes{Number: number, Cents: closed})
	return nil
}
