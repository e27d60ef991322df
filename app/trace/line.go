// Package trace follows the euro: from any code forward to the order and back
// to every debt, with the evidence of each step; it finds what a code is, and
// checks what must always hold. It changes nothing.
package trace

import (
	"time"

	"github.com/google/uuid"

	"cassacomune/app/day"
	"cassacomune/app/ledger"
	"cassacomune/app/money"
)

// Stage is a step of the line.
type Stage string

// The stages, in the order of the money.
const (
	Due       Stage = "due"
	Asked     Stage = "asked"
	Collected Stage = "collected"
	Remitted  Stage = "remitted"
	Credited  Stage = "credited"
	Ordered   Stage = "ordered"
)

// Stages are all of them, in order.
var Stages = []Stage{Due, Asked, Collected, Remitted, Credited, Ordered}

// Italian names the stage.
func (s Stage) Italian() string {
	return map[Stage]string{Due: "Dovuto", Asked: "Avvisato", Collected: "Incassato", Remitted: "Riversato",
		Credited: "Accreditato", Ordered: "Ordinato (reversale)"}[s]
}

// Node is something on the line: a debt, a notice, a collection, a batch, a
// provisional credit, an order.
type Node struct {
	Stage    Stage       `json:"stage"`
	ID       uuid.UUID   `json:"id"`
	Title    string      `json:"title"`  // the name by which people know it
	Detail   string      `json:"detail"` // Italian, one sentence
	Cents    money.Cents `json:"cents"`
	On       day.Date    `json:"on"`
	Evidence string      `json:"evidence"` // file and line, message, person
}

// Edge says which cents of a node are cents of its neighbour, and who says so.
type Edge struct {
	From     uuid.UUID       `json:"from"`
	To       uuid.UUID       `json:"to"`
	Cents    money.Cents     `json:"cents"`
	Origin   ledger.Origin   `json:"origin"`
	Rule     string          `json:"rule"`
	Who      string          `json:"who"`
	When     time.Time       `json:"when"`
	Evidence []ledger.Reason `json:"evidence"`
}

// Line is what a code stands on: every node that shares cents with it, both
// ways.
type Line struct {
	Code  string `json:"code"`
	What  string `json:"what"` // Italian: what the code is
	From  Stage  `json:"from"` // the step on which the code stands
	Nodes []Node `json:"nodes"`
	Edges []Edge `json:"edges"`
}

// At returns the nodes of a stage.
func (l Line) At(s Stage) (nodes []Node) {
	for _, n := range l.Nodes {
		if n.Stage == s {
			nodes = append(nodes, n)
		}
	}
	return nodes
}

// Reached returns the stages that the euro has reached.
func (l Line) Reached() (stages []Stage) {
	for _, s := range Stages {
		if len(l.At(s)) > 0 {
			stages = append(stages, s)
		}
	}
	return stages
}
