// Package xpay is an acquirer that talks like XPay: a hosted payment page, a
// server notification, a browser's return, a status query and a daily
// settlement file. It is a counterpart for the demo and for tests, written
// apart from the channel that it serves; it takes no cards and moves no money,
// and keeps everything in memory.
//
// Wire facts: Nexi's public WooCommerce plugin 7.3.4 and other public clients
// of the same interface.
package xpay

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"net/http"
	"net/url"
	"sync"
	"time"

	"cassacomune/app/day"
	"cassacomune/app/money"
)

// Merchant (esercente) is who may take payments: one alias, one key.
type Merchant struct {
	Alias    string
	Key      string
	Name     string // shown on the hosted page
	Terminal string // written in the settlement file and in the transfer
}

// Behaviour says how the server notification is delivered.
type Behaviour struct {
	Drop    bool          // never sent: only the status query tells
	Repeats int           // sent again so many times after the first
	Delay   time.Duration // zero: sent before the browser is sent back
}

// Config is what an acquirer needs. Clock and Merchants are required.
type Config struct {
	BaseURL   string // where it is mounted, for links: "http://sandbox.localhost:8080/acquirer"
	Merchants []Merchant
	FeeBasis  int // fee in ten-thousandths of the amount; 120 is 1.2%
	Notify    Behaviour
	Clock     func() time.Time
	// Post delivers a notification and returns the status of the answer. Nil
	// posts over HTTP; names below localhost are the loopback address.
	Post func(ctx context.Context, address string, form url.Values) (int, error)
}

// States of a transaction, as the status query spells them where it has them.
const (
	Open       = "Aperto"
	Authorised = "Autorizzato"
	Captured   = "Contabilizzato"
	Refused    = "Negato"
	Pending    = "In attesa"
	Cancelled  = "Annullato"
)

// Transaction is one codTrans of one merchant. Copies are handed out.
type Transaction struct {
	Alias, Code           string
	Cents                 money.Cents
	State                 string
	Deferred              bool // TCONTAB D: authorised now, captured by a call
	Return, Back, Address string
	Description, Mail     string
	Language              string
	Attempts              int
	DecidedAt             time.Time
	CapturedOn            day.Date
	Authorisation         string // codAut, empty unless authorised
	SettledOn             day.Date

	token string
	order int
}

// Acquirer holds merchants and transactions. It is safe for concurrent use.
type Acquirer struct {
	config    Config
	merchants map[string]Merchant

	mu          sync.Mutex
	behaviour   Behaviour
	byKey       map[[2]string]*Transaction
	byToken     map[string]*Transaction
	settled     map[settlementKey]Settlement
	last        map[string]day.Date // newest settlement of each alias
	deliveries  sync.WaitGroup
	stop        context.CancelFunc
	running     context.Context
	operationID int
}

// New makes an acquirer. Close stops its late notifications.
func New(config Config) *Acquirer {
	a := &Acquirer{
		config:    config,
		merchants: map[string]Merchant{},
		behaviour: config.Notify,
		byKey:     map[[2]string]*Transaction{},
		byToken:   map[string]*Transaction{},
		settled:   map[settlementKey]Settlement{},
		last:      map[string]day.Date{},
	}
	for _, m := range config.Merchants {
		a.merchants[m.Alias] = m
	}
	if a.config.Post == nil {
		a.config.Post = poster(&http.Client{Timeout: 5 * time.Second, Transport: loopback()})
	}
	a.running, a.stop = context.WithCancel(context.Background())
	return a
}

// Close cancels notifications still waiting and returns when none runs.
func (a *Acquirer) Close() {
	a.stop()
	a.deliveries.Wait()
}

// Behave changes how notifications are delivered from now on.
func (a *Acquirer) Behave(b Behaviour) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.behaviour = b
}

// Transactions returns the merchant's transactions in the order they began.
func (a *Acquirer) Transactions(alias string) []Transaction {
	a.mu.Lock()
	defer a.mu.Unlock()
	list := make([]Transaction, 0, len(a.byKey))
	for _, t := range a.ordered(alias) {
		list = append(list, *t)
	}
	return list
}

// randomToken names a hosted page; it cannot be guessed.
func randomToken() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails, by its contract since Go 1.24
	return hex.EncodeToString(b[:])
}
