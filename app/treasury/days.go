package treasury

import (
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"cassacomune/app/day"
	"cassacomune/app/ledger"
	"cassacomune/app/money"
	"cassacomune/tenants"
)

// Day is what a file says of a sub-account for a day (or a period), with its
// control equations.
type Day struct {
	bun.BaseModel `bun:"table:journal_flow"`
	tenants.Row

	ID        uuid.UUID `bun:"id,pk"`
	Flow      string
	Account   string
	Year      int
	FromOn    day.Date
	ToOn      day.Date
	Source    string
	Hash      string
	Opening   *money.Cents
	Closing   *money.Cents
	Credit    *money.Cents
	Debit     *money.Cents
	Movements int
	Totals    map[string]money.Cents
	Equations map[string]*bool
	Revises   uuid.UUID `bun:",nullzero"`
	KnownAt   time.Time
}

// conclude keeps what the file says of each sub-account in all. The same file
// again is nothing; another word on the same day is a revision of the first.
func conclude(tx *tenants.Tx, source string, t Tail) error {
	if t.Equations == nil {
		t.Equations = map[string]*bool{}
	}
	for _, a := range t.Accounts {
		account, err := AccountOf(tx, a.Statement)
		if err != nil {
			return err
		}
		d := Day{ID: tx.NewID(), Flow: a.Statement.Revision, Account: account.Key, Year: a.Statement.Year, FromOn: a.Statement.From,
			ToOn: a.Statement.To, Source: source, Hash: a.Hash, Opening: a.Closing.Opening, Closing: a.Closing.Closing, Credit: a.Closing.Credit,
			Debit: a.Closing.Debit, Movements: a.Movements, Totals: t.Totals, Equations: t.Equations, KnownAt: tx.Now()}
		if err := d.keep(tx); err != nil {
			return fmt.Errorf("keep day %s of %s: %w", d.ToOn, d.Account, err)
		}
	}
	return nil
}

func (d *Day) keep(tx *tenants.Tx) error {
	var earlier []Day
	q := tx.Select(&earlier).Where("account = ? AND year = ? AND from_on = ? AND to_on = ?", d.Account, d.Year, d.FromOn, d.ToOn).Order("id DESC")
	if err := q.Scan(tx.Ctx); err != nil {
		return err
	}
	for _, e := range earlier {
		if e.Hash == d.Hash && page(e.Flow) == page(d.Flow) {
			return nil // identical: nothing
		}
	}
	for _, e := range earlier {
		if page(e.Flow) == page(d.Flow) {
			d.Revises = e.ID
			break
		}
	}
	_, err := tx.Insert(d).On("CONFLICT DO NOTHING").Returning("NULL").Exec(tx.Ctx)
	return err
}

// page is the part of the flow's name that tells the pages of a day apart.
func page(flow string) string {
	_, p, _ := strings.Cut(flow, "#")
	return p
}

// Days returns the days of the journal in the order of accounts and days, each
// with the seven equations: the seventh compares with the day before. Revised
// days are left out.
func Days(tx *tenants.Tx, year int) ([]Day, error) {
	var rows []Day
	q := tx.Select(&rows).Order("account", "to_on", "flow", "id")
	if year != 0 {
		q = q.Where("year = ?", year)
	}
	if err := q.Scan(tx.Ctx); err != nil {
		return nil, fmt.Errorf("days of the journal: %w", err)
	}
	revised := map[uuid.UUID]bool{}
	for _, d := range rows {
		revised[d.Revises] = true
	}
	var days []Day
	for _, d := range rows {
		if revised[d.ID] {
			continue
		}
		delete(d.Equations, "7")
		if d.Equations == nil {
			d.Equations = map[string]*bool{}
		}
		if n := len(days); n > 0 {
			last := days[n-1]
			if last.Account == d.Account && last.Year == d.Year && last.ToOn != d.ToOn && last.Closing != nil && d.Opening != nil {
				holds := *last.Closing == *d.Opening
				d.Equations["7"] = &holds
			}
		}
		days = append(days, d)
	}
	return days, nil
}

// Red returns the numbers of the equations that do not hold.
func (d Day) Red() (red []string) {
	for n := '1'; n <= '7'; n++ {
		if v := d.Equations[string(n)]; v != nil && !*v {
			red = append(red, string(n))
		}
	}
	return red
}

// Square (quadratura) compares the provisionals that are open here with what
// the journal says of its own.
type Square struct {
	Year     int
	On       day.Date
	Theirs   money.Cents // totale_sospesi_entrata of the last journal
	Ours     money.Cents // SOS of the treasury accounts
	Complete bool        // the journals follow one another from the beginning of the year
}

// Holds reports whether the two agree.
func (s Square) Holds() bool { return s.Theirs == s.Ours }

// Quadrature answers invariant c for each year of the journal. It says nothing
// (Complete is false) while days are missing or the year did not begin here.
func Quadrature(tx *tenants.Tx) ([]Square, error) {
	days, err := Days(tx, 0)
	if err != nil {
		return nil, err
	}
	last, first := map[int]Day{}, map[int]Day{}
	gaps := map[int]bool{}
	var years []int
	for _, d := range days {
		if _, ok := first[d.Year]; !ok {
			years = append(years, d.Year)
			first[d.Year], last[d.Year] = d, d
		}
		if d.ToOn.Before(first[d.Year].ToOn) {
			first[d.Year] = d
		}
		if !d.ToOn.Before(last[d.Year].ToOn) {
			last[d.Year] = d
		}
		if seven := d.Equations["7"]; seven != nil && !*seven {
			gaps[d.Year] = true
		}
	}
	var out []Square
	for _, y := range years {
		theirs, told := last[y].Totals["totale_sospesi_entrata"]
		if !told {
			continue
		}
		ours, err := openCredits(tx, y)
		if err != nil {
			return nil, err
		}
		begins := first[y].Totals["saldo_complessivo_precedente"] == first[y].Totals["fondo_di_cassa"]-first[y].Totals["deficit_di_cassa"]
		out = append(out, Square{Year: y, On: last[y].ToOn, Theirs: theirs, Ours: ours, Complete: begins && !gaps[y]})
	}
	return out, nil
}

// openCredits sums, from the ledger, the provisional credits of a year.
func openCredits(tx *tenants.Tx, year int) (sum money.Cents, err error) {
	standing, err := ledger.Open(tx, "SOS")
	if err != nil {
		return 0, err
	}
	byID := map[uuid.UUID]money.Cents{}
	for _, s := range standing {
		byID[s.Ref] += s.Cents
	}
	var ids []uuid.UUID
	if err := tx.SelectFrom("provisional").Column("id").Where("year = ? AND side = ?", year, Credit).Scan(tx.Ctx, &ids); err != nil {
		return 0, fmt.Errorf("provisionals of %d: %w", year, err)
	}
	for _, id := range ids {
		sum += byID[id]
	}
	return sum, nil
}
