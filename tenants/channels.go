package tenants

import (
	"time"

	"github.com/uptrace/bun"

	"cassacomune/app/fault"
)

// Channel (canale) is a way to pay that a municipality has set up. What its
// settings mean only the channel's own package knows.
type Channel struct {
	bun.BaseModel `bun:"table:channel"`
	Row

	Key       string `bun:"key,pk"`
	Enabled   bool
	Settings  map[string]string
	ChangedAt time.Time
}

type channelSecret struct {
	bun.BaseModel `bun:"table:channel_secret"`
	Row

	Channel   string `bun:"channel,pk"`
	Field     string `bun:"field,pk"`
	Sealed    []byte
	ChangedAt time.Time
}

// Channels returns what is set up, by key.
func (tx *Tx) Channels() (all []Channel, err error) {
	return all, tx.Select(&all).OrderExpr("key").Scan(tx.Ctx)
}

// Channel returns one channel's set-up; one that was never saved is NotFound.
func (tx *Tx) Channel(key string) (c Channel, err error) {
	return c, tx.One(tx.Select(&c).Where("key = ?", key), "Canale non configurato.")
}

// SaveChannel keeps a channel's settings. Secrets go to SaveSecret.
func (tx *Tx) SaveChannel(c Channel) error {
	c.ChangedAt = tx.now
	if c.Settings == nil {
		c.Settings = map[string]string{}
	}
	if _, err := tx.Insert(&c).On("CONFLICT (tenant_id, key) DO UPDATE").Set("enabled = EXCLUDED.enabled").
		Set("settings = EXCLUDED.settings").Set("changed_at = EXCLUDED.changed_at").Exec(tx.Ctx); err != nil {
		return err
	}
	return tx.Audit("channel.save", c.Key, "")
}

// SaveSecret seals a channel's secret under the instance's key.
func (tx *Tx) SaveSecret(channel, field, plain string) error {
	sealed, err := tx.db.seal(tx.Tenant, channel+"."+field, []byte(plain))
	if err != nil {
		return err
	}
	s := &channelSecret{Channel: channel, Field: field, Sealed: sealed, ChangedAt: tx.now}
	if _, err := tx.Insert(s).On("CONFLICT (tenant_id, channel, field) DO UPDATE").Set("sealed = EXCLUDED.sealed").
		Set("changed_at = EXCLUDED.changed_at").Exec(tx.Ctx); err != nil {
		return err
	}
	return tx.Audit("channel.secret", channel+"."+field, "")
}

// Secret opens a channel's secret; one that was never saved is "".
func (tx *Tx) Secret(channel, field string) (string, error) {
	var s channelSecret
	err := tx.One(tx.Select(&s).Where("channel = ?", channel).Where("field = ?", field), "")
	if fault.Is(err, fault.NotFound) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	plain, err := tx.db.unseal(tx.Tenant, channel+"."+field, s.Sealed)
	return string(plain), err
}

// Kinds of account, and the one source of truth that posts its movements.
const (
	AccountTreasury = "treasury" // conto di tesoreria
	AccountOutside  = "outside"  // postal or dedicated account

	SourceJournal   = "journal"
	SourceStatement = "statement"
)

// Account (conto) is where money arrives.
type Account struct {
	bun.BaseModel `bun:"table:account"`
	Row

	Key    string `bun:"key,pk"`
	Name   string
	Kind   string
	Source string
	Number string // conto evidenza or postal account, as the files name it
	IBAN   string `bun:"iban"`
}

// Accounts returns the accounts by key.
func (tx *Tx) Accounts() (all []Account, err error) {
	return all, tx.Select(&all).OrderExpr("key").Scan(tx.Ctx)
}

// SaveAccount adds or changes an account.
func (tx *Tx) SaveAccount(a Account) error {
	if a.Key == "" || a.Kind != AccountTreasury && a.Kind != AccountOutside {
		return fault.New(fault.Invalid, "account", "Un conto ha una sigla ed è di tesoreria o esterno.").On("kind")
	}
	if _, err := tx.Insert(&a).On("CONFLICT (tenant_id, key) DO UPDATE").Set("name = EXCLUDED.name").
		Set("kind = EXCLUDED.kind").Set("source = EXCLUDED.source").Set("number = EXCLUDED.number").
		Set("iban = EXCLUDED.iban").Exec(tx.Ctx); err != nil {
		return err
	}
	return tx.Audit("account.save", a.Key, "")
}
