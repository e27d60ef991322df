package documents

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strconv"
	"time"

	"codeberg.org/go-pdf/fpdf"
)

// Lengths are whole micrometres from the top left corner of the sheet, so that
// a position is exact and cheap to write.
const (
	mm = 1000
	pt = 353 // a typographic point, 25,4/72 mm
)

// Shades of grey that the papers use, in hundredths (0 is black).
const (
	black = 0
	dark  = 35
	mid   = 60
	pale  = 86
	wash  = 95
)

// sheet draws on the pages of one document. The content of a page is written
// here in the page description language, in micrometres; fpdf keeps fonts,
// pages and the file. That, and furniture drawn once, is what makes a run fast.
type sheet struct {
	pdf           *fpdf.Fpdf
	size          fpdf.SizeType
	height        int
	names         [faces]string // of the fonts inside the document
	seen          [faces]*[0x10000]bool
	fresh         [faces][]rune // characters used and not yet announced to fpdf
	buf           []byte
	changes       []Change
	face          face
	points, shade int
}

// newSheet begins a document in A4. The date is the caller's: a document never
// reads the clock.
func newSheet(landscape bool, title, language string, created time.Time) (*sheet, error) {
	s := &sheet{height: 297 * mm, size: fpdf.SizeType{Wd: 210, Ht: 297}}
	if landscape {
		s.height, s.size = 210*mm, fpdf.SizeType{Wd: 297, Ht: 210}
	}
	// A wide size in portrait: in landscape fpdf misplaces templates.
	s.pdf = fpdf.NewCustom(&fpdf.InitType{OrientationStr: "P", UnitStr: "mm", Size: s.size})
	s.pdf.SetCatalogSort(true)
	s.pdf.SetCreationDate(created)
	s.pdf.SetModificationDate(created)
	s.pdf.SetProducer("Cassa Comune", true)
	s.pdf.SetTitle(title, true)
	s.pdf.SetLang(language)
	s.pdf.SetAutoPageBreak(false, 0)
	for f := range faces {
		// fpdf writes into the font that it is given: each document needs its own.
		s.pdf.AddUTF8FontFromBytes(families[f], "", slices.Clone(f.ttf()))
		s.seen[f] = new([0x10000]bool)
	}
	return s, s.learnNames()
}

// learnNames finds the names that fpdf gives to fonts: it shows them only in
// the content that it writes.
func (s *sheet) learnNames() error {
	for f := range faces {
		probe := s.pdf.CreateTemplate(func(t *fpdf.Tpl) { t.SetFont(families[f], "", 10) })
		_, rest, found := bytes.Cut(probe.Bytes(), []byte("BT /F"))
		name, _, ends := bytes.Cut(rest, []byte(" "))
		if !found || !ends {
			return fmt.Errorf("naming font %s: %w", families[f], s.pdf.Error())
		}
		s.names[f] = "/F" + string(name)
	}
	return nil
}

// template draws furniture once, to be placed on any number of pages.
func (s *sheet) template(draw func()) fpdf.Template {
	kept := s.buf
	s.buf = nil
	s.begin()
	draw()
	s.buf = append(s.buf, "Q\n"...)
	content := string(s.buf)
	s.buf = kept
	s.announce()
	return s.pdf.CreateTemplateCustom(fpdf.PointType{}, s.size, func(t *fpdf.Tpl) { t.RawWriteStr(content) })
}

// page draws one page, over furniture if there is any.
func (s *sheet) page(furniture fpdf.Template, draw func()) {
	s.pdf.AddPage()
	if furniture != nil {
		s.pdf.UseTemplate(furniture)
	}
	s.buf = s.buf[:0]
	s.begin()
	draw()
	s.buf = append(s.buf, "Q\n"...)
	s.announce()
	s.pdf.RawWriteBuf(bytes.NewReader(s.buf))
}

// begin makes the micrometre the unit of what follows: 72/25400 points.
func (s *sheet) begin() {
	s.face, s.points, s.shade = -1, 0, black
	s.buf = append(s.buf, "q 0.0028346457 0 0 0.0028346457 0 0 cm 0 g\n"...)
}

// announce tells fpdf which characters it has to embed.
func (s *sheet) announce() {
	for f := range faces {
		if len(s.fresh[f]) == 0 {
			continue
		}
		text := string(s.fresh[f])
		s.fresh[f] = s.fresh[f][:0]
		s.pdf.CreateTemplate(func(t *fpdf.Tpl) {
			t.SetFont(families[f], "", 10)
			t.Text(0, 0, text)
		})
	}
}

func (s *sheet) output(w io.Writer) error {
	if err := s.pdf.Output(w); err != nil {
		return fmt.Errorf("writing document: %w", err)
	}
	return nil
}

// changed keeps one change per field, so that a field drawn in several places
// is told once.
func (s *sheet) changed(c Change) {
	for i := range s.changes {
		if s.changes[i].Field == c.Field {
			s.changes[i].Cut = s.changes[i].Cut || c.Cut
			if s.changes[i].Lost == "" {
				s.changes[i].Lost = c.Lost
			}
			return
		}
	}
	s.changes = append(s.changes, c)
}

func (s *sheet) number(n int) { s.buf = append(strconv.AppendInt(s.buf, int64(n), 10), ' ') }

// grey sets the shade of what is filled from here on.
func (s *sheet) grey(shade int) {
	if s.shade == shade {
		return
	}
	s.shade = shade
	s.buf = append(append(s.buf, '.', byte('0'+shade/10), byte('0'+shade%10)), " g\n"...)
}

// text writes a text whose base line begins at x, y. It must be clean.
func (s *sheet) text(x, y int, f face, size int, text string) {
	if text == "" {
		return
	}
	same := faceMetrics()[f].same
	s.buf = append(s.buf, "BT "...)
	if s.face != f || s.points != size {
		s.face, s.points = f, size
		s.buf = append(append(s.buf, s.names[f]...), ' ')
		s.number(size)
		s.buf = append(s.buf, "Tf "...)
	}
	s.number(x)
	s.number(s.height - y)
	s.buf = append(s.buf, "Td ("...)
	for _, r := range text {
		if r > 0xFFFF {
			r = '?'
		}
		if lower, shared := same[r]; shared {
			r = lower
		}
		if !s.seen[f][r] {
			s.seen[f][r] = true
			s.fresh[f] = append(s.fresh[f], r)
		}
		s.char(byte(r >> 8))
		s.char(byte(r))
	}
	s.buf = append(s.buf, ")Tj ET\n"...)
}

func (s *sheet) char(c byte) {
	switch c {
	case '(', ')', '\\':
		s.buf = append(s.buf, '\\', c)
	case '\r':
		s.buf = append(s.buf, `\r`...)
	default:
		s.buf = append(s.buf, c)
	}
}

// right writes a text that ends at x.
func (s *sheet) right(x, y int, f face, size int, text string) {
	s.text(x-f.width(text, size), y, f, size, text)
}

// fill paints a rectangle in the current shade.
func (s *sheet) fill(x, y, w, h int) {
	s.rect(x, y, w, h)
	s.buf = append(s.buf, "f\n"...)
}

// rect adds a rectangle to the current path.
func (s *sheet) rect(x, y, w, h int) {
	s.number(x)
	s.number(s.height - y - h)
	s.number(w)
	s.number(h)
	s.buf = append(s.buf, "re "...)
}

// frame draws the border of a rectangle.
func (s *sheet) frame(x, y, w, h, thick int) {
	s.number(thick)
	s.buf = append(s.buf, "w "...)
	s.rect(x, y, w, h)
	s.buf = append(s.buf, "S\n"...)
}

// line draws a straight line; dashed when dash is not zero.
func (s *sheet) line(x1, y1, x2, y2, thick, dash int) {
	s.number(thick)
	s.buf = append(s.buf, "w ["...)
	if dash > 0 {
		s.number(dash)
	}
	s.buf = append(s.buf, "]0 d "...)
	s.number(x1)
	s.number(s.height - y1)
	s.buf = append(s.buf, "m "...)
	s.number(x2)
	s.number(s.height - y2)
	s.buf = append(s.buf, "l S []0 d\n"...)
}
