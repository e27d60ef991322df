package documents

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"image"
	"image/draw"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/datamatrix"
	"github.com/makiuchi-d/gozxing/oned"

	"cassacomune/app/codes"
	"cassacomune/app/fault"
	"cassacomune/app/money"
	"cassacomune/app/shared"
)

// The hash is public: it pins the 16 by 48 bits, row by row, of the first
// vector of docs/formats/td896.md.
func TestMatrixBits(t *testing.T) {
	code, err := matrix("18025257650095110900120010072148261000000120673896")
	if err != nil {
		t.Fatal(err)
	}
	bits := make([]byte, 0, len(code.dark))
	digits := make([]byte, 0, len(code.dark))
	packed := make([]byte, (len(code.dark)+7)/8)
	for i, dark := range code.dark {
		b := byte(0)
		if dark {
			b = 1
			packed[i/8] |= 0x80 >> (i % 8)
		}
		bits, digits = append(bits, b), append(digits, '0'+b)
	}
	const want = "c43e7a3089aa387905f874c9b0aa33aeaec8bdc415345592530ceb621f931a06"
	var got []string
	for _, form := range [][]byte{digits, bits, packed} {
		sum := sha256.Sum256(form)
		if hex.EncodeToString(sum[:]) == want {
			return
		}
		got = append(got, hex.EncodeToString(sum[:]))
	}
	t.Errorf("matrix bits hash to %v, want %s", got, want)
}

// The check symbol of a Code 128 is the last but one, before the 13 modules of
// the stop.
func TestBarsCheck(t *testing.T) {
	for payload, want := range map[string]int{
		"18240704900900004256120000000123451000000135503896": 20,
		"18025257650095110900120010072148261000000120673896": 88,
	} {
		code, err := bars(payload)
		if err != nil {
			t.Fatal(err)
		}
		if code.columns != 310 {
			t.Errorf("bars(%s) has %d modules, want 310 (subset C throughout)", payload, code.columns)
		}
		// A symbol of our own whose only pair is the wanted value shows its pattern.
		one, err := bars(fmt.Sprintf("%02d00", want))
		if err != nil {
			t.Fatal(err)
		}
		got, pattern := code.dark[310-13-11:310-13], one.dark[11:22]
		if diff := cmp.Diff(got, pattern); diff != "" {
			t.Errorf("check symbol of %s is not that of %d: %s", payload, want, diff)
		}
	}
}

func TestSlipIsDeterministic(t *testing.T) {
	first := draw1(t, sample(), bilingual())
	for range 8 {
		if !bytes.Equal(first, draw1(t, sample(), bilingual())) {
			t.Fatal("the same slips gave two different documents")
		}
	}
	other := sample()
	other.Amount, other.Items = 13551, nil
	if bytes.Equal(draw1(t, other), draw1(t, sample())) {
		t.Error("another amount gave the same document")
	}
}

func draw1(t testing.TB, slips ...Slip) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := WriteSlips(&b, slips...); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestSlipRefusals(t *testing.T) {
	cases := map[string]func(*Slip){
		"wrong check digits": func(s *Slip) { s.Code = "240704900900004255" },
		"account too long":   func(s *Slip) { s.Account = "1234567890123" },
		"zero":               func(s *Slip) { s.Amount, s.Items = 0, nil },
		"too much":           func(s *Slip) { s.Amount, s.Items = 100_000_000_00, nil },
		"items do not sum":   func(s *Slip) { s.Items[0].Amount++ },
		"short IBAN":         func(s *Slip) { s.IBAN = "IT60" },
	}
	for name, spoil := range cases {
		s := sample()
		spoil(&s)
		var b bytes.Buffer
		if err := WriteSlips(&b, s); !fault.Is(err, fault.Invalid) || b.Len() > 0 {
			t.Errorf("%s: WriteSlips = %v and %d bytes, want a fault and none", name, err, b.Len())
		}
	}
	if err := WriteSlips(&bytes.Buffer{}, make([]Slip, MaxSlips+1)...); err == nil {
		t.Error("251 slips in one document were accepted")
	}
}

func TestSlipChanges(t *testing.T) {
	s := sample()
	if got, err := SlipChanges(s); err != nil || len(got) > 0 {
		t.Errorf("SlipChanges of a plain slip = %v, %v, want none", got, err)
	}
	s.Debtor.Name = strings.Repeat("Ā very long name ", 700)
	s.Reason = "Mensa 🍝 \u202eשלום\x00"
	got, err := SlipChanges(s)
	if err != nil {
		t.Fatal(err)
	}
	want := []Change{{Field: "debitore", Cut: true}, {Field: "causale", Lost: "🍝\u202eשלום"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("SlipChanges (-want +got):\n%s", diff)
	}
	if size := len(draw1(t, s)); size > 60_000 {
		t.Errorf("a slip with a name of 11,900 characters takes %d bytes", size)
	}
}

func TestInWords(t *testing.T) {
	for cents, want := range map[money.Cents]string{
		5: "zero/05", 100: "uno/00", 13550: "centotrentacinque/50", 2100: "ventuno/00", 2800: "ventotto/00", 2300: "ventitré/00",
		100000: "mille/00", 200000: "duemila/00", 12345678: "centoventitremilaquattrocentocinquantasei/78",
		100000000: "unmilione/00", 2100000001: "ventunmilioni/01",
	} {
		if got := inWords(cents); got != want {
			t.Errorf("inWords(%d) = %q, want %q", cents, got, want)
		}
	}
}

// vectors are ours, and those of the shared corpus where it is at hand.
func vectors(t *testing.T) [][3]string {
	own := [][3]string{{"240704900900004256", "000000012345", "<240704900900004256> 00000135+50> 000000012345< 896>"},
		{"025257650095110900", "001007214826", "<025257650095110900> 00000120+67> 001007214826< 896>"}}
	const published = "corpora/legacy/td896-vectors.csv"
	if shared.Find(t, published) == "" {
		t.Log("shared vectors are absent, own ones only")
		return own
	}
	for _, row := range shared.Table(t, published)[1:] {
		if v := [3]string{row[2], row[3], row[6]}; !slices.Contains(own, v) {
			own = append(own, v)
		}
	}
	return own
}

func TestReadBackFromPage(t *testing.T) {
	need(t, "pdftoppm")
	need(t, "pdftotext")
	for _, v := range vectors(t) {
		s := sample()
		s.Code, s.Account, s.Items = v[0], v[1], nil
		want, err := codes.ReadSlipLine(v[2])
		if err != nil {
			t.Fatal(err)
		}
		s.Amount = want.Cents
		readBack(t, s, v[2], want)
		s.Authorisation = "" // under the mark of an unauthorised slip
		readBack(t, s, v[2], want)
	}
}

func readBack(t *testing.T, s Slip, line string, want codes.Slip) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "slip")
	if err := os.WriteFile(file+".pdf", draw1(t, s), 0o600); err != nil {
		t.Fatal(err)
	}
	page := render(t, file)
	dots := func(um int) int { return um * 300 / 25400 }
	crop := func(x, y, w, h int) image.Image {
		out := image.NewGray(image.Rect(0, 0, dots(w), dots(h)))
		draw.Draw(out, out.Bounds(), page, image.Pt(dots(x), dots(y)), draw.Src)
		return out
	}
	bitmap := func(m image.Image) *gozxing.BinaryBitmap {
		b, err := gozxing.NewBinaryBitmapFromImage(m)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	bars, err := oned.NewCode128Reader().Decode(bitmap(crop(barsLeft-3*mm, slipTop+66*mm, 99*mm, 10*mm)), nil)
	check(t, "Code 128", bars, err, want)
	dm, err := datamatrix.NewDataMatrixReader().Decode(bitmap(crop(deposit.left-2*mm, slipTop+62*mm, 43*mm, 18*mm)), nil)
	check(t, "Data Matrix", dm, err, want)
	text, err := exec.Command("pdftotext", "-layout", file+".pdf", "-").Output()
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimRight(string(text), "\f\n "), "\n")
	if got := strings.Join(strings.Fields(lines[len(lines)-1]), " "); got != line {
		t.Errorf("code line reads %q, want %q", got, line)
	}
}

func check(t *testing.T, symbol string, result *gozxing.Result, err error, want codes.Slip) {
	t.Helper()
	if err != nil {
		t.Errorf("reading %s back: %v", symbol, err)
		return
	}
	got, err := codes.ReadSlipPayload(result.GetText())
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("%s says %q (%v): -want +got\n%s", symbol, result.GetText(), err, diff)
	}
}

func render(t *testing.T, file string) image.Image {
	t.Helper()
	if out, err := exec.Command("pdftoppm", "-r", "300", "-gray", "-png", "-singlefile", file+".pdf", file).CombinedOutput(); err != nil {
		t.Fatalf("pdftoppm: %v: %s", err, out)
	}
	f, err := os.Open(file + ".png")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	page, err := png.Decode(f)
	if err != nil {
		t.Fatal(err)
	}
	return page
}

// need skips where a program is not installed, and fails when the run is
// strict.
func need(t *testing.T, program string) {
	t.Helper()
	if _, err := exec.LookPath(program); err != nil {
		if os.Getenv("CASSACOMUNE_TEST_STRICT") == "1" {
			t.Fatalf("%s is not installed", program)
		}
		t.Skipf("%s is not installed", program)
	}
}
