package documents

import (
	"fmt"
	"strings"

	"github.com/boombuler/barcode/code128"
	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/datamatrix/encoder"

	"github.com/makiuchi-d/gozxing/datamatrix"
	"rsc.io/qr"
)

// symbol is a grid of dark and light modules.
type symbol struct {
	columns, rows int
	dark          []bool // row by row
}

// bars encodes digits as Code 128; an even number of them takes subset C.
func bars(digits string) (symbol, error) {
	code, err := code128.Encode(digits)
	if err != nil {
		return symbol{}, fmt.Errorf("drawing Code 128: %w", err)
	}
	s := symbol{columns: code.Bounds().Dx(), rows: 1}
	for x := range s.columns {
		r, _, _, _ := code.At(x, 0).RGBA()
		s.dark = append(s.dark, r == 0)
	}
	return s, nil
}

// The Data Matrix of a TD 896 slip is the rectangular one of 16 by 48.
const matrixRows, matrixColumns = 16, 48

var matrixHints = func() map[gozxing.EncodeHintType]any {
	size, _ := gozxing.NewDimension(matrixColumns, matrixRows)
	return map[gozxing.EncodeHintType]any{
		gozxing.EncodeHintType_DATA_MATRIX_SHAPE: encoder.SymbolShapeHint_FORCE_RECTANGLE,
		gozxing.EncodeHintType_MIN_SIZE:          size,
		gozxing.EncodeHintType_MAX_SIZE:          size,
	}
}()

func matrix(digits string) (symbol, error) {
	bits, err := datamatrix.NewDataMatrixWriter().Encode(digits, gozxing.BarcodeFormat_DATA_MATRIX, matrixColumns, matrixRows, matrixHints)
	if err != nil {
		return symbol{}, fmt.Errorf("drawing Data Matrix: %w", err)
	}
	s := symbol{columns: bits.GetWidth(), rows: bits.GetHeight()}
	for y := range s.rows {
		for x := range s.columns {
			s.dark = append(s.dark, bits.Get(x, y))
		}
	}
	if s.columns != matrixColumns || s.rows != matrixRows {
		return symbol{}, fmt.Errorf("drawing Data Matrix: %d digits do not fit in 16 by 48", len(digits))
	}
	return s, nil
}

func square(text string) (symbol, error) {
	code, err := qr.Encode(text, qr.M)
	if err != nil {
		return symbol{}, fmt.Errorf("drawing QR code: %w", err)
	}
	s := symbol{columns: code.Size, rows: code.Size}
	for y := range s.rows {
		for x := range s.columns {
			s.dark = append(s.dark, code.Black(x, y))
		}
	}
	return s, nil
}

// runs calls back for each horizontal run of dark modules.
func (s symbol) runs(draw func(x, y, length int)) {
	for y := range s.rows {
		row := s.dark[y*s.columns : (y+1)*s.columns]
		for x := 0; x < s.columns; x++ {
			from := x
			for x < s.columns && row[x] {
				x++
			}
			if x > from {
				draw(from, y, x-from)
			}
		}
	}
}

// symbol draws the modules as one path with one fill, sharp at any resolution.
func (s *sheet) symbol(x, y, wide, high int, code symbol) {
	s.grey(black)
	code.runs(func(column, row, length int) {
		s.rect(x+column*wide, y+row*high, length*wide, high)
	})
	s.buf = append(s.buf, "f\n"...)
}

// QRSVG draws a QR code (error correction M) as an SVG image with its quiet
// zone, for a page. The title names it for readers of the screen.
func QRSVG(text, title string) (string, error) {
	code, err := square(text)
	if err != nil {
		return "", err
	}
	return code.svg(4, 1, title), nil
}

// Code128SVG draws a Code 128 as an SVG image with its quiet zone.
func Code128SVG(digits, title string) (string, error) {
	code, err := bars(digits)
	if err != nil {
		return "", err
	}
	return code.svg(10, 40, title), nil
}

var xmlText = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;")

func (s symbol) svg(quiet, high int, title string) string {
	var b strings.Builder
	w, h := s.columns+2*quiet, s.rows*high+2*quiet
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" role="img" shape-rendering="crispEdges"><title>%s</title><path fill="#fff" d="M0 0h%dv%dH0z"/><path d="`,
		w, h, xmlText.Replace(title), w, h)
	s.runs(func(x, y, length int) {
		fmt.Fprintf(&b, "M%d %dh%dv%dh-%dz", x+quiet, y*high+quiet, length, high, length)
	})
	b.WriteString(`"/></svg>`)
	return b.String()
}
