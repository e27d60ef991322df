package citizen

import (
	"strings"
	"sync"
	"time"

	"github.com/gofiber/fiber/v2"

	"cassacomune/app/fault"
	"cassacomune/app/web/page"
)

// Rate is a bucket that holds so many requests and gets one back after each
// interval.
type Rate struct {
	Burst int
	Every time.Duration
}

// Limits says how often codes may be asked for, so that nobody finds out by
// trying which ones exist.
type Limits struct{ Address, Town, Code Rate }

// DefaultLimits leave room for an office behind one address, and for the day
// on which a tax falls due.
var DefaultLimits = Limits{
	Address: Rate{60, 2 * time.Second},
	Town:    Rate{3000, 10 * time.Millisecond},
	Code:    Rate{20, 15 * time.Second},
}

// rates are the buckets of this process. The keys hold addresses: they are
// forgotten when full again, and never written anywhere.
type rates struct {
	mu      sync.Mutex
	buckets map[string]bucket
}

type bucket struct {
	left int
	at   time.Time // of the last refill
	rate Rate
}

const mostBuckets = 50_000

func newRates() *rates { return &rates{buckets: map[string]bucket{}} }

// take takes one out of the key's bucket; none left is false.
func (r *rates) take(key string, rate Rate, now time.Time) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	b, ok := r.buckets[key]
	if !ok {
		r.forget(now)
		b = bucket{rate.Burst, now, rate}
	}
	b.refill(now)
	if b.left == 0 {
		r.buckets[key] = b
		return false
	}
	b.left--
	r.buckets[key] = b
	return true
}

func (b *bucket) refill(now time.Time) {
	n := int(min(now.Sub(b.at)/b.rate.Every, time.Duration(b.rate.Burst)))
	if n <= 0 {
		return
	}
	b.left, b.at = min(b.rate.Burst, b.left+n), b.at.Add(time.Duration(n)*b.rate.Every)
	if b.left == b.rate.Burst {
		b.at = now
	}
}

// forget drops the buckets that are full again once there are many.
func (r *rates) forget(now time.Time) {
	if len(r.buckets) < mostBuckets {
		return
	}
	for key, b := range r.buckets {
		if b.refill(now); b.left == b.rate.Burst {
			delete(r.buckets, key)
		}
	}
	if len(r.buckets) >= mostBuckets {
		clear(r.buckets) // under attack from everywhere: memory comes first
	}
}

// allow counts a request for a code, by address, town and code. Code may be
// empty.
func (p *portal) allow(c *fiber.Ctx, code string) error {
	at := page.At(c)
	town, now := at.Tenant.ID.String(), at.DB.Now()
	ok := p.rates.take("a"+town+" "+addressOf(c), p.Limits.Address, now) && p.rates.take("t"+town, p.Limits.Town, now)
	if ok && code != "" {
		ok = p.rates.take("c"+town+" "+code, p.Limits.Code, now)
	}
	if !ok {
		return fault.New(fault.TooMany, "portal.rate", "Ci sono state troppe richieste in poco tempo. Riprova tra qualche minuto.")
	}
	return nil
}

// addressOf is the visitor's address: of a forwarded list the last one, which
// our own proxy has added.
func addressOf(c *fiber.Ctx) string {
	list := c.IP()
	return strings.TrimSpace(list[strings.LastIndexByte(list, ',')+1:])
}
