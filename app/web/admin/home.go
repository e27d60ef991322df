package admin

import (
	"slices"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"cassacomune/app/auth"
	"cassacomune/app/channels/all"
	"cassacomune/app/web/page"
	"cassacomune/tenants"
)

// check is one thing that a municipality needs before it can collect.
type check struct {
	Name, URL string
	Missing   string // what to do; empty: done
	Warning   bool   // the municipality can collect without it
}

type homePage struct {
	page.Base
	Checks  []check
	Missing int
	Links   []page.Link
}

// home shows what is still missing, computed from what is there.
func home(c *fiber.Ctx) error {
	p := homePage{Base: page.For(c, "Configurazione")}
	if err := page.At(c).Read(c, func(tx *tenants.Tx) (err error) {
		p.Checks, err = checks(tx)
		return err
	}); err != nil {
		return err
	}
	for _, ch := range p.Checks {
		if ch.Missing != "" && !ch.Warning {
			p.Missing++
		}
	}
	p.Links = []page.Link{{Name: "Dati del Comune", URL: "/admin/comune"}, officesLink, typesLink, {Name: "Canali di pagamento", URL: channelsLink.URL}, accountsLink,
		chaptersLink, assessmentsLink, {Name: "Imputazioni predefinite", URL: "/admin/imputazioni"}}
	if page.At(c).May("people:edit") {
		p.Links = append(p.Links, page.Link{Name: "Persone", URL: "/admin/persone"})
	}
	if page.At(c).May("audit:view") {
		p.Links = append(p.Links, page.Link{Name: "Registro delle operazioni", URL: "/admin/registro"})
	}
	return page.Show(c, "admin/home", p)
}

// missing keeps the sentence of what lacks.
func missing(is bool, text string) string {
	if is {
		return text
	}
	return ""
}

func checks(tx *tenants.Tx) ([]check, error) {
	m, err := tx.Municipality()
	if err != nil {
		return nil, err
	}
	list := townChecks(m.Settings)
	for _, more := range []func(*tenants.Tx, tenants.Settings) ([]check, error){catalogueChecks, accountChecks, channelChecks, peopleChecks} {
		some, err := more(tx, m.Settings)
		if err != nil {
			return nil, err
		}
		list = append(list, some...)
	}
	return list, nil
}

func townChecks(s tenants.Settings) []check {
	return []check{
		{Name: "Denominazione, indirizzo e codice fiscale", URL: "/admin/comune#title", Missing: missing(s.Title == "" || s.Address == "" || s.FiscalCode == "", "Completa i dati: stanno su ogni documento.")},
		{Name: "Informativa privacy e dichiarazione di accessibilità", URL: "/admin/comune#privacy", Missing: missing(s.Privacy == "" || s.Access == "", "Indica i due indirizzi: la legge li vuole a piè di pagina.")},
		{Name: "Conto corrente postale", URL: "/admin/comune#postal_account", Missing: missing(s.Postal.Account == "" || s.Postal.Holder == "", "Indica conto e intestazione: servono per i bollettini.")},
		{Name: "Autorizzazione alla stampa dei bollettini", URL: "/admin/comune#postal_authorisation", Warning: true, Missing: missing(s.Postal.Authorisation == "", "Senza, i bollettini escono come fac-simile.")},
		{Name: "Tesoriere", URL: "/admin/comune#treasurer_name", Missing: missing(s.Treasurer.Name == "" || s.Treasurer.ABI == "" || s.Treasurer.BodyCode == "", "Indica nome, ABI e codice dell'ente: servono per il giornale di cassa e le reversali.")},
		{Name: "Accesso dei cittadini con SPID e CIE", URL: "/admin/comune#issuer", Warning: true, Missing: missing(s.Identity.Issuer == "" || s.Identity.ClientID == "", "Senza, i cittadini pagano solo con il numero dell'avviso.")},
	}
}

func catalogueChecks(tx *tenants.Tx, s tenants.Settings) ([]check, error) {
	offices, err := tx.Offices()
	if err != nil {
		return nil, err
	}
	types, err := tx.DebtTypes()
	if err != nil {
		return nil, err
	}
	active, unpaid, astray := 0, []string{}, []string{}
	for _, d := range types {
		if !d.Active {
			continue
		}
		active++
		if !slices.ContainsFunc(d.Setup.Channels, func(p tenants.Permitted) bool { return p.Ground != tenants.GroundHistorical }) {
			unpaid = append(unpaid, d.Name)
		}
		if d.Setup.Revenue.Chapter == "" {
			astray = append(astray, d.Name)
		}
	}
	return []check{
		{Name: "Uffici", URL: "/admin/uffici", Missing: missing(len(offices) == 0, "Aggiungi almeno un ufficio.")},
		{Name: "Tipi dovuto attivi", URL: "/admin/tipi", Missing: missing(active == 0, "Aggiungi almeno un tipo dovuto e attivalo.")},
		{Name: "Ogni tipo dovuto ha un canale", URL: "/admin/tipi", Missing: missing(len(unpaid) > 0, "Scegli dove si paga: "+list(unpaid)+".")},
		{Name: "Ogni tipo dovuto ha un'imputazione", URL: "/admin/tipi", Missing: missing(len(astray) > 0, "Scegli accertamento o capitolo: "+list(astray)+".")},
	}, nil
}

func accountChecks(tx *tenants.Tx, s tenants.Settings) ([]check, error) {
	accounts, err := tx.Accounts()
	if err != nil {
		return nil, err
	}
	treasury := slices.ContainsFunc(accounts, func(a tenants.Account) bool { return a.Kind == tenants.AccountTreasury && a.Number != "" })
	year := s.Year
	if year == 0 {
		year = tx.Today().Year()
	}
	chapters, err := tx.Chapters(year)
	if err != nil {
		return nil, err
	}
	assessments, err := tx.Assessments()
	d := s.Defaults
	return []check{
		{Name: "Conto di tesoreria", URL: "/admin/conti", Missing: missing(!treasury, "Aggiungi il conto, con il numero che il Tesoriere scrive nel giornale di cassa.")},
		{Name: "Capitoli di entrata del " + strconv.Itoa(year), URL: "/admin/capitoli", Missing: missing(len(chapters) == 0, "Aggiungi i capitoli su cui il Comune incassa.")},
		{Name: "Accertamenti", URL: "/admin/accertamenti", Missing: missing(len(assessments) == 0, "Aggiungi gli accertamenti dell'anno.")},
		{Name: "Imputazioni predefinite", URL: "/admin/imputazioni", Missing: missing(d.Excess == "" || d.Unknown == "" || d.Others == "", "Scegli dove vanno eccedenze, incassi da attribuire e somme di altri.")},
	}, err
}

func channelChecks(tx *tenants.Tx, _ tenants.Settings) ([]check, error) {
	enabled, unfinished := 0, []string{}
	for _, ch := range all.List {
		set, lacking, err := channelState(tx, ch)
		if err != nil {
			return nil, err
		}
		if set.Enabled {
			enabled++
		}
		if set.Enabled && len(lacking) > 0 {
			unfinished = append(unfinished, ch.Title())
		}
	}
	c := check{Name: "Canali di pagamento", URL: "/admin/canali", Missing: missing(enabled == 0, "Attiva almeno un canale.")}
	if len(unfinished) > 0 {
		c.Missing = "Completa le impostazioni: " + list(unfinished) + "."
	}
	return []check{c}, nil
}

func peopleChecks(tx *tenants.Tx, _ tenants.Settings) ([]check, error) {
	members, err := auth.Members(tx)
	has := func(role string) bool {
		return slices.ContainsFunc(members, func(m auth.Membership) bool { return m.Role == role })
	}
	return []check{{Name: "Persone dello sportello e della ragioneria", URL: "/admin/persone",
		Missing: missing(!has(auth.RoleClerk) || !has(auth.RoleAccountant), "Assegna almeno un ruolo di sportello e uno di ragioneria.")}}, err
}
