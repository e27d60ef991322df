package admin

import (
	"github.com/gofiber/fiber/v2"

	"cassacomune/app/fault"
	"cassacomune/app/price"
	"cassacomune/app/web/page"
	"cassacomune/tenants"
)

var typesLink = page.Link{Name: "Tipi dovuto", URL: "/admin/tipi"}

func types(c *fiber.Ctx) error {
	s := start(c, "Tipi dovuto")
	var all []tenants.DebtType
	names := map[string]string{}
	if err := page.At(c).Read(c, func(tx *tenants.Tx) error {
		list, err := tx.Offices()
		if err != nil {
			return err
		}
		for _, o := range list {
			names[o.Code] = o.Name
		}
		all, err = tx.DebtTypes()
		return err
	}); err != nil {
		return err
	}
	s.Lead = "Il catalogo di quello che si può dovere al Comune: con quale prezzo, su quali canali si paga, dove va il denaro, quando l'ufficio può erogare il servizio."
	if s.Edit {
		s.New = page.Link{Name: "Nuovo tipo dovuto", URL: "/admin/tipi/nuovo"}
	}
	t := &page.Table{ID: "tipi", Caption: "Catalogo dei tipi dovuto", Columns: page.Columns("Codice", "Nome", "Ufficio", "Stato", "Prezzo", "Canali", "Imputazione")}
	for _, d := range all {
		t.Rows = append(t.Rows, []page.Cell{{Text: d.Code, Kind: "code"}, {Text: d.Name, URL: "/admin/tipi/" + d.Code}, {Text: names[d.Office]},
			badge(d.Active, "attivo", "non attivo"), {Text: named(priceKinds, string(d.Setup.Price.Kind))}, {Text: channelsOf(d)}, {Text: revenueOf(d)}})
	}
	if s.Table = t; len(all) == 0 {
		s.Table, s.Empty = nil, &page.Empty{Title: "Il catalogo è vuoto", Text: "Aggiungi il primo tipo dovuto: per esempio ristorazione scolastica, verbali della Polizia locale, luci votive."}
	}
	return s.show(c)
}

func newType(c *fiber.Ctx) error {
	s := start(c, "Nuovo tipo dovuto", typesLink)
	s.fill(typeValues(tenants.DebtType{Active: true, Setup: tenants.TypeSetup{Price: price.Rule{Kind: price.Fixed},
		Fulfilment: tenants.Policy{Grade: tenants.Confirmed, Reversal: "tell"}}}))
	return showType(c, s, "", nil)
}

func debtType(c *fiber.Ctx) error {
	var d tenants.DebtType
	if err := page.At(c).Read(c, func(tx *tenants.Tx) (err error) {
		d, err = seenType(tx, c.Params("code"))
		return err
	}); err != nil {
		return err
	}
	s := start(c, d.Name, typesLink)
	s.fill(typeValues(d))
	return showType(c, s, d.Code, d.Setup.Fields)
}

// seenType is an entry of the catalogue that the actor may see.
func seenType(tx *tenants.Tx, code string) (tenants.DebtType, error) {
	d, err := tx.DebtType(code)
	if err == nil && !tx.Actor.Sees(d.Office) {
		return tenants.DebtType{}, fault.New(fault.NotFound, "missing", "Tipo dovuto non trovato.")
	}
	return d, err
}

func addType(c *fiber.Ctx) error {
	s := start(c, "Nuovo tipo dovuto", typesLink)
	f := s.read(c)
	d := tenants.DebtType{Code: f.Need("code", "Codice")}
	if d.Code != "" && (!plain(d.Code) || d.Code == "nuovo") {
		f.Wrong("code", "Codice: usa solo lettere, cifre, punti e trattini")
	}
	err := page.At(c).Within(c, func(tx *tenants.Tx) error {
		if _, err := tx.DebtType(d.Code); err == nil {
			return fault.New(fault.Conflict, "debttype.taken", "Esiste già un tipo dovuto con il codice %q.", d.Code).On("code")
		}
		return keepType(tx, f, d)
	})
	return s.end(c, err, typesLink.URL, "Tipo dovuto aggiunto.", func(c *fiber.Ctx, s sheet) error { return showType(c, s, "", nil) })
}

func saveType(c *fiber.Ctx) error {
	s := start(c, "Tipo dovuto", typesLink)
	f := s.read(c)
	err := page.At(c).Within(c, func(tx *tenants.Tx) error {
		d, err := seenType(tx, c.Params("code"))
		if err != nil {
			return err
		}
		return keepType(tx, f, d)
	})
	return s.end(c, err, typesLink.URL, "Tipo dovuto salvato.", func(c *fiber.Ctx, s sheet) error { return showType(c, s, c.Params("code"), nil) })
}

// keepType saves what the form says; a form with mistakes saves nothing.
func keepType(tx *tenants.Tx, f *page.Form, d tenants.DebtType) error {
	d, err := readType(tx, f, d)
	if err != nil || f.Failed() {
		return err
	}
	return tx.SaveDebtType(d)
}
