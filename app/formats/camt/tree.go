package camt

import (
	"strings"

	"cassacomune/app/formats"
)

// node is an element that the reader knows where it stands. It may do
// something when it begins, with its value, and when it ends.
type node struct {
	name  string
	kids  []kid
	other *node // stands for any child that kids does not name; nil: pass over it
	start func(*reader)
	text  func(*reader, []byte)
	end   func(*reader)
}

// kid is a child. A few names in a row are found sooner than in a map.
type kid struct {
	name string
	node *node
}

// child returns the child of a name, nil where there is none.
func (n *node) child(name string) *node {
	for i := range n.kids {
		if n.kids[i].name == name {
			return n.kids[i].node
		}
	}
	return nil
}

// field says what to do with the value of an element. Its path begins below
// the element that the table is about; a|b stands for either name.
type field struct {
	path string
	text func(*reader, []byte)
}

// wraps reports whether an element is one that some versions put around what
// others write bare: Dbtr/Pty/Nm and Dbtr/Nm are the same to us.
func wraps(name string) bool {
	switch name {
	case "Pty", "Agt", "FinInstnId", "OrgId", "PrvtId", "CdOrPrtry", "NtryDtls":
		return true
	}
	return false
}

// tree makes what tables say below a root.
func tree(tables ...[]field) *node {
	root := &node{}
	for _, fields := range tables {
		for _, f := range fields {
			for _, n := range root.find(f.path) {
				n.text = f.text
			}
		}
	}
	return root
}

// find returns the nodes that a path names, and makes them where they are not.
func (n *node) find(path string) []*node {
	found := []*node{n}
	for names := range strings.SplitSeq(path, "/") {
		var below []*node
		for _, parent := range found {
			for name := range strings.SplitSeq(names, "|") {
				below = append(below, parent.grow(name))
			}
		}
		found = below
	}
	return found
}

// grow returns the child of a name, made if it was not there.
func (n *node) grow(name string) *node {
	if k := n.child(name); k != nil {
		return k
	}
	k := &node{name: name}
	if strings.HasSuffix(name, "Amt") {
		k.start = (*reader).readCurrency
	}
	n.kids = append(n.kids, kid{name, k})
	return k
}

// outside is any element outside an account's report: message, envelope,
// business header.
var outside = everything()

func everything() *node {
	account := tree(statementFields, balanceFields, totalFields, entryFields, detailFields, referenceFields,
		bankCodeFields("Ntry/BkTxCd", func(r *reader) *bankCode { return &r.entry.code }),
		bankCodeFields("Ntry/TxDtls/BkTxCd", func(r *reader) *bankCode { return &r.detail.code }),
		partyFields("Dbtr", func(d *detail) *formats.Party { return &d.Debtor }),
		partyFields("Cdtr", func(d *detail) *formats.Party { return &d.Creditor }),
		partyFields("UltmtDbtr", func(d *detail) *formats.Party { return &d.debtor }),
		partyFields("UltmtCdtr", func(d *detail) *formats.Party { return &d.creditor }))
	account.start, account.end = (*reader).beginStatement, (*reader).endStatement
	balance := account.grow("Bal")
	balance.start, balance.end = (*reader).beginBalance, (*reader).endBalance
	entry := account.grow("Ntry")
	entry.start, entry.end = (*reader).beginEntry, (*reader).endEntry
	detail := entry.grow("TxDtls")
	detail.start, detail.end = (*reader).beginDetail, (*reader).endDetail

	n := tree(messageFields)
	n.other, n.start = n, (*reader).envelope
	n.grow("GrpHdr").start = (*reader).head
	for _, name := range []string{"Stmt", "Rpt", "Ntfctn"} {
		n.kids = append(n.kids, kid{name, account})
	}
	return n
}
