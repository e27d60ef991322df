package xmlscan

import (
	"fmt"
	"io"
)

// Rule names what a file breaks.
type Rule string

// Rules that are not ours.
const (
	WellFormed Rule = "well-formed" // XML 1.0, fifth edition
	Namespaces Rule = "namespaces"  // Namespaces in XML 1.0
	Source     Rule = "source"      // the file could not be read to its end
)

// Our refusals: the file may be well-formed, but is not acceptable.
const (
	Doctype        Rule = "doctype"          // entities, defaults and files from elsewhere
	Version        Rule = "version"          // XML 1.1 and whatever else is not 1.0
	Encoding       Rule = "encoding"         // UTF-16, UTF-32, EBCDIC, or a name we do not know
	Depth          Rule = "depth"            // more than MaxDepth elements nested
	ValueLength    Rule = "value-length"     // a value of more than MaxText bytes
	TagLength      Rule = "tag-length"       // a tag, a declaration or a name too long
	Attributes     Rule = "attributes"       // more than MaxAttrs in one tag, or too many prefixes
	CommentInValue Rule = "comment-in-value" // or an instruction: "1<!-- -->00" is no amount
	TrailingNUL    Rule = "trailing-nul"     // after the root, where some programs stop reading
)

// Refusal reports whether the rule is ours alone.
func (r Rule) Refusal() bool { return r != WellFormed && r != Namespaces && r != Source }

// Error is a breach of XML's rules or of ours, with its line.
type Error struct {
	Line   int
	Rule   Rule
	Reason string // Italian
	Err    error  // what the source said, if it failed
}

func (e *Error) Error() string { return fmt.Sprintf("riga %d: %s", e.Line, e.Reason) }

// Unwrap returns the source's error.
func (e *Error) Unwrap() error { return e.Err }

func (s *Scanner) malformed(format string, args ...any) error {
	return s.fail(WellFormed, format, args...)
}

// fail makes the error of the place where the window stands.
func (s *Scanner) fail(rule Rule, format string, args ...any) error {
	return s.failAt(s.in.line, rule, format, args...)
}

// failAt makes the error of a line. What looks broken may only have been cut
// by a source that failed.
func (s *Scanner) failAt(line int, rule Rule, format string, args ...any) error {
	if s.in.err != nil && s.in.err != io.EOF {
		return &Error{Line: line, Rule: Source, Reason: "lettura del file interrotta", Err: s.in.err}
	}
	return &Error{Line: line, Rule: rule, Reason: fmt.Sprintf(format, args...)}
}
