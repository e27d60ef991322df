package tenantstest

import (
	"slices"
	"testing"
)

// pairs is how often Pairs measures both sides.
const pairs = 5

// Pairs measures something and what it is held against in turns, each as a
// rate, more being better. It reports the median of both and of their ratios,
// and says that there is no verdict where the reference drifts by more than a
// quarter: then the machine had other things to do.
func Pairs(b *testing.B, unit string, ours, reference func() float64) {
	b.Helper()
	var mine, theirs, ratios []float64
	for range pairs {
		m, t := ours(), reference()
		mine, theirs, ratios = append(mine, m), append(theirs, t), append(ratios, m/t)
	}
	b.ReportMetric(median(mine), unit)
	b.ReportMetric(median(theirs), "reference-"+unit)
	b.ReportMetric(median(ratios), "ratio")
	if low, high := slices.Min(theirs), slices.Max(theirs); high > low*1.25 {
		b.Logf("no verdict: the reference drifted from %.0f to %.0f %s", low, high, unit)
	}
}

func median(all []float64) float64 {
	slices.Sort(all)
	return all[len(all)/2]
}
