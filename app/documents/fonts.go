package documents

import (
	_ "embed"
	"encoding/binary"
	"fmt"
	"sync"
)

var (
	//go:embed fonts/TitilliumWeb-Regular.ttf
	regularTTF []byte
	//go:embed fonts/TitilliumWeb-SemiBold.ttf
	boldTTF []byte
	//go:embed fonts/OCRB.ttf
	ocrTTF []byte
)

// face is one of the fonts that the papers use.
type face int

const (
	regular face = iota
	bold
	ocr
	faces
)

var families = [faces]string{"text", "textbold", "ocr"}

func (f face) ttf() []byte { return [faces][]byte{regularTTF, boldTTF, ocrTTF}[f] }

// metrics holds the advance of each character of a font in thousandths of its
// size, plus one; zero is a character that the font does not have. Where two
// characters share a glyph, same names the lower one: fpdf would embed either,
// as its maps happen to be ordered, and the document would not be the same
// twice.
type metrics struct {
	advance [0x10000]uint16
	same    map[rune]rune
}

var faceMetrics = sync.OnceValue(func() (m [faces]*metrics) {
	for f := range faces {
		parsed, err := parseMetrics(f.ttf())
		if err != nil {
			panic(fmt.Sprintf("documents: embedded font %s: %v", families[f], err))
		}
		m[f] = parsed
	}
	return m
})

// parseMetrics reads the tables cmap (format 4), head, hhea and hmtx.
func parseMetrics(ttf []byte) (*metrics, error) {
	u16 := func(b []byte, at int) int { return int(binary.BigEndian.Uint16(b[at:])) }
	tables := map[string][]byte{}
	for i := range u16(ttf, 4) {
		entry := ttf[12+16*i:]
		from, size := binary.BigEndian.Uint32(entry[8:]), binary.BigEndian.Uint32(entry[12:])
		tables[string(entry[:4])] = ttf[from : from+size]
	}
	for _, need := range []string{"cmap", "head", "hhea", "hmtx"} {
		if tables[need] == nil {
			return nil, fmt.Errorf("table %s is missing", need)
		}
	}
	perEm, last := u16(tables["head"], 18), u16(tables["hhea"], 34)-1
	cmap := unicodeMap(tables["cmap"])
	if cmap == nil {
		return nil, fmt.Errorf("no character map of format 4")
	}
	m := &metrics{same: map[rune]rune{}}
	lowest := map[int]rune{}
	count := u16(cmap, 6) / 2
	for s := range count {
		end, start := u16(cmap, 14+2*s), u16(cmap, 16+2*count+2*s)
		delta, at := u16(cmap, 16+4*count+2*s), 16+6*count+2*s
		for c := start; c <= end && c < 0xFFFF; c++ {
			glyph := c + delta
			if offset := u16(cmap, at); offset != 0 {
				if glyph = u16(cmap, at+offset+2*(c-start)); glyph != 0 {
					glyph += delta
				}
			}
			if glyph &= 0xFFFF; glyph != 0 {
				m.advance[c] = uint16(u16(tables["hmtx"], 4*min(glyph, last))*1000/perEm + 1)
				if first, taken := lowest[glyph]; taken {
					m.same[rune(c)] = first
				} else {
					lowest[glyph] = rune(c)
				}
			}
		}
	}
	return m, nil
}

func unicodeMap(table []byte) []byte {
	for i := range int(binary.BigEndian.Uint16(table[2:])) {
		entry := table[4+8*i:]
		sub := table[binary.BigEndian.Uint32(entry[4:]):]
		if binary.BigEndian.Uint16(entry) == 3 && binary.BigEndian.Uint16(sub) == 4 {
			return sub
		}
	}
	return nil
}

// width returns the width of a text in micrometres.
func (f face) width(s string, size int) int {
	m, sum := faceMetrics()[f], 0
	for _, r := range s {
		if r < 0x10000 && m.advance[r] > 0 {
			sum += int(m.advance[r]) - 1
		}
	}
	return sum * size / 1000
}

func (f face) has(r rune) bool { return r < 0x10000 && faceMetrics()[f].advance[r] > 0 }
