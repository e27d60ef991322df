package admin

import (
	"context"
	"iter"

	"github.com/gofiber/fiber/v2"

	"cassacomune/app/auth"
	"cassacomune/app/day"
	"cassacomune/app/web/page"
	"cassacomune/jobs"
	"cassacomune/tenants"
)

type registerPage struct {
	page.Base
	List   page.List
	Table  page.Table
	Empty  *page.Empty
	Filter page.Form
	Acts   []page.Option
}

var registerHead = []string{"Quando", "Chi", "Ruolo", "Azione", "Oggetto", "Dettaglio"}

// register lists who did what.
func register(c *fiber.Ctx) error {
	p := registerPage{Base: start(c, "Registro delle operazioni").Base}
	p.List = page.ReadList(c, p.Words, page.Listing{Filters: []string{"azione", "chi", "dal", "al"}})
	p.Filter, p.Acts = p.List.Form(), append([]page.Option{{Name: "Tutte"}}, page.Actions...)
	from, to := p.Filter.Day("dal", "Dal"), p.Filter.Day("al", "Al")
	f := tenants.AuditFilter{Action: p.List.Filter("azione"), Actor: p.List.Filter("chi")}
	if !from.IsZero() {
		f.From = from.Start()
	}
	if !to.IsZero() {
		f.To = to.End()
	}
	p.Form.Errors = p.Filter.Errors
	at := page.At(c)
	if p.List.CSV && !p.Filter.Failed() {
		return page.CSV(c, "registro.csv", registerHead, auditRows(at.DB, at.Tenant.ID, f))
	}
	var shown []tenants.AuditRow
	var files jobs.FileNames
	if err := at.Read(c, func(tx *tenants.Tx) error {
		f.Offset, f.Limit = p.List.Offset(), p.List.Size+1
		rows, err := tx.AuditRows(f)
		p.Table = page.Table{ID: "registro", Caption: "Operazioni, dalla più recente", Columns: page.Columns("Quando", "Chi", "Azione", "Dettaglio")}
		if err != nil {
			return err
		}
		shown = page.Shown(&p.List, rows)
		files, err = jobs.NamesOfFiles(tx)
		return err
	}); err != nil {
		return err
	}
	known, err := auth.NamesOf(c.UserContext(), at.DB, persons(shown))
	if err != nil {
		return err
	}
	for _, r := range shown {
		p.Table.Rows = append(p.Table.Rows, deedWords{files, at.Catalogue, known}.row(r))
	}
	if len(p.Table.Rows) == 0 {
		p.Empty = &page.Empty{Title: "Nessuna operazione", Text: "Nessuna operazione corrisponde ai filtri: togline uno.", URL: "/admin/registro", Action: "Togli i filtri"}
	}
	return page.Show(c, "admin/register", p)
}

func auditCells(r tenants.AuditRow) []string {
	return []string{r.At.In(day.Rome).Format("02/01/2006 15:04:05"), r.Actor, roleName(r.Role), r.Action, r.Object, r.Detail}
}

func roleName(role string) string {
	switch role {
	case "system":
		return "sistema"
	case "citizen":
		return "cittadino"
	case "operator":
		return "gestore"
	}
	return named(roles, role)
}

// auditRows reads the register in pieces, each in a transaction of its own.
func auditRows(db *tenants.DB, tenant tenants.ID, f tenants.AuditFilter) iter.Seq2[[]string, error] {
	return func(yield func([]string, error) bool) {
		f.Limit = 1000
		for {
			var rows []tenants.AuditRow
			err := db.Read(context.Background(), tenant, func(tx *tenants.Tx) (err error) {
				rows, err = tx.AuditRows(f)
				return err
			})
			if err != nil {
				yield(nil, err)
				return
			}
			for _, r := range rows {
				if !yield(auditCells(r), nil) {
					return
				}
			}
			if len(rows) < f.Limit {
				return
			}
			f.Before = rows[len(rows)-1].ID
		}
	}
}
