package mt

import (
	"bytes"
	"strings"

	"cassacomune/app/formats/internal/fixed"
)

// Sniff reports whether a file that begins like this is a statement or an
// interim report, or a fragment of one. An envelope must name message 940 or
// 942. Without envelope, the first line must be a tag of ours, or there must
// be two of them behind the junk. Tags of other messages before the first that
// only ours have make it one of those: a payment (103), an advice (900, 910). XML is
// never ours, whatever its text says.
func Sniff(head []byte) bool {
	if bytes.IndexByte(head, 0) >= 0 {
		return false
	}
	lines := bytes.FieldsFunc(head, func(r rune) bool { return r == '\n' || r == '\r' })
	first, seen := true, map[string]bool{}
	begins := false // with a tag of ours
	for _, b := range lines {
		line := strings.Trim(string(b), blank)
		if line == "" {
			continue
		}
		if first && line[0] == '<' {
			return false
		}
		if kind := messageOf(line); isEnvelope(line) && kind != "" {
			return kind == "940" || kind == "942"
		}
		if tag, content, ok := cutTag(line); ok {
			k, ours := tags[tag]
			switch {
			case !ours && !outside(tag):
				return false
			case !plausible(tag, content):
			case k == body && (begins || first || len(seen) > 0):
				return true
			default:
				seen[tag] = true
				begins = begins || first
			}
		}
		first = first && isEnvelope(line)
	}
	return begins
}

// outside reports whether a tag is not SWIFT's.
func outside(tag string) bool { return tag == "NS" || tag == "NSF" }

// plausible looks at the content of the tags that have a form.
func plausible(tag, content string) bool {
	switch tag {
	case "61":
		return len(content) >= 6 && fixed.Digits(content[:6])
	case "60F", "60M", "62F", "62M", "64", "65":
		return len(content) > 10 && (content[0] == 'C' || content[0] == 'D') && currency(content[7:10])
	case "20", "25", "28", "28C":
		return strings.TrimSpace(content) != ""
	}
	return true
}
