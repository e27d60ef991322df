package citizen_test

import (
	"context"
	"net"
	"slices"
	"testing"
	"time"

	"github.com/valyala/fasthttp"

	"cassacomune/app/debts"
	"cassacomune/app/web/citizen"
	"cassacomune/tenants"
	"cassacomune/tenants/tenantstest"
)

// BenchmarkPayPage asks for the page of a notice number through the whole
// chain, and in turns for the code's row by its primary key through the same
// pool. It prints the p99 of both in microseconds, and the median ratio of
// five pairs.
func BenchmarkPayPage(b *testing.B) {
	b.Run("sqlite", func(b *testing.B) { benchPay(b, tenantstest.SQLite(b)) })
	b.Run("postgres", func(b *testing.B) { benchPay(b, tenantstest.Postgres(b)) })
}

const (
	benchPairs    = 5
	benchRequests = 1000
)

func benchPay(b *testing.B, db *tenantstest.Data) {
	plenty := citizen.Rate{Burst: 1 << 30, Every: time.Hour}
	p := newPortal(b, db, citizen.Limits{Address: plenty, Town: plenty, Code: plenty})
	codes := make([]string, 500)
	for i := range codes {
		codes[i] = p.owe("MENSA", string(rune('A'+i%26))+string(rune('A'+i/26)), 2300)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	go p.app.Listener(listener)
	b.Cleanup(func() { p.app.ShutdownWithTimeout(time.Second) })
	client := &fasthttp.HostClient{Addr: listener.Addr().String()}
	request, answer := fasthttp.AcquireRequest(), fasthttp.AcquireResponse()
	look := func(code string) {
		request.SetRequestURI("http://" + listener.Addr().String() + "/avvisi/" + code)
		request.Header.SetHost(host)
		request.UseHostHeader = true
		if err := client.Do(request, answer); err != nil || answer.StatusCode() != 200 || len(answer.Body()) < 3000 {
			b.Fatalf("answer %d, %d bytes: %v", answer.StatusCode(), len(answer.Body()), err)
		}
	}
	read := func(code string) {
		err := db.Read(context.Background(), p.town.ID, func(tx *tenants.Tx) error {
			_, err := debts.FindCode(tx, code)
			return err
		})
		if err != nil {
			b.Fatal(err)
		}
	}
	for b.Loop() {
		var ratios, pages, rows []int64
		for range benchPairs {
			page, row := p99(codes, look), p99(codes, read)
			pages, rows, ratios = append(pages, page), append(rows, row), append(ratios, 100*page/row)
		}
		b.ReportMetric(float64(middle(pages)), "page-p99-µs")
		b.ReportMetric(float64(middle(rows)), "row-p99-µs")
		b.ReportMetric(float64(middle(ratios))/100, "ratio")
		if low, high := slices.Min(rows), slices.Max(rows); 4*high > 5*low {
			b.Logf("no verdict: the reference drifted from %d to %d µs", low, high)
		}
	}
}

func p99(codes []string, do func(string)) int64 {
	took := make([]int64, benchRequests)
	for i := range took {
		began := time.Now()
		do(codes[i%len(codes)])
		took[i] = time.Since(began).Microseconds()
	}
	slices.Sort(took)
	return took[len(took)*99/100]
}

func middle(all []int64) int64 { return slices.Sorted(slices.Values(all))[len(all)/2] }
