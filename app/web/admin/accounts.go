package admin

import (
	"github.com/gofiber/fiber/v2"

	"cassacomune/app/codes"
	"cassacomune/app/fault"
	"cassacomune/app/web/page"
	"cassacomune/tenants"
)

var accountsLink = page.Link{Name: "Conti", URL: "/admin/conti"}

func accounts(c *fiber.Ctx) error { return showAccounts(c, start(c, "Conti")) }

func showAccounts(c *fiber.Ctx, s sheet) error {
	var all []tenants.Account
	if err := page.At(c).Read(c, func(tx *tenants.Tx) (err error) {
		all, err = tx.Accounts()
		return err
	}); err != nil {
		return err
	}
	s.Lead = "I conti su cui arriva il denaro: il conto di tesoreria, letto dal giornale di cassa, e i conti fuori tesoreria, letti dall'estratto conto."
	t := &page.Table{ID: "conti", Caption: "Conti", Columns: page.Columns("Sigla", "Nome", "Tipo", "Si legge da", "Numero", "IBAN")}
	for _, a := range all {
		t.Rows = append(t.Rows, []page.Cell{{Text: a.Key, Kind: "code"}, {Text: a.Name, URL: "/admin/conti/" + a.Key}, {Text: named(accountKinds, a.Kind)},
			{Text: named(accountSources, a.Source)}, {Text: a.Number, Kind: "code"}, {Text: a.IBAN, Kind: "code"}})
	}
	if s.Table = t; len(all) == 0 {
		s.Table, s.Empty = nil, &page.Empty{Title: "Nessun conto", Text: "Aggiungi il conto di tesoreria: il suo numero è quello che il Tesoriere scrive nel giornale di cassa."}
	}
	s.FormName, s.Submit = "Aggiungi un conto", "Aggiungi"
	s.Sections = accountFields(&s, true)
	return s.show(c)
}

var (
	accountKinds   = []page.Option{{Value: tenants.AccountTreasury, Name: "conto di tesoreria"}, {Value: tenants.AccountOutside, Name: "fuori tesoreria (postale o dedicato)"}}
	accountSources = []page.Option{{Value: tenants.SourceJournal, Name: "giornale di cassa"}, {Value: tenants.SourceStatement, Name: "estratto conto"}}
)

// named is the name of an option.
func named(options []page.Option, value string) string {
	for _, o := range options {
		if o.Value == value {
			return o.Name
		}
	}
	return value
}

func accountFields(s *sheet, fresh bool) []section {
	fields := []page.Field{s.need("name", "Nome", "per esempio Tesoreria, Conto corrente postale"),
		s.choice("kind", "Tipo", "", accountKinds...), s.choice("source", "Si legge da", "l'unica fonte che muove il conto", accountSources...),
		s.text("number", "Numero", "conto evidenza o conto postale, come lo scrivono i file"), s.text("iban", "IBAN", "")}
	if fresh {
		fields = append([]page.Field{s.need("key", "Sigla", "breve e stabile: per esempio tes, ccp")}, fields...)
	}
	return []section{{Fields: fields}}
}

func readAccount(f *page.Form, key string) tenants.Account {
	a := tenants.Account{Key: key, Name: f.Need("name", "Nome"), Kind: f.Value("kind"), Source: f.Value("source"), Number: f.Value("number"), IBAN: codes.Clean(f.Value("iban"))}
	if a.Source != tenants.SourceJournal && a.Source != tenants.SourceStatement {
		f.Wrong("source", "Si legge da: scegli una fonte")
	}
	if a.Kind == tenants.AccountTreasury && a.Source == tenants.SourceStatement {
		f.Wrong("source", "Il conto di tesoreria si legge dal giornale di cassa")
	}
	if a.Kind == tenants.AccountOutside && a.Source == tenants.SourceJournal {
		f.Wrong("source", "Un conto fuori tesoreria si legge dall'estratto conto")
	}
	checkIBAN(f, "iban", a.IBAN)
	return a
}

func checkIBAN(f *page.Form, field, iban string) {
	if iban == "" {
		return
	}
	if err := codes.CheckIBAN(iban); err != nil {
		f.Wrong(field, fault.Of(err).Text)
	}
}

func addAccount(c *fiber.Ctx) error {
	s := start(c, "Conti")
	f := s.read(c)
	a := readAccount(f, f.Need("key", "Sigla"))
	if a.Key != "" && !plain(a.Key) {
		f.Wrong("key", "Sigla: usa solo lettere, cifre, punti e trattini")
	}
	return s.keep(c, accountsLink.URL, "Conto aggiunto.", showAccounts, func(tx *tenants.Tx) error {
		if _, err := findAccount(tx, a.Key); err == nil {
			return fault.New(fault.Conflict, "account.taken", "Esiste già un conto con la sigla %q.", a.Key).On("key")
		}
		return tx.SaveAccount(a)
	})
}

func findAccount(tx *tenants.Tx, key string) (a tenants.Account, err error) {
	all, err := tx.Accounts()
	for _, a := range all {
		if a.Key == key {
			return a, nil
		}
	}
	if err == nil {
		err = fault.New(fault.NotFound, "account", "Conto non trovato.")
	}
	return a, err
}

func account(c *fiber.Ctx) error {
	var a tenants.Account
	if err := page.At(c).Read(c, func(tx *tenants.Tx) (err error) {
		a, err = findAccount(tx, c.Params("key"))
		return err
	}); err != nil {
		return err
	}
	s := start(c, a.Name, accountsLink)
	s.fill(map[string]string{"name": a.Name, "kind": a.Kind, "source": a.Source, "number": a.Number, "iban": a.IBAN})
	return showAccount(c, s)
}

func showAccount(c *fiber.Ctx, s sheet) error {
	s.Lead, s.Back = "Sigla "+c.Params("key"), accountsLink.URL
	s.Sections = accountFields(&s, false)
	return s.show(c)
}

func saveAccount(c *fiber.Ctx) error {
	s := start(c, "Conto", accountsLink)
	f := s.read(c)
	a := readAccount(f, c.Params("key"))
	return s.keep(c, accountsLink.URL, "Conto salvato.", showAccount, func(tx *tenants.Tx) error {
		if _, err := findAccount(tx, a.Key); err != nil {
			return err
		}
		return tx.SaveAccount(a)
	})
}
