package treasury

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"cassacomune/app/fault"
	"cassacomune/app/formats"
	"cassacomune/app/ledger"
	"cassacomune/app/money"
	"cassacomune/tenants"
)

// Loaded is what a chunk brought.
type Loaded struct {
	New, Known, Different int
	Orders                []Entry // of orders and warrants, to be posted by accounting, in the order of the file
}

// Free makes a provisional's credit unexplained again, because the bank takes
// it back: what explained it is voided first. It belongs to reconcile.
type Free func(tx *tenants.Tx, p Provisional, cents money.Cents, why string) error

type difference struct {
	bun.BaseModel `bun:"table:journal_difference"`
	tenants.Row

	ID      uuid.UUID `bun:"id,pk"`
	EntryID uuid.UUID
	Was     string
	Now     string
	Hash    string
	Source  string
	Line    int
	KnownAt time.Time
}

// Load is the step that applies a chunk of a journal: movements are kept by
// their natural key, provisionals are opened and cancelled. A movement told
// again is nothing when equal; with other content it is kept as a difference
// and not applied. What concerns orders is returned for accounting.
func Load(tx *tenants.Tx, c Chunk, free Free) (Loaded, error) {
	if c.Tail != nil {
		return Loaded{}, conclude(tx, c.Source, *c.Tail)
	}
	account, err := AccountOf(tx, c.Statement)
	if err != nil {
		return Loaded{}, err
	}
	l, fresh, err := keep(tx, account, c)
	if err != nil {
		return l, err
	}
	woken, err := openAll(tx, fresh)
	if err != nil {
		return l, err
	}
	for _, e := range slices.Concat(fresh, woken) {
		order := e.Document == formats.DocOrder || e.Document == formats.DocWarrant
		switch {
		case !e.Executes() && !e.Reverses() && (order || side(e.Document) != ""):
			if err := Wait(tx, e, strange, e.Number, "Operazione non prevista, "+e.Operation+": va verificata con il Tesoriere."); err != nil {
				return l, err
			}
		case order:
			l.Orders = append(l.Orders, e)
		case side(e.Document) != "" && e.Operation == reversed:
			if err := cancel(tx, e, free); err != nil {
				return l, err
			}
		}
	}
	return l, nil
}

// AccountOf finds the municipality's account for a sub-account of the journal,
// and refuses another town's file.
func AccountOf(tx *tenants.Tx, s formats.Statement) (tenants.Account, error) {
	m, err := tx.Municipality()
	if err != nil {
		return tenants.Account{}, err
	}
	t := m.Settings.Treasurer
	if t.BodyCode != "" && s.Body != "" && bare(t.BodyCode) != bare(s.Body) || t.ABI != "" && s.Bank != "" && t.ABI != s.Bank {
		return tenants.Account{}, fault.New(fault.Invalid, "treasury.body",
			"Il giornale è di un altro ente: banca %s, codice ente %s.", s.Bank, s.Body)
	}
	accounts, err := tx.Accounts()
	if err != nil {
		return tenants.Account{}, err
	}
	for _, a := range accounts {
		if a.Source == tenants.SourceJournal && bare(a.Number) == bare(s.Account) {
			return a, nil
		}
	}
	return tenants.Account{}, fault.New(fault.Invalid, "treasury.account",
		"Il conto di evidenza %s non è tra i conti del Comune: aggiungilo alla configurazione.", s.Account)
}

func bare(s string) string { return strings.TrimLeft(strings.TrimSpace(s), "0") }

// keep writes the movements that are new and compares the others.
func keep(tx *tenants.Tx, account tenants.Account, c Chunk) (l Loaded, fresh []Entry, err error) {
	if len(c.Entries) == 0 {
		return l, nil, nil
	}
	rows := make([]Entry, 0, len(c.Entries))
	told := make([]formats.Entry, 0, len(c.Entries))
	first := map[string]int{}
	for _, e := range c.Entries {
		row := entryOf(tx, account, c, e)
		if i, twice := first[row.Key()]; twice { // in one file: the second must be the first
			if rows[i].Hash != row.Hash {
				return l, nil, fault.New(fault.Invalid, "treasury.twice", "Il movimento %s n. %s è ripetuto con dati diversi (riga %d).", e.Document, e.Number, e.Line)
			}
			continue
		}
		first[row.Key()] = len(rows)
		rows, told = append(rows, row), append(told, e)
	}
	var won []uuid.UUID
	if _, err := tx.Insert(&rows).On("CONFLICT DO NOTHING").Returning("id").Exec(tx.Ctx, &won); err != nil {
		return l, nil, fmt.Errorf("insert movements: %w", err)
	}
	inserted := make(map[uuid.UUID]bool, len(won))
	for _, id := range won {
		inserted[id] = true
	}
	for i, row := range rows {
		if inserted[row.ID] {
			l.New++
			fresh = append(fresh, row)
			continue
		}
		different, err := compare(tx, row, told[i])
		if err != nil {
			return l, nil, err
		}
		if l.Known++; different {
			l.Different++
		}
	}
	return l, fresh, nil
}

func entryOf(tx *tenants.Tx, account tenants.Account, c Chunk, e formats.Entry) Entry {
	_, sum := contentOf(e)
	year := c.Statement.Year
	if year == 0 {
		year = e.BookedOn.Year()
	}
	closes := e.Closes
	if closes == nil {
		closes = []formats.Provisional{}
	}
	return Entry{ID: tx.NewID(), Account: account.Key, Year: year, Document: e.Document, Number: e.Number, Progressive: e.Progressive,
		Operation: e.Operation, Movement: e.Movement, Credit: e.Credit, Cents: e.Cents, BookedOn: e.BookedOn, ValueOn: e.ValueOn,
		EffectiveOn: e.EffectiveOn, Siope: e.Siope, Reference: e.Reference, EndToEnd: e.EndToEnd, Quittance: e.Quittance,
		PartyName: e.PartyName, PartyCode: e.PartyCode, PartyIBAN: e.PartyIBAN, Text: e.Text, Closes: closes, Raw: e.Raw,
		Flow: c.Statement.Revision, Source: c.Source, Line: e.Line, Hash: sum, KnownAt: tx.Now()}
}

// compare keeps a movement that was told before in other words.
func compare(tx *tenants.Tx, row Entry, now formats.Entry) (different bool, err error) {
	var was Entry
	q := tx.Select(&was).Where("account = ? AND year = ? AND document = ? AND number = ?", row.Account, row.Year, row.Document, row.Number).
		Where("progressive = ? AND operation = ? AND movement = ?", row.Progressive, row.Operation, row.Movement)
	if err := tx.One(q, "Movimento non trovato."); err != nil {
		return false, err
	}
	if was.Hash == row.Hash {
		return false, nil
	}
	text, sum := contentOf(now)
	d := difference{ID: tx.NewID(), EntryID: was.ID, Was: was.Text, Now: text, Hash: sum, Source: row.Source, Line: row.Line, KnownAt: tx.Now()}
	if was.Cents != row.Cents {
		d.Was = was.Cents.Decimal() + " " + was.Text
	}
	_, err = tx.Insert(&d).On("CONFLICT DO NOTHING").Returning("NULL").Exec(tx.Ctx)
	return true, err
}

// side of the provisional that a document is; none for orders and the rest.
func side(document string) Side {
	switch document {
	case formats.DocProvisionalCredit:
		return Credit
	case formats.DocProvisionalDebit:
		return Debit
	}
	return ""
}

// openAll opens the provisionals of new movements, and returns the movements
// that were waiting for them.
func openAll(tx *tenants.Tx, fresh []Entry) (woken []Entry, err error) {
	var rows []Provisional
	var posts []ledger.Entry
	there, err := openedBefore(tx, fresh)
	if err != nil {
		return nil, err
	}
	for _, e := range fresh {
		s := side(e.Document)
		if s == "" || e.Operation != executed || e.Cents == 0 {
			continue
		}
		if k := (provisionalKey{s, e.Year, e.Number}); there[k] {
			if err := Wait(tx, e, twice, e.Number, "Il giornale apre di nuovo un provvisorio che c'è già: va verificato con il Tesoriere."); err != nil {
				return nil, err
			}
			continue
		} else {
			there[k] = true
		}
		p := Provisional{ID: tx.NewID(), Account: e.Account, Year: e.Year, Number: e.Number, Side: s, Cents: e.Cents, State: Open,
			EffectiveOn: firstDay(e.EffectiveOn, e.BookedOn), BookedOn: e.BookedOn, PartyName: e.PartyName, PartyCode: e.PartyCode,
			PartyIBAN: e.PartyIBAN, Text: e.Text, Reference: e.Reference, EndToEnd: e.EndToEnd, Siope: e.Siope, Quittance: e.Quittance,
			Source: e.Source, Line: e.Line, KnownAt: tx.Now()}
		rows = append(rows, p)
		posts = append(posts, ledger.Entry{Key: e.Key(), Content: e.Hash, Kind: "journal", EffectiveOn: e.BookedOn,
			Source: where(e.Source, e.Line), Postings: []ledger.Posting{opening(p)}})
	}
	if len(rows) == 0 {
		return nil, nil
	}
	if _, err := tx.Insert(&rows).Exec(tx.Ctx); err != nil {
		return nil, fmt.Errorf("insert provisionals: %w", err)
	}
	if _, err := ledger.PostAll(tx, posts); err != nil {
		return nil, fmt.Errorf("post provisionals: %w", err)
	}
	return wake(tx, rows)
}

type provisionalKey struct {
	side   Side
	year   int
	number string
}

// openedBefore returns the provisionals that movements of one account would
// open a second time.
func openedBefore(tx *tenants.Tx, fresh []Entry) (map[provisionalKey]bool, error) {
	there := map[provisionalKey]bool{}
	var numbers []string
	for _, e := range fresh {
		if side(e.Document) != "" && e.Operation == executed {
			numbers = append(numbers, e.Number)
		}
	}
	if len(numbers) == 0 {
		return there, nil
	}
	var rows []Provisional
	if err := tx.Select(&rows).Column("side", "year", "number").Where("account = ?", fresh[0].Account).Where("number IN (?)", bun.List(numbers)).Scan(tx.Ctx); err != nil {
		return nil, fmt.Errorf("provisionals opened before: %w", err)
	}
	for _, p := range rows {
		there[provisionalKey{p.Side, p.Year, p.Number}] = true
	}
	return there, nil
}

func opening(p Provisional) ledger.Posting {
	if p.Side == Debit {
		return ledger.Posting{Event: ledger.DebitOpened, Debit: ledger.DATu, DebitRef: p.ID, Credit: p.Place(), CreditRef: p.ID, Cents: p.Cents}
	}
	return ledger.Posting{Event: ledger.CreditOpened, Debit: p.Place(), DebitRef: p.ID, Credit: ledger.DATt, CreditRef: p.ID, Cents: p.Cents}
}

// cancel applies the bank's cancellation of a provisional, in part or whole.
func cancel(tx *tenants.Tx, e Entry, free Free) error {
	p, err := FindNumber(tx, e.Account, e.Year, side(e.Document), e.Number)
	if fault.Is(err, fault.NotFound) {
		return Wait(tx, e, side(e.Document), e.Number, "Il provvisorio annullato non è ancora nel giornale.")
	}
	if err != nil {
		return err
	}
	if e.Cents > p.Remaining() {
		return Wait(tx, e, side(e.Document), e.Number, "L'annullamento supera quanto resta del provvisorio.")
	}
	posting := ledger.Posting{Event: ledger.CreditCancelled, Debit: ledger.DATt, DebitRef: p.ID, Credit: p.Place(), CreditRef: p.ID, Cents: e.Cents}
	if p.Side == Debit {
		return cancelDebit(tx, e, p)
	}
	if free != nil {
		err := free(tx, p, e.Cents, "Il Tesoriere ha annullato il provvisorio.")
		if f := fault.Of(err); f != nil && f.Kind == fault.Conflict {
			return Wait(tx, e, p.Side, p.Number, "Annullato dal Tesoriere, ma abbinato: "+f.Text)
		}
		if err != nil {
			return err
		}
	}
	if err := ledger.SetEnds(tx, ledger.End{Level: ledger.R3, Side: ledger.Right, Ref: p.ID, Total: p.Standing() - e.Cents}); err != nil {
		return err
	}
	if _, err := ledger.Post(tx, ledger.Entry{Key: e.Key(), Content: e.Hash, Kind: "journal", EffectiveOn: e.BookedOn,
		Source: where(e.Source, e.Line), Postings: []ledger.Posting{posting}}); err != nil {
		return fmt.Errorf("cancel provisional %s: %w", p.Number, err)
	}
	p.Cancelled += e.Cents
	return p.save(tx)
}

// Retry applies the cancellations of a provisional that were waiting, once
// what stood in their way has been undone.
func Retry(tx *tenants.Tx, provisional uuid.UUID, free Free) error {
	p, err := Find(tx, provisional)
	if err != nil {
		return err
	}
	woken, err := Wake(tx, p.Account, p.Year, p.Side, p.Number)
	if err != nil {
		return err
	}
	for _, e := range woken {
		if side(e.Document) != "" && e.Operation == reversed {
			err = cancel(tx, e, free)
		} else {
			err = Wait(tx, e, p.Side, p.Number, "Va verificato con il Tesoriere.")
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// cancelDebit undoes the opening of a provisional debit; the posting table has
// no row for a part of it.
func cancelDebit(tx *tenants.Tx, e Entry, p Provisional) error {
	if e.Cents != p.Remaining() || p.Cancelled > 0 || p.Regularised > 0 {
		return Wait(tx, e, p.Side, p.Number, "Annullamento parziale di un provvisorio di uscita: va verificato con il Tesoriere.")
	}
	lines, err := ledger.Entries(tx, p.ID)
	if err != nil {
		return err
	}
	for _, l := range lines {
		if l.Event == ledger.DebitOpened {
			if _, err := ledger.Void(tx, l.Tx, e.Key(), "Annullato dal Tesoriere"); err != nil {
				return err
			}
			break
		}
	}
	p.Cancelled = e.Cents
	return p.save(tx)
}

// Regularise records that an order used cents of a provisional; negative cents
// are given back by an order that was reversed. The posting is accounting's.
func (p *Provisional) Regularise(tx *tenants.Tx, cents money.Cents) error {
	p.Regularised += cents
	return p.save(tx)
}

func (p *Provisional) save(tx *tenants.Tx) error {
	switch {
	case p.Standing() == 0:
		p.State = Cancelled
	case p.Remaining() == 0:
		p.State = Closed
	default:
		p.State = Open
	}
	_, err := tx.Update(p).Column("cancelled", "regularised", "state").WherePK().Exec(tx.Ctx)
	return err
}
