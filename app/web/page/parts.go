package page

import (
	"html/template"

	"cassacomune/app/day"
	"cassacomune/app/money"
)

// Lamp is the state of one step of the line.
type Lamp string

// The states. A step that the debt's channel does not have is off.
const (
	Open  Lamp = "open"
	Part  Lamp = "part"
	Done  Lamp = "done"
	Wrong Lamp = "wrong"
	Off   Lamp = "off"
)

// Step is one step of the line, as a page shows it.
type Step struct {
	State            Lamp
	Name, Says, Mark string
	Amount, On, Note string
}

// Reached is what is known of one step: its state, and the amount, the day and
// a remark where there are any.
type Reached struct {
	State  Lamp
	Amount money.Cents
	On     day.Date
	Note   string
}

// Line is the path of the money (dovuto, avvisato, incassato, riversato,
// accreditato, ordinato) for the parts line and lamps.
type Line struct {
	Words
	Steps []Step
}

// NewLine names the six steps; those not given are open.
func NewLine(w Words, reached ...Reached) Line {
	names := []string{
		w.T("line.due|Dovuto"), w.T("line.asked|Avvisato"), w.T("line.collected|Incassato"),
		w.T("line.remitted|Riversato"), w.T("line.credited|Accreditato"), w.T("line.ordered|Ordinato"),
	}
	line := Line{Words: w}
	for i, name := range names {
		r := Reached{State: Open}
		if i < len(reached) {
			r = reached[i]
		}
		line.Steps = append(line.Steps, step(w, name, r))
	}
	return line
}

// Last names the last step that the money has reached, and whether only part
// of it has; nothing where nothing is due any more.
func (l Line) Last() (name string) {
	for _, s := range l.Steps {
		switch s.State {
		case Done:
			name = s.Name
		case Part, Wrong:
			name = s.Name + " " + s.Says
		}
	}
	return name
}

func step(w Words, name string, r Reached) Step {
	s := Step{State: r.State, Name: name, On: r.On.Italian(), Note: r.Note}
	if r.Amount != 0 {
		s.Amount = r.Amount.String()
	}
	switch r.State {
	case Done:
		s.Says, s.Mark = w.T("line.done|fatto"), "✓"
	case Part:
		s.Says = w.T("line.part|in parte")
	case Wrong:
		s.Says, s.Mark = w.T("line.wrong|da verificare"), "!"
	case Off:
		s.Says, s.Mark = w.T("line.off|non previsto"), "–"
	default:
		s.State, s.Says = Open, w.T("line.open|in attesa")
	}
	return s
}

// Table is a table for the part table: plain cells, no decisions.
type Table struct {
	ID, Caption string
	Columns     []Column
	Rows        [][]Cell
	Foot        []Cell
}

// Cards reports whether each row is a card on a phone, its cells below each
// other behind the names of their columns: what has few columns fits as it is.
func (t Table) Cards() bool { return cards(t.Columns) }

func cards(columns []Column) bool { return len(columns) > 3 }

// Cell is one cell. Kind is empty, money, code, small, long (may be broken
// anywhere) or badge (with its Class). More stands below it in the same cell, badges beside it.
type Cell struct {
	Text, URL, Kind, Class string
	More                   []Cell

	ready template.HTML // made by LampsCell
}

// Empty is what a page says when there is nothing to show, and what to do.
type Empty struct{ Title, Text, URL, Action string }

// Progress is a job that runs. URL answers the part alone, Page the whole page.
type Progress struct {
	Words
	Text, URL, Page string
	Done, Total     int
	Ended           bool
}

// Steps is the stepper of a flow that goes over several pages.
type Steps struct {
	Words
	Steps []StepName
	At    int
}

// StepName is one step of a flow. State is confirmed, active or empty.
type StepName struct{ Name, State string }

// NewSteps returns the stepper standing at a step, counted from one.
func NewSteps(w Words, at int, names ...string) Steps {
	s := Steps{Words: w, At: at}
	for i, name := range names {
		state := ""
		if i+1 < at {
			state = "confirmed"
		} else if i+1 == at {
			state = "active"
		}
		s.Steps = append(s.Steps, StepName{name, state})
	}
	return s
}

// Code is a code with a button that copies it.
type Code struct {
	Words
	Text, Value string
}
