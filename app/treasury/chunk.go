package treasury

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"hash"
	"iter"
	"strconv"
	"strings"

	"cassacomune/app/day"
	"cassacomune/app/fault"
	"cassacomune/app/formats"
	"cassacomune/app/money"
)

// Chunk is a part of a journal that one transaction applies: movements of one
// sub-account, or the tail of the file.
type Chunk struct {
	Number    int    // 1-based in its file
	Source    string // file: a name or a SHA-256
	Statement formats.Statement
	Entries   []formats.Entry
	Tail      *Tail // in the last chunk only
}

// Tail is what a journal says at its end.
type Tail struct {
	Accounts  []AccountDay
	Totals    map[string]money.Cents // totale_sospesi_entrata and the others
	Equations map[string]*bool       // "1" to "7"; nil: not computable
}

// AccountDay is what a file says of a sub-account in all.
type AccountDay struct {
	Statement formats.Statement
	Closing   formats.Closing
	Movements int
	Hash      string
}

// Checker answers the control equations from the events of a journal; the
// family that reads journals has one.
type Checker interface {
	Add(formats.Event)
	Equations() map[string]*bool
}

// Chunks cuts a journal into parts of at the most size movements. A file that
// cannot be read to its end yields an error of kind Invalid: nothing after it.
// check may be nil.
func Chunks(events formats.Reader, source string, size int, check Checker) iter.Seq2[Chunk, error] {
	return func(yield func(Chunk, error) bool) {
		c := &cutter{source: source, size: size, tail: Tail{Totals: map[string]money.Cents{}}, seen: map[string]int{}}
		for e := range events {
			if check != nil {
				check.Add(e)
			}
			if e.Problem != nil && e.Problem.Severity == formats.Error {
				yield(Chunk{}, fault.New(fault.Invalid, "treasury.file", "Giornale di cassa non leggibile: %s", e.Problem.Error()))
				return
			}
			if part, ok := c.add(e); ok && !yield(part, nil) {
				return
			}
		}
		if part, ok := c.cut(); ok && !yield(part, nil) {
			return
		}
		if check != nil {
			c.tail.Equations = check.Equations()
		}
		c.number++
		yield(Chunk{Number: c.number, Source: source, Tail: &c.tail}, nil)
	}
}

// cutter gathers movements until there are enough.
type cutter struct {
	source  string
	size    int
	number  int
	now     AccountDay
	sum     hash.Hash
	pending []formats.Entry
	tail    Tail
	seen    map[string]int // movements without a number of their own
}

func (c *cutter) add(e formats.Event) (Chunk, bool) {
	switch {
	case e.Header != nil && strings.HasPrefix(e.Header.Name, "totale_") || e.Header != nil && balances[e.Header.Name]:
		if v, err := money.ParseDecimal(e.Header.Value); err == nil {
			c.tail.Totals[e.Header.Name] = v
		}
	case e.Statement != nil:
		c.now, c.sum = AccountDay{Statement: *e.Statement}, sha256.New()
	case e.Closing != nil:
		c.now.Closing = *e.Closing
		closing := *e.Closing
		closing.Line = 0
		c.mix(closing)
		c.now.Hash = hex.EncodeToString(c.sum.Sum(nil))
		c.tail.Accounts = append(c.tail.Accounts, c.now)
		return c.cut()
	case e.Entry != nil && e.Entry.Booked:
		c.take(*e.Entry)
		if len(c.pending) >= c.size {
			return c.cut()
		}
	}
	return Chunk{}, false
}

var balances = map[string]bool{"fondo_di_cassa": true, "deficit_di_cassa": true, "saldo_esercizio": true,
	"saldo_complessivo_precedente": true, "saldo_complessivo_finale": true}

// take names a movement that has no number of its own by its day and its turn.
func (c *cutter) take(e formats.Entry) {
	if e.Movement == "" {
		key := strings.Join([]string{c.now.Statement.Account, e.Document, e.Operation, e.Number, e.Progressive, e.BookedOn.String()}, "/")
		c.seen[key]++
		e.Movement = e.BookedOn.String() + "/" + strconv.Itoa(c.seen[key])
	}
	c.pending = append(c.pending, e)
	c.now.Movements++
	e.Line = 0
	c.mix(e)
}

func (c *cutter) mix(v any) {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err) // plain structs
	}
	c.sum.Write(b)
}

func (c *cutter) cut() (Chunk, bool) {
	if len(c.pending) == 0 {
		return Chunk{}, false
	}
	c.number++
	part := Chunk{Number: c.number, Source: c.source, Statement: c.now.Statement, Entries: c.pending}
	c.pending = nil
	return part, true
}

func yearText(y int) string { return strconv.Itoa(y) }

// contentOf is what must be equal when a movement is told again.
func contentOf(e formats.Entry) (text, sum string) {
	e.Line, e.Raw, e.Negative = 0, "", false
	b, err := json.Marshal(e)
	if err != nil {
		panic(err) // plain structs
	}
	h := sha256.Sum256(b)
	return string(b), hex.EncodeToString(h[:])
}

func where(source string, line int) string {
	if line == 0 {
		return source
	}
	return fmt.Sprintf("%s, riga %d", source, line)
}

func firstDay(days ...day.Date) day.Date {
	for _, d := range days {
		if !d.IsZero() {
			return d
		}
	}
	return day.Date{}
}
