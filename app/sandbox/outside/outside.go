// Package outside composes the outside world of the demo: one acquirer, one
// identity provider, one postal bank, and a Treasurer for each municipality,
// on one web application with an index page. The product meets it only through
// protocols and files that a real town would get.
package outside

import (
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/gofiber/fiber/v2"

	"cassacomune/app/day"
	"cassacomune/app/fault"
	"cassacomune/app/money"
	"cassacomune/app/sandbox/idp"
	"cassacomune/app/sandbox/poste"
	"cassacomune/app/sandbox/treasurer"
	"cassacomune/app/sandbox/xpay"
)

// Town is a municipality as the outside knows it.
type Town struct {
	Slug, Name    string
	Merchant      xpay.Merchant // its Name may be empty: the town's
	PostalAccount string        // empty: no postal account
	Treasurer     treasurer.Config
	StateTransfer money.Cents // credited on the first close; zero: none
}

// Config is what the outside needs. BaseURL, Clock and Towns are required.
type Config struct {
	BaseURL  string // "http://sandbox.localhost:8080"
	Towns    []Town
	People   []idp.Person
	Clients  []idp.Client
	FeeBasis int // zero: 120, that is 1.2%
	Notify   xpay.Behaviour
	Clock    func() time.Time
}

// File is something that a municipality downloads from the outside.
type File struct {
	Name, What, Type string
	On               day.Date
	Bytes            []byte
}

type town struct {
	Town
	treasurer *treasurer.Treasurer
	files     []File
	last      day.Date // last day closed
	given     bool     // the State's transfer has been credited
}

// World is the outside. It is safe for concurrent use.
type World struct {
	Acquirer *xpay.Acquirer
	Identity *idp.Provider
	Post     *poste.Bank

	config Config
	app    *fiber.App
	mu     sync.Mutex
	towns  []*town
}

// New composes the outside. Close it when done.
func New(config Config) (*World, error) {
	config.BaseURL = strings.TrimSuffix(config.BaseURL, "/")
	if config.FeeBasis == 0 {
		config.FeeBasis = 120
	}
	identity, err := idp.New(idp.Config{Issuer: config.BaseURL + "/idp", Clients: config.Clients, People: config.People, Clock: config.Clock})
	if err != nil {
		return nil, fmt.Errorf("composing identity provider: %w", err)
	}
	w := &World{config: config, Identity: identity, Post: poste.New(config.Clock)}
	var merchants []xpay.Merchant
	for _, t := range config.Towns {
		if t.Treasurer.Clock == nil {
			t.Treasurer.Clock = config.Clock
		}
		if t.Treasurer.Body == "" {
			t.Treasurer.Body = t.Name
		}
		if t.Merchant.Name == "" {
			t.Merchant.Name = t.Name
		}
		merchants = append(merchants, t.Merchant)
		w.towns = append(w.towns, &town{Town: t, treasurer: treasurer.New(t.Treasurer)})
	}
	w.Acquirer = xpay.New(xpay.Config{BaseURL: config.BaseURL + "/acquirer", Merchants: merchants,
		FeeBasis: config.FeeBasis, Notify: config.Notify, Clock: config.Clock})
	w.app = fiber.New(fiber.Config{DisableStartupMessage: true, Immutable: true, BodyLimit: 8 << 20})
	w.mount()
	return w, nil
}

// App is the web application, to be served or to be handed the requests of
// the sandbox's host.
func (w *World) App() *fiber.App { return w.app }

// Close stops late notifications.
func (w *World) Close() { w.Acquirer.Close() }

// Treasurer returns the town's Treasurer, or a fault.
func (w *World) Treasurer(slug string) (*treasurer.Treasurer, error) {
	t, err := w.town(slug)
	if err != nil {
		return nil, err
	}
	return t.treasurer, nil
}

func (w *World) town(slug string) (*town, error) {
	for _, t := range w.towns {
		if t.Slug == slug {
			return t, nil
		}
	}
	return nil, fault.New(fault.NotFound, "outside.town", "Il Comune %q non c'è.", slug)
}

// Files returns what the town can download, in the order it was made.
func (w *World) Files(slug string) ([]File, error) {
	t, err := w.town(slug)
	if err != nil {
		return nil, err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	return append([]File(nil), t.files...), nil
}

// Orders hands collection orders to the town's Treasurer, who executes them
// on the day given (zero: the next that no journal has told). It stops at the
// first refusal and returns the numbers of those executed.
func (w *World) Orders(slug string, orders []treasurer.Order, on day.Date) ([]int64, error) {
	t, err := w.town(slug)
	if err != nil {
		return nil, err
	}
	var numbers []int64
	for i, o := range orders {
		n, err := t.treasurer.Order(o, on)
		if err != nil {
			return numbers, fmt.Errorf("ordinativo %d: %w", i+1, err)
		}
		numbers = append(numbers, n)
	}
	return numbers, nil
}
