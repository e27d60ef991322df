package p7m

import (
	"bytes"
	"io"
	"strings"

	"cassacomune/app/formats/internal/xmlscan"
)

// Keys of the signatures that are recognised and not verified.
const (
	PAdES = "pades" // inside a PDF (ETSI EN 319 142)
	XAdES = "xades" // inside an XML (ETSI EN 319 132)
)

// Unsupported recognises a file that carries its signature inside, as PDF and
// XML can, and says in Italian that it is not verified; "" for any other. It
// reads r to its end in flat memory. Journals carry an XML signature too:
// readers of known formats come first.
func Unsupported(r io.Reader) (key, why string) {
	var head [5]byte
	n, _ := io.ReadFull(r, head[:])
	r = io.MultiReader(bytes.NewReader(head[:n]), r)
	switch {
	case string(head[:]) == "%PDF-":
		if contains(r, "/ByteRange") { // only signature dictionaries have it
			return PAdES, "PDF firmato (PAdES): questa firma non è ancora verificata; serve il file .p7m (CAdES)"
		}
	case bytes.IndexByte(head[:n], '<') >= 0:
		if isXAdES(r) {
			return XAdES, "XML firmato (XAdES): questa firma non è ancora verificata; serve il file .p7m (CAdES)"
		}
	}
	return "", ""
}

// contains reports whether a word stands anywhere in r.
func contains(r io.Reader, word string) bool {
	window := make([]byte, 64<<10)
	kept := 0
	for {
		n, err := r.Read(window[kept:])
		if bytes.Contains(window[:kept+n], []byte(word)) {
			return true
		}
		if err != nil {
			return false
		}
		tail := min(kept+n, len(word)-1)
		kept = copy(window, window[kept+n-tail:kept+n])
	}
}

// Namespaces of XML signatures; the second has its version behind.
const (
	signatures = "http://www.w3.org/2000/09/xmldsig#"
	qualifying = "http://uri.etsi.org/01903/"
)

// isXAdES reports whether an XML is a signature or holds a qualified one.
func isXAdES(r io.Reader) bool {
	signed := false
	for s := xmlscan.New(r); s.Next(); {
		if s.Kind != xmlscan.Start {
			continue
		}
		switch {
		case s.Space == signatures && s.Name == "Signature":
			if signed = true; s.Depth() == 1 {
				return true
			}
		case signed && strings.HasPrefix(s.Space, qualifying) && s.Name == "QualifyingProperties":
			return true
		}
	}
	return false
}
