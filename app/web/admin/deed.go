package admin

import (
	"cmp"
	"strings"

	"github.com/google/uuid"

	"cassacomune/app/web/page"
	"cassacomune/jobs"
	"cassacomune/tenants"
)

// deedWords says a row of the register to people: files, persons and types by
// their names. Keys that nobody can read stand in the CSV, to the letter.
type deedWords struct {
	files   jobs.FileNames
	types   []tenants.DebtType
	persons map[uuid.UUID]string
}

// persons are those to whom something was done.
func persons(rows []tenants.AuditRow) (ids []uuid.UUID) {
	for _, r := range rows {
		if id, err := uuid.Parse(r.Object); err == nil && toPerson(r.Action) {
			ids = append(ids, id)
		}
	}
	return ids
}

func toPerson(action string) bool {
	return strings.HasPrefix(action, "member.") || strings.HasPrefix(action, "person.")
}

func (w deedWords) row(r tenants.AuditRow) []page.Cell {
	cells := auditCells(r)
	act, detail := page.Cell{Text: page.ActionName(r.Action)}, page.Cell{Text: w.detail(r), Kind: "long"}
	switch object := w.object(r); {
	case r.Action == "debt.create" || r.Action == "debt.change" || r.Action == "debt.annul":
		detail.Text, detail.URL = cmp.Or(detail.Text, "Vedi la posizione"), "/desk/posizioni/"+r.Object
	case object != "":
		act.More = []page.Cell{{Text: object, Kind: "small"}}
	}
	return []page.Cell{{Text: cells[0]}, {Text: cells[1], More: []page.Cell{{Text: cells[2], Kind: "small"}}}, act, detail}
}

func (w deedWords) object(r tenants.AuditRow) string {
	id, err := uuid.Parse(r.Object)
	switch {
	case err == nil:
		return w.persons[id]
	case r.Action == "settings.save":
		return ""
	}
	return r.Object
}

func (w deedWords) detail(r tenants.AuditRow) string {
	switch r.Action {
	case "import.start", "import.applied":
		return w.files.In("file " + r.Detail)
	case "import.approve":
		return map[string]string{string(jobs.AllOrNothing): "tutto il file", string(jobs.GoodRows): "solo le righe buone"}[r.Detail]
	case "member.grant", "member.revoke":
		return roleName(r.Detail)
	case "debt.create":
		for _, t := range w.types {
			if t.Code == r.Detail {
				return t.Name
			}
		}
	case "person.admit": // the town's own key
		return ""
	}
	return r.Detail
}
