package codes

import (
	"regexp"
	"slices"
	"strings"
)

// FlowIDs are known ids of batches, to be found again in remittance texts that
// cut, tear or glue them. Case, dashes and blanks do not count.
type FlowIDs struct {
	squeezed []string            // sorted
	ids      map[string][]string // by what is left of them
}

// minFlowID is how much of an id must stand in a text to mean it: the date and
// the beginning of the PSP.
const minFlowID = 14

// reach is how far behind its marker an id is looked for, torn as it may be.
const reach = 200

// NewFlowIDs indexes known ids.
func NewFlowIDs(ids ...string) *FlowIDs {
	f := &FlowIDs{ids: map[string][]string{}}
	for _, id := range ids {
		s := squeeze(id)
		if s == "" || slices.Contains(f.ids[s], id) {
			continue
		}
		f.ids[s] = append(f.ids[s], id)
	}
	for s := range f.ids {
		f.squeezed = append(f.squeezed, s)
	}
	slices.Sort(f.squeezed)
	return f
}

// Resolve finds the known ids that a text names. If exact, each stands whole
// in the text; several are several flows. Otherwise they are proposals, however
// few: they begin like what the text has before it was cut, or the text goes
// on where they end.
func (f *FlowIDs) Resolve(text string) (ids []string, exact bool) {
	var near []string
	for _, at := range flowMark.FindAllStringIndex(text, -1) {
		rest := text[at[1]:min(len(text), at[1]+reach)]
		if again := flowMark.FindStringIndex(rest); again != nil {
			rest = rest[:again[0]]
		}
		known, ends := f.whole(recordMark.ReplaceAllString(rest, ""))
		switch {
		case ends:
			ids = union(ids, f.ids[known])
		case known != "":
			near = union(near, f.ids[known])
		default:
			code, _ := flowID(rest)
			near = union(near, f.beginning(squeeze(code)))
		}
	}
	if len(ids) == 0 {
		ids = f.anywhere(text)
	}
	if len(ids) > 0 {
		return ids, true
	}
	return near, false
}

// whole is the longest known id, squeezed, at the beginning of a text, "" if
// none; ends tells whether the text's own id ends there too.
func (f *FlowIDs) whole(text string) (known string, ends bool) {
	var read []byte
	for i := 0; i < len(text) && len(read) < maxFlowID; i++ {
		c := squeeze(text[i : i+1])
		if c == "" {
			continue
		}
		read = append(read, c...)
		if _, ok := f.ids[string(read)]; ok {
			known, ends = string(read), !idByte(next(text, i+1))
		}
	}
	return known, ends
}

// beginning lists the known ids that begin with a cut one.
func (f *FlowIDs) beginning(cut string) (ids []string) {
	if len(cut) < minFlowID {
		return nil
	}
	i, _ := slices.BinarySearch(f.squeezed, cut)
	for ; i < len(f.squeezed) && strings.HasPrefix(f.squeezed[i], cut); i++ {
		ids = append(ids, f.ids[f.squeezed[i]]...)
	}
	return ids
}

// dated finds where an id may begin: with a date, which blanks may tear.
var dated = regexp.MustCompile(torn("20") + `(?:\s?\d){2}\s?-\s?\d\s?\d\s?-\s?\d\s?\d`)

// anywhere looks for known ids in a text whose marker is lost: only those that
// begin with a date can be told from chance.
func (f *FlowIDs) anywhere(text string) (ids []string) {
	for _, at := range dated.FindAllStringIndex(text, -1) {
		if at[0] > 0 && idByte(text[at[0]-1]) {
			continue
		}
		if known, ends := f.whole(text[at[0]:]); ends && len(known) >= minFlowID {
			ids = union(ids, f.ids[known])
		}
	}
	return ids
}

func union(a, b []string) []string {
	for _, id := range b {
		if !slices.Contains(a, id) {
			a = append(a, id)
		}
	}
	return a
}

// squeeze leaves capitals and digits.
func squeeze(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z':
			return r - 'a' + 'A'
		case r >= 'A' && r <= 'Z', r >= '0' && r <= '9':
			return r
		}
		return -1
	}, s)
}
