package camt

import "strings"

// node is an element that the reader knows where it stands. It may do
// something when it begins, with its value, and when it ends.
type node struct {
	name  string
	kids  map[string]*node
	other *node // stands for any child that kids does not name; nil: pass over it
	start func(*reader)
	text  func(*reader, []byte)
	end   func(*reader)
}

// field says what to do with the value of an element. Its path begins below
// the element that the table is about; a|b stands for either name.
type field struct {
	path string
	text func(*reader, []byte)
}

// wrappers are elements that some versions put around what others write bare:
// Dbtr/Pty/Nm and Dbtr/Nm are the same to us.
var wrappers = map[string]bool{
	"Pty": true, "Agt": true, "FinInstnId": true, "OrgId": true, "PrvtId": true, "CdOrPrtry": true, "NtryDtls": true,
}

// grow makes the tree of a table below a root.
func grow(tables ...[]field) *node {
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
				below = append(below, parent.kid(name))
			}
		}
		found = below
	}
	return found
}

func (n *node) kid(name string) *node {
	if k := n.kids[name]; k != nil {
		return k
	}
	if n.kids == nil {
		n.kids = map[string]*node{}
	}
	k := &node{name: name}
	if strings.HasSuffix(name, "Amt") {
		k.start = (*reader).readCurrency
	}
	n.kids[name] = k
	return k
}

// outside is any element outside an account's report: message, envelope,
// business header.
var outside = forest()

func forest() *node {
	account := grow(statementFields, balanceFields, totalFields, entryFields, detailFields)
	account.start, account.end = (*reader).beginStatement, (*reader).endStatement
	balance := account.kid("Bal")
	balance.start, balance.end = (*reader).beginBalance, (*reader).endBalance
	entry := account.kid("Ntry")
	entry.start, entry.end = (*reader).beginEntry, (*reader).endEntry
	detail := entry.kid("TxDtls")
	detail.start, detail.end = (*reader).beginDetail, (*reader).endDetail

	n := grow(messageFields)
	n.other, n.start = n, (*reader).envelope
	n.kid("GrpHdr").start = (*reader).head
	for _, name := range []string{"Stmt", "Rpt", "Ntfctn"} {
		n.kids[name] = account
	}
	return n
}
