// Package f24 reads the flow of taxes paid by F24 that Agenzia delle Entrate
// sends to municipalities (fornitura dei tributi comunali): rows of 300
// characters, payments (G1) and what became of their money (G2 ordered, G3
// recovered, G4 advanced, G5 credited, G9 revoked or restored). Positions:
// public code of TR4, see docs/formats/f24.md. It does not know whose taxes
// they are.
package f24

import (
	"bytes"
	"io"
	"strings"

	"cassacomune/app/day"
	"cassacomune/app/formats"
	"cassacomune/app/formats/internal/charset"
	"cassacomune/app/formats/internal/fixed"
	"cassacomune/app/money"
)

// Key names the format in lists and in inspect.
const Key = "f24"

// length of a row; most is the longest read.
const (
	length = 300
	most   = 400
)

// Sniff reports whether a file that begins like this is such a flow: within
// the head a row G1 to G9 with the supply's date and number. The rows A1 and
// Z1 have no layout that is public.
func Sniff(head []byte) bool {
	for row := range bytes.Lines(head) {
		l := fixed.NewLine(1, strings.TrimRight(string(row), "\r\n"))
		switch kind := l.Raw(1, 2); {
		case kind == "A1":
		case rows[kind] == nil:
			return false
		default:
			_, err := date(l, 3, 10)
			return err == nil && fixed.Digits(l.Raw(11, 12)) && l.Len() >= shortest[kind]
		}
	}
	return false
}

// rows reads each kind of row.
var rows = map[string]func(*file, *row){
	"G1": (*file).payment, "G2": (*file).ordered, "G3": (*file).recovered, "G4": (*file).advanced, "G5": (*file).credited, "G9": (*file).revoked,
}

// shortest is how long a row is at least, blanks at its end cut.
var shortest = map[string]int{"G1": 111, "G2": 61, "G3": 79, "G4": 61, "G5": 61, "G9": 120}

// Read yields a Flow per split (ripartizione), a Line per payment, a
// Settlement per row about money, a FlowEnd. Where the money ordered for a tax
// of a split is not what its payments sum to, a warning tells.
func Read(r io.Reader) formats.Reader {
	return func(yield func(formats.Event) bool) {
		f := &file{Teller: formats.NewTeller(yield)}
		for line, err := range fixed.Lines(charset.NewReader(r), most) {
			if err != nil {
				f.Error(line.Number, "file", "", err.Error())
				return
			}
			if f.last = line.Number; line.Blank() {
				continue
			}
			if f.take(line); f.Stopped {
				return
			}
		}
		f.finish()
	}
}

// file is a reading under way.
type file struct {
	formats.Teller
	last  int
	known int // rows of a known kind
	ended bool
	flow  *formats.Flow
	nets  map[string]*net // of the split at hand, by kind of tax
}

// net is what the payments of a tax come to, and what is said of their money.
type net struct{ paid, ordered, recovered, advanced money.Cents }

// row is a line being read; the first value that cannot be read spoils it.
type row struct {
	fixed.Line
	file   *file
	broken bool
}

func (f *file) take(line fixed.Line) {
	kind := line.Raw(1, 2)
	read := rows[kind]
	switch {
	case strings.ContainsRune(line.Text, 0):
		f.Error(line.Number, "riga", "", "contiene un byte nullo (NUL): il file è rovinato")
	case kind == "A1" || kind == "Z1":
		f.ended = kind == "Z1"
	case kind[:min(1, len(kind))] == "D" || kind[:min(1, len(kind))] == "M":
		f.Warn(line.Number, "tipo_record", kind, "riga delle Province, non letta")
	case read == nil:
		f.Error(line.Number, "tipo_record", kind, "tipo di riga non riconosciuto")
	case line.Len() > length || line.Len() < shortest[kind]:
		f.Error(line.Number, "riga", "", "lunghezza della riga sbagliata: sono 300 caratteri")
	default:
		f.known++
		read(f, &row{Line: line, file: f})
	}
}

// split begins the flow of a split, unless it is the one at hand.
func (f *file) split(on day.Date, number string, paidOn day.Date, municipality string) {
	id := strings.ReplaceAll(on.String(), "-", "") + "-" + number
	if f.flow != nil && f.flow.ID == id {
		return
	}
	f.end()
	f.flow = &formats.Flow{ID: id, Channel: "f24", Account: municipality, On: on, PaidOn: paidOn, Receiver: municipality}
	f.nets = map[string]*net{}
	flow := *f.flow
	f.Emit(formats.Event{Flow: &flow})
}

func (f *file) net(tax string) *net {
	if f.nets == nil {
		f.nets = map[string]*net{}
	}
	if f.nets[tax] == nil {
		f.nets[tax] = &net{}
	}
	return f.nets[tax]
}

// end closes the split at hand and weighs its money.
func (f *file) end() {
	if f.flow == nil {
		return
	}
	for _, tax := range sortedKeys(f.nets) {
		n := f.nets[tax]
		if due := n.paid - n.recovered + n.advanced; n.ordered != 0 && n.ordered != n.paid && n.ordered != due {
			f.Warn(f.last, "importo_accredito", n.ordered.Comma(), "ripartizione "+f.flow.ID+", imposta "+tax+": i versamenti, tolti i recuperi, sommano a "+due.Comma())
		}
	}
	f.flow = nil
	f.Emit(formats.Event{FlowEnd: &formats.FlowEnd{Line: f.last}})
}

func (f *file) finish() {
	if f.known == 0 {
		f.Error(0, "file", "", "il file non contiene righe di versamenti F24")
	} else if !f.ended {
		f.Error(f.last, "Z1", "", "manca la riga di coda: il file sembra troncato")
	}
	f.end()
}
