package documents

import (
	"io"
	"slices"
	"testing"
	"time"

	"codeberg.org/go-pdf/fpdf"
)

// BenchmarkSlips draws a document of slips as we do and with the bare library,
// which draws the same texts, frames, lines and modules one call each, in one
// run; times-bare is the ratio of their speeds.
func BenchmarkSlips(b *testing.B) {
	const pages = 100
	slips := make([]Slip, pages)
	for i := range slips {
		slips[i] = sample()
	}
	var ours, bare time.Duration
	for b.Loop() {
		start := time.Now()
		if err := WriteSlips(io.Discard, slips...); err != nil {
			b.Fatal(err)
		}
		middle := time.Now()
		if err := drawBare(slips); err != nil {
			b.Fatal(err)
		}
		ours, bare = ours+middle.Sub(start), bare+time.Since(middle)
	}
	per := time.Duration(b.N * pages)
	b.ReportMetric(float64(time.Second)/float64(ours/per), "slips/s")
	b.ReportMetric(float64(time.Second)/float64(bare/per), "bare-slips/s")
	b.ReportMetric(float64(bare)/float64(ours), "times-bare")
}

// drawBare draws what a page of ours holds with the library's own calls: about
// 60 texts, 40 frames and lines, and every module run of the two symbols.
func drawBare(slips []Slip) error {
	pdf := fpdf.NewCustom(&fpdf.InitType{OrientationStr: "P", UnitStr: "mm", Size: fpdf.SizeType{Wd: 297, Ht: 210}})
	for f := range faces {
		pdf.AddUTF8FontFromBytes(families[f], "", slices.Clone(f.ttf()))
	}
	for _, slip := range slips {
		p, err := prepare(slip)
		if err != nil {
			return err
		}
		pdf.AddPage()
		pdf.SetFont("text", "", 8)
		for i := range 50 {
			pdf.Text(12, 10+float64(i)*3, "Ristorazione scolastica, giugno")
		}
		pdf.SetFont("ocr", "", 9.96)
		pdf.Text(7.5, 202, p.line)
		for i := range 40 {
			pdf.Rect(180+float64(i)*4, 138, 4, 4.5, "D")
		}
		p.matrix.runs(func(x, y, length int) {
			pdf.Rect(9.5+float64(x)*0.75, 173+float64(y)*0.75, float64(length)*0.75, 0.75, "F")
		})
		p.bars.runs(func(x, _, length int) { pdf.Rect(196+float64(x)*0.3, 172.5, float64(length)*0.3, 12, "F") })
	}
	return pdf.Output(io.Discard)
}
