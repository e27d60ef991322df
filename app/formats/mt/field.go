package mt

import "strings"

// frame is what stands before a message without being part of it: control
// characters of the network, the BOM of a file that was joined to another.
// blank is what surrounds a line, with the end of file of DOS.
const (
	frame = "\x01\x02\x03\ufeff"
	blank = frame + " \t\x1a"
)

// field is a tag with its lines.
type field struct {
	tag   string
	line  int      // of its tag
	lines []string // the first without the tag
	size  int      // bytes of the lines
	cut   bool     // some lines were too many
	dash  bool     // the last line may be the end of the block
}

// kind says what part of a message a tag is.
type kind int

const (
	other   kind = iota
	head         // of the file or of the message, says nothing
	account      // before the movements
	body         // only a statement or an interim report has it
)

// tags lists the fields of MT940 and MT942 (SWIFT, Standards MT, category 9)
// and the head that a Dutch bank writes on top.
var tags = map[string]kind{
	"940": head, "942": head,
	"20": account, "21": account, "25": account, "25P": account, "13D": account,
	"28": body, "28C": body, "34F": body, "60F": body, "60M": body, "61": body, "86": body,
	"62F": body, "62M": body, "64": body, "65": body, "90C": body, "90D": body,
}

// cutTag takes a line like ":60F:C260101EUR0," apart. A tag is two digits with
// a letter at the most, the three digits of a message, or one of the letters
// for fields outside SWIFT (NS, NSF).
func cutTag(line string) (tag, content string, ok bool) {
	if len(line) < 4 || line[0] != ':' {
		return "", "", false
	}
	end := strings.IndexByte(line[1:min(len(line), 5)], ':')
	if end < 0 {
		return "", "", false
	}
	tag, content = line[1:end+1], line[end+2:]
	switch {
	case tag == "NS" || tag == "NSF":
		return tag, content, true
	case end < 2 || !digit(tag[0]) || !digit(tag[1]):
		return "", "", false
	case end == 2 || tag[2] >= 'A' && tag[2] <= 'Z' || tags[tag] == head:
		return tag, content, true
	}
	return "", "", false
}

// isEnd reports whether a line ends a block: a dash, or a dash with what the
// network ("-}{5:}"), old exports ("-XXX") or a wrong character set (the brace
// of a Swedish terminal, a control character) put behind it.
func isEnd(line string) bool {
	line = strings.Trim(line, blank)
	if line == "" || line[0] != '-' {
		return false
	}
	rest := []rune(line[1:min(len(line), 8)])
	switch {
	case len(rest) == 0, string(rest) == "XXX", rest[0] == '}':
		return true
	}
	return len(rest) == 1 && (rest[0] < ' ' || rest[0] > '~')
}

func closesEnvelope(line string) bool { return strings.HasPrefix(strings.Trim(line, blank), "-}") }

// isEnvelope reports whether a line is of the network's head.
func isEnvelope(line string) bool {
	return len(line) > 2 && line[0] == '{' && line[2] == ':' && line[1] >= '1' && line[1] <= '4'
}

// messageOf returns the three digits of the message that block 2 of an
// envelope names: {2:I940... from the sender, {2:O940... from the network.
func messageOf(envelope string) string {
	_, rest, ok := strings.Cut(envelope, "{2:")
	if !ok || len(rest) < 4 || rest[0] != 'I' && rest[0] != 'O' {
		return ""
	}
	for i := 1; i < 4; i++ {
		if !digit(rest[i]) {
			return ""
		}
	}
	return rest[1:4]
}

func digit(c byte) bool  { return c >= '0' && c <= '9' }
func letter(c byte) bool { return c >= 'A' && c <= 'Z' }
