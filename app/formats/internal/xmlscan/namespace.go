package xmlscan

import (
	"strings"
	"unicode/utf8"
)

const (
	xmlSpace   = "http://www.w3.org/XML/1998/namespace"
	xmlnsSpace = "http://www.w3.org/2000/xmlns/"
)

type binding struct{ prefix, space string }

// declaration is a binding made in a scope. The same one gives the same scope
// again, so that a file that declares its prefix in every row keeps the names
// it knows.
type declaration struct {
	outer int
	binding
}

// maxScopes bounds what is remembered of them.
const maxScopes = 256

// declare obeys an attribute xmlns or xmlns:prefix. from is how many bindings
// there were before the tag.
func (s *Scanner) declare(attr, space string, from int) error {
	_, prefix, prefixed := strings.Cut(attr, ":")
	if !s.validName([]byte(attr)) {
		return s.malformed("nome %q non ammesso", attr)
	}
	for _, b := range s.binds[from:] {
		if b.prefix == prefix {
			return s.malformed("dichiarazione del prefisso %q ripetuta", prefix)
		}
	}
	switch {
	case prefix == "xml" && space == xmlSpace:
		return nil
	case prefix == "xml", prefix == "xmlns", space == xmlSpace, space == xmlnsSpace, prefixed && (space == "" || !localName(prefix)):
		return s.fail(Namespaces, "prefisso %q legato male", prefix)
	case len(s.binds)-from >= MaxAttrs:
		return s.fail(Attributes, "più di %d dichiarazioni di prefissi", MaxAttrs)
	}
	b := binding{prefix, space}
	s.binds = append(s.binds, b)
	known := declaration{s.scope, b}
	scope, ok := s.scopes[known]
	if !ok {
		s.last++
		scope = s.last
		if len(s.scopes) < maxScopes && len(prefix)+len(space) <= 4*maxKept {
			s.scopes[known] = scope
		}
	}
	s.scope = scope
	return nil
}

// expand splits a name and looks up its prefix.
func (s *Scanner) expand(raw string, isAttr bool) (space, local string, err error) {
	prefix, local, ok := strings.Cut(raw, ":")
	if !ok {
		if isAttr {
			return "", raw, nil
		}
		prefix, local = "", raw
	} else if prefix == "" || !localName(local) {
		return "", "", s.fail(Namespaces, "nome %s non leggibile", raw)
	}
	for k := len(s.binds) - 1; k >= 0; k-- {
		if s.binds[k].prefix == prefix {
			return s.binds[k].space, local, nil
		}
	}
	if prefix != "" {
		return "", "", s.fail(Namespaces, "prefisso %s non dichiarato", prefix)
	}
	return "", local, nil
}

// localName reports whether a part of a valid name may stand behind the colon,
// or be bound as a prefix.
func localName(part string) bool {
	r, _ := utf8.DecodeRuneInString(part)
	return part != "" && !strings.Contains(part, ":") && (r < utf8.RuneSelf && class[r]&startByte != 0 || in(r, nameStart))
}
