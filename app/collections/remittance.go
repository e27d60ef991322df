package collections

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"cassacomune/app/day"
	"cassacomune/app/fault"
	"cassacomune/app/ledger"
	"cassacomune/app/money"
	"cassacomune/tenants"
)

// Remittance (riversamento) is a batch that a channel says it has sent, gross
// or net of its fee.
type Remittance struct {
	bun.BaseModel `bun:"table:remittance"`
	tenants.Row

	ID         uuid.UUID `bun:"id,pk"`
	Channel    string
	Flow       string // natural key inside the channel
	Hash       string
	Account    string // terminal, postal account...
	RemittedOn day.Date
	Reference  string // what the transfer's text will hold
	Gross      money.Cents
	Fee        money.Cents
	Count      int `bun:"lines"`
	Source     string
	KnownAt    time.Time

	positives money.Cents `bun:"-"` // what its lines bring, without what they take back
}

// Net is what the transfer should bring.
func (r Remittance) Net() money.Cents { return r.Gross - r.Fee }

// RemittanceLine is a payment inside a remittance.
type RemittanceLine struct {
	bun.BaseModel `bun:"table:remittance_line"`
	tenants.Row

	RemittanceID uuid.UUID `bun:"remittance_id,pk"`
	Seq          int       `bun:"seq,pk"`
	Key          string    // the collection's natural key
	Cents        money.Cents
	Fee          money.Cents
}

// NewRemittance is what a file says of a batch.
type NewRemittance struct {
	Channel, Flow, Account, Reference string
	On                                day.Date
	Source                            string
	Lines                             []RemittanceLine // Key, Cents, Fee
}

func (n NewRemittance) hash() string {
	h := sha256.New()
	fmt.Fprintf(h, "%s|%s|%s|%s\n", n.Channel, n.Flow, n.Account, n.On)
	for _, l := range n.Lines {
		fmt.Fprintf(h, "%s|%d|%d\n", l.Key, l.Cents, l.Fee)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// Remit is the step that books a batch. The same batch twice is one; the same
// flow with other lines is a Conflict, to be looked at by a person.
func Remit(tx *tenants.Tx, n NewRemittance) (r Remittance, fresh bool, err error) {
	err = tx.One(tx.Select(&r).Where("channel = ?", n.Channel).Where("flow = ?", n.Flow), "")
	if err == nil {
		if r.Hash != n.hash() {
			return r, false, fault.New(fault.Conflict, "collections.flow", "Il riversamento %s è già stato registrato con righe diverse.", n.Flow)
		}
		return r, false, nil
	}
	if !fault.Is(err, fault.NotFound) {
		return r, false, err
	}
	r = Remittance{ID: tx.NewID(), Channel: n.Channel, Flow: n.Flow, Hash: n.hash(), Account: n.Account, RemittedOn: n.On,
		Reference: n.Reference, Count: len(n.Lines), Source: n.Source, KnownAt: tx.Now()}
	entry := ledger.Entry{Key: "remittance:" + n.Channel + ":" + n.Flow, Content: r.Hash, Kind: "remittance", EffectiveOn: n.On, Source: n.Source}
	var found []allocated
	for i := range n.Lines {
		l := &n.Lines[i]
		l.RemittanceID, l.Seq = r.ID, i+1
		r.Gross += l.Cents
		r.Fee += l.Fee
		r.positives += max(0, l.Cents)
		c, err := byKey(tx, n.Channel, l.Key)
		if err != nil {
			return r, false, err
		}
		entry.Postings = append(entry.Postings, r.postings(*l, c)...)
		if c != nil && l.Cents > 0 {
			found = append(found, allocated{*c, l.Cents})
		}
	}
	if r.Net() < 0 {
		return r, false, fault.New(fault.Invalid, "collections.negative", "Il riversamento %s toglie più di quanto porta: va registrato come addebito.", n.Flow)
	}
	if err := r.save(tx, n.Lines, entry); err != nil {
		return r, false, err
	}
	for _, a := range found {
		if err := r.allocate(tx, a.collection, a.cents); err != nil {
			return r, false, err
		}
	}
	return r, true, nil
}

type allocated struct {
	collection Collection
	cents      money.Cents
}

func byKey(tx *tenants.Tx, channel, key string) (*Collection, error) {
	var c Collection
	err := tx.One(tx.Select(&c).Where("channel = ?", channel).Where("key = ?", key), "")
	if fault.Is(err, fault.NotFound) {
		return nil, nil
	}
	return &c, err
}

// postings of a line: against its collection, against the unknown, or, when it
// takes money back, against the debit to be explained.
func (r Remittance) postings(l RemittanceLine, c *Collection) []ledger.Posting {
	trn := ledger.TRN(r.Channel)
	if l.Cents < 0 {
		return []ledger.Posting{{Event: ledger.NegativeUnknown, Debit: ledger.DATu, DebitRef: r.ID, Credit: trn, CreditRef: r.ID, Cents: -l.Cents}}
	}
	event, credit, ref := ledger.RemittedUnknown, ledger.DATr, r.ID
	if c != nil {
		event, credit, ref = ledger.Remitted, ledger.CLR(r.Channel), c.ID
	}
	var all []ledger.Posting
	if net := l.Cents - l.Fee; net > 0 {
		all = append(all, ledger.Posting{Event: event, Debit: trn, DebitRef: r.ID, Credit: credit, CreditRef: ref, Cents: net})
	}
	if l.Fee > 0 {
		all = append(all, ledger.Posting{Event: event, Debit: ledger.FEE, DebitRef: r.ID, Credit: credit, CreditRef: ref, Cents: l.Fee})
	}
	return all
}

func (r *Remittance) save(tx *tenants.Tx, lines []RemittanceLine, entry ledger.Entry) error {
	if _, err := tx.Insert(r).Exec(tx.Ctx); err != nil {
		return fmt.Errorf("insert remittance: %w", err)
	}
	for len(lines) > 0 {
		part := lines[:min(1000, len(lines))]
		if _, err := tx.Insert(&part).Returning("NULL").Exec(tx.Ctx); err != nil {
			return fmt.Errorf("insert remittance lines: %w", err)
		}
		lines = lines[len(part):]
	}
	if len(entry.Postings) == 0 {
		return nil
	}
	if _, err := ledger.Post(tx, entry); err != nil {
		return fmt.Errorf("post remittance: %w", err)
	}
	return nil
}

// claimed moves a collection out of a remittance line that came before it, and
// reports the remittance.
func (c *Collection) claimed(tx *tenants.Tx) error {
	var l RemittanceLine
	q := tx.Select(&l).Join("JOIN remittance AS r ON r.tenant_id = remittance_line.tenant_id AND r.id = remittance_line.remittance_id").
		Where("r.channel = ?", c.Channel).Where("remittance_line.key = ?", c.Key).Where("remittance_line.cents > 0")
	err := tx.One(q, "")
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	cents := min(l.Cents, c.Cents)
	_, err = ledger.Post(tx, ledger.Entry{Key: "remitted-found:" + c.Channel + ":" + c.Key, Content: c.Hash, Kind: "remittance", EffectiveOn: c.PaidOn,
		Source: c.Source, Derived: true, Postings: []ledger.Posting{{Event: ledger.RemittedFound, Debit: ledger.DATr, DebitRef: l.RemittanceID,
			Credit: ledger.CLR(c.Channel), CreditRef: c.ID, Cents: cents}}})
	if err != nil {
		return fmt.Errorf("explain remittance line: %w", err)
	}
	r := Remittance{ID: l.RemittanceID}
	if err := tx.One(tx.Select(&r).Where("id = ?", r.ID), "Riversamento non trovato."); err != nil {
		return err
	}
	err = tx.Select((*RemittanceLine)(nil)).ColumnExpr("COALESCE(SUM(cents), 0)").Where("remittance_id = ?", r.ID).Where("cents > 0").Scan(tx.Ctx, &r.positives)
	if err != nil {
		return err
	}
	return r.allocate(tx, *c, cents)
}
