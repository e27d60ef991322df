package operator

import (
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"cassacomune/app/auth"
	"cassacomune/app/day"
	"cassacomune/app/web/page"
	"cassacomune/tenants"
)

type registerPage struct {
	listPage
	Filter page.Form
	Acts   []page.Option
}

var registerListing = page.Listing{Filters: []string{"azione", "dal", "al"}}

func registerFilter(f *page.Form) tenants.AuditFilter {
	out := tenants.AuditFilter{Action: f.Value("azione")}
	if from := f.Day("dal", "Dal"); !from.IsZero() {
		out.From = from.Start()
	}
	if to := f.Day("al", "Al"); !to.IsZero() {
		out.To = to.End()
	}
	return out
}

// register lists who did what on the platform.
func register(c *fiber.Ctx) error {
	p := registerPage{listPage: listPage{Base: page.For(c, "Registro della piattaforma"), CSV: true,
		Lead: "Chi ha fatto che cosa sulla piattaforma. Il CSV riporta anche la chiave esatta di ogni cosa toccata."}}
	p.Breadcrumb = []page.Link{{Name: "Comuni", URL: "/"}}
	p.List = page.ReadList(c, p.Words, registerListing)
	p.Filter, p.Acts = p.List.Form(), append([]page.Option{{Name: "Tutte"}}, page.Actions...)
	f := registerFilter(&p.Filter)
	p.Form.Errors = p.Filter.Errors
	f.Offset, f.Limit = p.List.Offset(), p.List.Size+1
	var rows []tenants.PlatformAuditRow
	err := page.At(c).DB.Platform(c.UserContext(), func(tx *tenants.PlatformTx) (err error) {
		rows, err = tx.AuditRows(f)
		return err
	})
	if err != nil {
		return err
	}
	rows = page.Shown(&p.List, rows)
	if p.Table, err = registerTable(c, rows); err != nil {
		return err
	}
	p.Table.Caption = p.List.Summary() + ", dalla più recente"
	if len(rows) == 0 {
		p.Empty = &page.Empty{Title: "Nessuna operazione", Text: "Nessuna operazione corrisponde ai filtri: togline uno.", URL: "/registro", Action: "Togli i filtri"}
	}
	return page.Show(c, "operator/register", p)
}

// registerTable says the rows to people: acts, persons and towns by name.
func registerTable(c *fiber.Ctx, rows []tenants.PlatformAuditRow) (t page.Table, err error) {
	t = page.Table{ID: "registro", Columns: page.Columns("Quando", "Chi", "Azione", "Dettaglio")}
	var ids []uuid.UUID
	for _, r := range rows {
		if id, err := uuid.Parse(r.Object); err == nil {
			ids = append(ids, id)
		}
	}
	names, err := auth.NamesOf(c.UserContext(), page.At(c).DB, ids)
	if err != nil {
		return t, err
	}
	towns, err := page.At(c).DB.All(c.UserContext())
	for _, r := range rows {
		act := page.Cell{Text: page.ActionName(r.Action)}
		object := r.Object
		if id, err := uuid.Parse(object); err == nil {
			object = names[id]
		}
		if object != "" {
			act.More = []page.Cell{{Text: object, Kind: "small"}}
		}
		if i := slices.IndexFunc(towns, func(t tenants.Tenant) bool { return t.ID.String() == r.Detail }); i >= 0 {
			r.Detail = towns[i].Name
		}
		t.Rows = append(t.Rows, []page.Cell{{Text: r.At.In(day.Rome).Format("02/01/2006 15:04:05")}, {Text: actor(r)}, act, {Text: r.Detail, Kind: "long"}})
	}
	return t, err
}

// actor is who did it, without the role that stands before the name.
func actor(r tenants.PlatformAuditRow) string {
	if _, name, ok := strings.Cut(r.Actor, " "); ok {
		return name
	}
	return r.Actor
}

// registerCSV is the register as a file, read in pieces, each in a transaction
// of its own.
func registerCSV(c *fiber.Ctx) error {
	form := page.ReadList(c, page.Words{}, registerListing).Form()
	f, db := registerFilter(&form), page.At(c).DB
	if form.Failed() {
		return register(c)
	}
	f.Limit = 1000
	ctx, done := page.LongDownload()
	return page.CSV(c, "registro.csv", []string{"quando", "chi", "azione", "oggetto", "dettaglio"}, func(yield func([]string, error) bool) {
		defer done()
		for more := true; more; {
			var rows []tenants.PlatformAuditRow
			if err := db.Platform(ctx, func(tx *tenants.PlatformTx) (err error) {
				rows, err = tx.AuditRows(f)
				return err
			}); err != nil {
				yield(nil, err)
				return
			}
			for _, r := range rows {
				if !yield([]string{r.At.In(day.Rome).Format("02/01/2006 15:04:05"), r.Actor, r.Action, r.Object, r.Detail}, nil) {
					return
				}
				f.Before = r.ID
			}
			more = len(rows) == f.Limit
		}
	})
}
