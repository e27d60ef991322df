package xlsx

import (
	"cassacomune/app/formats/internal/xmlscan"
)

// texts are the shared texts of a workbook, one behind the other.
type texts struct {
	all  []byte
	ends []int32
}

// at returns the text of that number.
func (t *texts) at(i int) (string, bool) {
	if i < 0 || i >= len(t.ends) {
		return "", false
	}
	from := int32(0)
	if i > 0 {
		from = t.ends[i-1]
	}
	return string(t.all[from:t.ends[i]]), true
}

// texts reads the shared texts. What is written over a text to be read aloud
// (rPh) is not part of it.
func (b *book) texts() error {
	part := b.parts[b.shared]
	s, done, err := open(part)
	if err != nil {
		return err
	}
	defer done()
	t := &b.s.shared
	t.all = make([]byte, 0, min(part.UncompressedSize64, maxShared)) // never more than its XML
	aloud := 0                                                       // depth of rPh
	for s.Next() {
		switch {
		case s.Kind == xmlscan.Start && s.Name == "rPh" && aloud == 0:
			aloud = s.Depth()
		case s.Kind == xmlscan.End && s.Depth() == aloud:
			aloud = 0
		case s.Kind == xmlscan.End && s.Name == "si":
			t.ends = append(t.ends, int32(len(t.all)))
		case s.Kind == xmlscan.Text && aloud == 0:
			t.all = append(t.all, s.Text()...)
		}
		if len(t.all)+4*len(t.ends) > maxShared {
			return ErrBomb
		}
	}
	return fault(s.Err())
}
