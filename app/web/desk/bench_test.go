package desk_test

import (
	"context"
	"fmt"
	"net"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"cassacomune/app/day"
	"cassacomune/app/debts"
	"cassacomune/tenants"
	"cassacomune/tenants/tenantstest"
)

// BenchmarkListPage asks for the list of debts, 50 rows, through the whole
// chain (host, session, rights, two queries, template), and in turns for a
// fixed text of the same length from a bare Fiber. It prints the requests a
// second of both and the median ratio of five pairs.
func BenchmarkListPage(b *testing.B) {
	b.Run("sqlite", func(b *testing.B) { benchList(b, tenantstest.SQLite(b)) })
	b.Run("postgres", func(b *testing.B) { benchList(b, tenantstest.Postgres(b)) })
}

const (
	benchDebts  = 2_000
	benchPairs  = 5
	benchPeople = 8 // connections at once
	benchTime   = time.Second
)

func benchList(b *testing.B, db *tenantstest.Data) {
	o := open(b, db)
	o.within(func(tx *tenants.Tx) error {
		for i := range benchDebts {
			n := debts.New{Type: "MENSA", Position: fmt.Sprintf("M%05d", i), Reason: "Ristorazione scolastica, marzo", DueOn: day.New(2026, 3, 1+i%28), Source: "hand",
				Parties: []debts.Party{{Kind: "person", Name: fmt.Sprintf("Rossi %05d", i)}}, Items: []debts.NewItem{{Key: "1", Cents: 4500}}}
			if _, err := debts.Add(tx, n); err != nil {
				return err
			}
		}
		return nil
	})
	url := "/desk/posizioni?stato=open&ordina=scadenza"
	page := o.get("clerk", url)
	if page.status != 200 || len(page.body) < 20_000 {
		b.Fatalf("the page is not the list: %d, %d bytes", page.status, len(page.body))
	}
	bare := fiber.New(fiber.Config{DisableStartupMessage: true})
	text := []byte(page.body)
	bare.Get("/desk/posizioni", func(c *fiber.Ctx) error { return c.Type("html", "utf-8").Send(text) })
	ours, theirs := serve(b, o.app), serve(b, bare)
	cookie := "sessione=" + string(o.token["clerk"])
	for b.Loop() {
		var ratios, pages, plain []float64
		for range benchPairs {
			p, t := rate(b, ours, url, cookie, len(page.body)), rate(b, theirs, url, cookie, len(page.body))
			pages, plain, ratios = append(pages, p), append(plain, t), append(ratios, p/t)
		}
		b.ReportMetric(median(pages), "pages/s")
		b.ReportMetric(median(plain), "bare/s")
		b.ReportMetric(median(ratios), "ratio")
		if low, high := slices.Min(plain), slices.Max(plain); high > low*1.25 {
			b.Logf("no verdict: the reference drifted from %.0f to %.0f", low, high)
		}
	}
}

func serve(b *testing.B, app *fiber.App) (address string) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	go app.Listener(listener)
	b.Cleanup(func() {
		ctx, done := context.WithTimeout(context.Background(), time.Second)
		defer done()
		app.ShutdownWithContext(ctx)
	})
	return listener.Addr().String()
}

// rate asks for an address as fast as it can and returns the answers a second.
func rate(b *testing.B, address, url, cookie string, length int) float64 {
	client := &fasthttp.HostClient{Addr: address, MaxConns: benchPeople}
	defer client.CloseIdleConnections()
	var wg sync.WaitGroup
	counts := make([]int, benchPeople)
	began := time.Now()
	for who := range benchPeople {
		wg.Go(func() {
			request, answer := fasthttp.AcquireRequest(), fasthttp.AcquireResponse()
			for time.Since(began) < benchTime {
				request.Reset()
				request.SetRequestURI("http://" + address + url)
				request.Header.SetHost("alfa.localhost")
				request.UseHostHeader = true
				request.Header.Set("Cookie", cookie)
				if err := client.Do(request, answer); err != nil || answer.StatusCode() != 200 || len(answer.Body()) < length*9/10 {
					b.Errorf("answer %d, %d bytes: %v", answer.StatusCode(), len(answer.Body()), err)
					return
				}
				counts[who]++
			}
		})
	}
	wg.Wait()
	total := 0
	for _, n := range counts {
		total += n
	}
	return float64(total) / time.Since(began).Seconds()
}

func median(all []float64) float64 {
	sorted := slices.Sorted(slices.Values(all))
	return sorted[len(sorted)/2]
}
