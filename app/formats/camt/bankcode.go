package camt

import (
	"bytes"
	"strings"
)

// bankCode is a bank transaction code (BkTxCd): that of ISO in three parts, or
// the bank's own with who issued it.
type bankCode struct{ domain, family, sub, own, issuer string }

func bankCodeFields(path string, code func(*reader) *bankCode) []field {
	return []field{
		{path + "/Domn/Cd", func(r *reader, b []byte) { code(r).domain = r.word(b) }},
		{path + "/Domn/Fmly/Cd", func(r *reader, b []byte) { code(r).family = r.word(b) }},
		{path + "/Domn/Fmly/SubFmlyCd", func(r *reader, b []byte) { code(r).sub = r.word(b) }},
		{path + "/Prtry/Cd", func(r *reader, b []byte) { code(r).own = r.word(b) }},
		{path + "/Prtry/Issr", func(r *reader, b []byte) { code(r).issuer = r.word(b) }},
	}
}

// tell returns the code: PMNT/RCDT/ESCT, or the bank's own, or the ABI causale
// that CBI puts in front of its own ("48//"). What it leaves out goes to the
// notes.
func (c bankCode) tell(r *reader, raw *notes) string {
	own, rest := c.own, ""
	if c.issuer == "CBI" {
		own, rest, _ = strings.Cut(own, "/")
	}
	if c.domain == "" {
		if rest = strings.Trim(rest, "/"); rest != "" {
			raw.add("BkTxCd", []byte(c.own))
		}
		return own
	}
	if c.own != "" {
		raw.add("BkTxCd", bytes.TrimSpace([]byte(c.own+" "+c.issuer)))
	}
	if c.family == "" {
		return c.domain
	}
	return r.word([]byte(c.domain + "/" + c.family + "/" + c.sub))
}
