//go:build unix

package main

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"
	"time"

	"cassacomune/app/day"
	"cassacomune/app/formats"
	"cassacomune/app/formats/debtcsv"
	"cassacomune/app/money"
)

// BenchmarkImportMemory brings in files of debts by the command line, in a
// process of its own on SQLite, both passes, applied, and prints the most
// memory that the process has had: it must not grow with the file.
func BenchmarkImportMemory(b *testing.B) {
	binary := filepath.Join(b.TempDir(), "cassacomune")
	if out, err := exec.Command("go", "build", "-o", binary, ".").CombinedOutput(); err != nil {
		b.Fatalf("build: %v\n%s", err, out)
	}
	for _, rows := range []int{1_000, 10_000, 1_000_000} {
		b.Run(fmt.Sprintf("rows=%d", rows), func(b *testing.B) {
			for b.Loop() {
				s := &shell{t: b, binary: binary, dir: b.TempDir()}
				if _, wrong, ok := s.run("tenant", "add", "prova", "--name", "Comune di Prova", "--fiscal-code", "00000000000"); !ok {
					b.Fatal(wrong)
				}
				s.setUp(map[string]string{"MENSA": "Mensa"})
				file := filepath.Join(s.dir, "carico.csv")
				writeDebts(b, file, rows)
				began := time.Now()
				peak := s.peak("import", "--tenant", "prova", file)
				b.ReportMetric(float64(peak)/(1<<20), "peak-MB")
				b.ReportMetric(float64(rows)/time.Since(began).Seconds(), "rows/s")
			}
		})
	}
}

// peak runs a command that must succeed, and returns the most bytes of memory
// that its process has had.
func (s *shell) peak(args ...string) int64 {
	s.t.Helper()
	cmd := exec.Command(s.binary, args...)
	cmd.Env = append(os.Environ(), "CASSACOMUNE_DATA="+s.dir, "CASSACOMUNE_LOG_LEVEL=error")
	if out, err := cmd.CombinedOutput(); err != nil {
		s.t.Fatalf("%v: %v\n%s", args, err, out)
	}
	most := cmd.ProcessState.SysUsage().(*syscall.Rusage).Maxrss
	if runtime.GOOS != "darwin" { // there it is bytes, elsewhere kilobytes
		most <<= 10
	}
	return int64(most)
}

// writeDebts writes a file of debts of one row each.
func writeDebts(b *testing.B, file string, rows int) {
	b.Helper()
	f, err := os.Create(file)
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	w := bufio.NewWriter(f)
	if err := debtcsv.Write(w, func(yield func(formats.DebtRow) bool) {
		for i := range rows {
			if !yield(formats.DebtRow{Body: "00000000000", DebtType: "MENSA", Position: fmt.Sprintf("P%08d", i), Cents: money.Cents(1000 + i%9000),
				DebtorName: fmt.Sprintf("Rossi %06d", i%200_000), Reason: "Ristorazione scolastica", DueOn: day.New(2030, 3, 1+i%28)}) {
				return
			}
		}
	}); err != nil {
		b.Fatal(err)
	}
	if err := w.Flush(); err != nil {
		b.Fatal(err)
	}
}
