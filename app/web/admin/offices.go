package admin

import (
	"github.com/gofiber/fiber/v2"

	"cassacomune/app/fault"
	"cassacomune/app/web/page"
	"cassacomune/tenants"
)

var officesLink = page.Link{Name: "Uffici", URL: "/admin/uffici"}

func offices(c *fiber.Ctx) error { return showOffices(c, start(c, "Uffici")) }

func showOffices(c *fiber.Ctx, s sheet) error {
	var all []tenants.Office
	if err := page.At(c).Read(c, func(tx *tenants.Tx) (err error) {
		all, err = tx.Offices()
		return err
	}); err != nil {
		return err
	}
	s.Lead = "Gli uffici del Comune che riscuotono. Un operatore può essere limitato ai tipi dovuto di alcuni uffici."
	t := &page.Table{ID: "uffici", Caption: "Uffici", Columns: page.Columns("Codice", "Nome", "Nome in tedesco")}
	for _, o := range all {
		t.Rows = append(t.Rows, []page.Cell{{Text: o.Code, Kind: "code"}, {Text: o.Name, URL: "/admin/uffici/" + o.Code}, {Text: o.NameDE}})
	}
	if s.Table = t; len(all) == 0 {
		s.Table, s.Empty = nil, &page.Empty{Title: "Nessun ufficio", Text: "Aggiungi il primo ufficio: ogni tipo dovuto appartiene a un ufficio."}
	}
	s.FormName, s.Submit = "Aggiungi un ufficio", "Aggiungi"
	s.Sections = officeFields(&s, true)
	return s.show(c)
}

func officeFields(s *sheet, fresh bool) []section {
	fields := []page.Field{s.need("name", "Nome", ""), s.text("name_de", "Nome in tedesco", "solo per i Comuni bilingui")}
	if fresh {
		fields = append([]page.Field{s.need("code", "Codice", "lettere, cifre, trattini: per esempio scuola")}, fields...)
	}
	return []section{{Fields: fields}}
}

func addOffice(c *fiber.Ctx) error {
	s := start(c, "Uffici")
	f := s.read(c)
	o := tenants.Office{Code: f.Need("code", "Codice"), Name: f.Need("name", "Nome"), NameDE: f.Value("name_de")}
	if o.Code != "" && !plain(o.Code) {
		f.Wrong("code", "Codice: usa solo lettere, cifre, punti e trattini")
	}
	return s.keep(c, officesLink.URL, "Ufficio aggiunto.", showOffices, func(tx *tenants.Tx) error {
		if _, err := findOffice(tx, o.Code); err == nil {
			return fault.New(fault.Conflict, "office.taken", "Esiste già un ufficio con il codice %q.", o.Code).On("code")
		}
		return tx.SaveOffice(o)
	})
}

func findOffice(tx *tenants.Tx, code string) (o tenants.Office, err error) {
	all, err := tx.Offices()
	for _, o := range all {
		if o.Code == code {
			return o, nil
		}
	}
	if err == nil {
		err = fault.New(fault.NotFound, "office", "Ufficio non trovato.")
	}
	return o, err
}

func office(c *fiber.Ctx) error {
	var o tenants.Office
	if err := page.At(c).Read(c, func(tx *tenants.Tx) (err error) {
		o, err = findOffice(tx, c.Params("code"))
		return err
	}); err != nil {
		return err
	}
	s := start(c, o.Name, officesLink)
	s.fill(map[string]string{"name": o.Name, "name_de": o.NameDE})
	return showOffice(c, s)
}

func showOffice(c *fiber.Ctx, s sheet) error {
	s.Lead, s.Back = "Codice "+c.Params("code"), officesLink.URL
	s.Sections = officeFields(&s, false)
	return s.show(c)
}

func saveOffice(c *fiber.Ctx) error {
	s := start(c, "Ufficio", officesLink)
	f := s.read(c)
	o := tenants.Office{Code: c.Params("code"), Name: f.Need("name", "Nome"), NameDE: f.Value("name_de")}
	return s.keep(c, officesLink.URL, "Ufficio salvato.", showOffice, func(tx *tenants.Tx) error {
		if _, err := findOffice(tx, o.Code); err != nil {
			return err
		}
		return tx.SaveOffice(o)
	})
}
