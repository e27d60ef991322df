package p7m

import (
	"bytes"
	"testing"
	"time"

	"cassacomune/app/formats"
)

// BenchmarkOpen verifies a signed order of 40 bytes (RSA 2048, a chain of
// three) as we do, and with a process of openssl cms -verify a file, in turns.
// That it is a process counts: openssl-less-start takes away the time of one
// that does nothing, and is the nearer comparison of the work itself. The
// checks of openssl are fewer: it looks at neither signing-certificate-v2, nor
// key usage, nor who has signed.
func BenchmarkOpen(b *testing.B) {
	c := cast()
	in := signed(order, c.bruna)
	w := newWorkshop(b)
	if w != nil {
		w.write("in.p7m", in)
	}
	var ours, theirs, start time.Duration
	const each = 20 // of ours, for one of theirs
	for b.Loop() {
		ours += timed(func() {
			for range each {
				if f, problems := Open(bytes.NewReader(in), c.trust); f.Verdict != formats.Valid {
					b.Fatal(told(f, problems))
				}
			}
		})
		if w != nil {
			theirs += timed(func() {
				if w.verify() != nil {
					b.Fatal("openssl refuses")
				}
			})
			start += timed(func() { w.must("version") })
		}
	}
	b.ReportMetric(float64(each*b.N)/ours.Seconds(), "files/s")
	if w != nil {
		b.ReportMetric(float64(b.N)/theirs.Seconds(), "openssl-files/s")
		b.ReportMetric(float64(b.N)/(theirs-start).Seconds(), "openssl-less-start-files/s")
		b.ReportMetric(theirs.Seconds()*each/ours.Seconds(), "times-openssl")
	}
}

func timed(f func()) time.Duration {
	start := time.Now()
	f()
	return time.Since(start)
}
