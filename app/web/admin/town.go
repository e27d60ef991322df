package admin

import (
	"net/mail"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"cassacomune/app/codes"
	"cassacomune/app/web/page"
	"cassacomune/tenants"
)

// identityChannel and identityField name where the client secret of the identity provider is
// sealed.
const identityChannel, identityField = "oidc", "client_secret"

func town(c *fiber.Ctx) error {
	s := start(c, "Dati del Comune")
	var set tenants.Settings
	if err := page.At(c).Read(c, func(tx *tenants.Tx) error {
		m, err := tx.Municipality()
		set = m.Settings
		return err
	}); err != nil {
		return err
	}
	s.fill(townValues(set))
	return showTown(c, s)
}

func townValues(m tenants.Settings) map[string]string {
	return map[string]string{
		"title": m.Title, "title_de": m.TitleDE, "german": ticked(slices.Contains(m.Languages, "de")), "region": m.Region, "region_de": m.RegionDE, "address": m.Address,
		"fiscal_code": m.FiscalCode, "ipa": m.IPA, "istat": m.ISTAT, "segregation": strconv.Itoa(m.Segregation), "application": m.Application,
		"contact": m.Contact, "sender": m.Sender, "privacy": m.Privacy, "access": m.Access, "year": zero(m.Year), "upload_limit": strconv.FormatInt(m.Limit()>>20, 10), "kept_unpaid": strconv.Itoa(int(m.Unpaid().Hours() / 24)),
		"postal_account": m.Postal.Account, "postal_holder": m.Postal.Holder, "postal_authorisation": m.Postal.Authorisation, "postal_iban": m.Postal.IBAN,
		"treasurer_name": m.Treasurer.Name, "treasurer_abi": m.Treasurer.ABI, "treasurer_body": m.Treasurer.BodyCode, "treasurer_iban": m.Treasurer.IBAN,
		"issuer": m.Identity.Issuer, "client_id": m.Identity.ClientID, "level": m.Identity.Level,
	}
}

func zero(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

func showTown(c *fiber.Ctx, s sheet) error {
	s.Lead = "Quello che il Comune è per chi paga, per il Tesoriere e per i documenti stampati."
	secret := s.text("client_secret", "Segreto del client", "non viene mai mostrato: lascia vuoto per non cambiarlo")
	secret.Type, secret.Value, secret.Autocomplete = "password", "", "new-password"
	s.Sections = []section{
		{Name: "Il Comune", Fields: []page.Field{
			s.need("title", "Denominazione", "per esempio Comune di Borgo Esempio"), s.text("title_de", "Denominazione in tedesco", "solo per i Comuni bilingui"),
			s.need("fiscal_code", "Codice fiscale", "11 cifre: è quello che i file caricati devono portare"), s.need("address", "Indirizzo", "stampato sui documenti"),
			s.text("region", "Regione", "mostrata in testa alle pagine"), s.text("region_de", "Regione in tedesco", "solo per i Comuni bilingui"), s.text("contact", "Ufficio che risponde", "telefono ed e-mail per chi paga"),
			s.text("ipa", "Codice IPA", ""), s.number("istat", "Codice ISTAT", "6 cifre"),
			s.number("year", "Esercizio in gestione", "l'anno del bilancio"), s.tick("german", "Pagine anche in tedesco", "")}},
		{Name: "Informative e dati delle persone", Lead: "La legge vuole le informative a piè di ogni pagina, e i dati delle persone non più a lungo di quanto servono.", Fields: []page.Field{
			s.text("privacy", "Informativa privacy", "indirizzo completo, che comincia con https://"),
			s.text("access", "Dichiarazione di accessibilità", "indirizzo del modulo AgID"),
			s.number("kept_unpaid", "Giorni dei pagamenti non fatti", "dopo quanti giorni si dimentica chi stava per pagare, da 30 a 730")}},
		{Name: "Avvisi e bollettini", Fields: []page.Field{
			s.number("segregation", "Codice di segregazione", "da 0 a 99, nel numero avviso"), s.text("application", "Application code", "per i numeri avviso già in uso con il codice 0"),
			s.number("postal_account", "Conto corrente postale", "al massimo 12 cifre"), s.text("postal_holder", "Intestazione del conto", ""),
			s.text("postal_authorisation", "Autorizzazione alla stampa in proprio", "senza, i bollettini portano la scritta fac-simile"), s.text("postal_iban", "IBAN del conto postale", "")}},
		{Name: "Tesoriere", Fields: []page.Field{
			s.text("treasurer_name", "Nome", ""), s.number("treasurer_abi", "Codice ABI", "5 cifre"),
			s.text("treasurer_body", "Codice dell'ente presso il Tesoriere", "come nel giornale di cassa"), s.text("treasurer_iban", "IBAN del conto di tesoreria", "")}},
		{Name: "Accesso dei cittadini", Lead: "Il fornitore OpenID Connect, o l'intermediario verso SPID e CIE.", Fields: []page.Field{
			s.text("issuer", "Indirizzo del fornitore", ""), s.text("client_id", "Identificativo del client", ""),
			s.text("level", "Livello richiesto", "valore acr, per esempio https://www.spid.gov.it/SpidL2"), secret}},
		{Name: "Lettere e file", Fields: []page.Field{
			s.text("sender", "E-mail del mittente", ""), s.number("upload_limit", "Limite dei file caricati, in MB", "")}},
	}
	return s.show(c)
}

func saveTown(c *fiber.Ctx) error {
	s := start(c, "Dati del Comune")
	f := s.read(c)
	change := readTown(f)
	return s.keep(c, "/admin/comune", "Dati del Comune salvati.", showTown, func(tx *tenants.Tx) error {
		m, err := tx.Municipality()
		if err != nil {
			return err
		}
		if secret := f.Value("client_secret"); secret != "" {
			if err := tx.SaveSecret(identityChannel, identityField, secret); err != nil {
				return err
			}
		}
		return tx.SaveSettings(change(m.Settings))
	})
}

// readTown checks the form and returns the change that it makes.
func readTown(f *page.Form) func(tenants.Settings) tenants.Settings {
	title, address, fiscal := f.Need("title", "Denominazione"), f.Need("address", "Indirizzo"), f.Need("fiscal_code", "Codice fiscale")
	if fiscal != "" && !eleven.MatchString(fiscal) {
		f.Wrong("fiscal_code", "Codice fiscale: 11 cifre")
	}
	segregation := between(f, "segregation", "Codice di segregazione", 0, 99)
	year := between(f, "year", "Esercizio in gestione", 1999, 2100)
	limit := between(f, "upload_limit", "Limite dei file", 1, 4096)
	kept := between(f, "kept_unpaid", "Giorni dei pagamenti non fatti", 30, 730)
	for _, of := range [][2]string{{"privacy", "Informativa privacy"}, {"access", "Dichiarazione di accessibilità"}, {"issuer", "Indirizzo del fornitore"}} {
		if v := f.Value(of[0]); v != "" && !webAddress(v) {
			f.Wrong(of[0], of[1]+": scrivi un indirizzo completo, che comincia con https://")
		}
	}
	form := func(name, text string, re *regexp.Regexp) {
		if v := f.Value(name); v != "" && !re.MatchString(v) {
			f.Wrong(name, text)
		}
	}
	form("istat", "Codice ISTAT: 6 cifre", six)
	form("treasurer_abi", "Codice ABI: 5 cifre", five)
	form("postal_account", "Conto corrente postale: al massimo 12 cifre", twelve)
	if v := f.Value("sender"); v != "" {
		if a, err := mail.ParseAddress(v); err != nil || a.Address != v {
			f.Wrong("sender", "E-mail del mittente: l'indirizzo non è valido")
		}
	}
	postal, treasury := codes.Clean(f.Value("postal_iban")), codes.Clean(f.Value("treasurer_iban"))
	checkIBAN(f, "postal_iban", postal)
	checkIBAN(f, "treasurer_iban", treasury)
	return func(m tenants.Settings) tenants.Settings {
		m.Title, m.TitleDE, m.Address, m.FiscalCode, m.Region, m.Contact = title, f.Value("title_de"), address, fiscal, f.Value("region"), f.Value("contact")
		m.RegionDE = f.Value("region_de")
		m.IPA, m.ISTAT, m.Segregation, m.Application, m.Year, m.UploadLimit = f.Value("ipa"), f.Value("istat"), segregation, f.Value("application"), year, int64(limit)<<20
		m.Privacy, m.Access, m.KeptUnpaid, m.Sender = f.Value("privacy"), f.Value("access"), kept, f.Value("sender")
		m.Languages = []string{"it"}
		if f.Value("german") != "" {
			m.Languages = append(m.Languages, "de")
		}
		m.Postal = tenants.Postal{Account: f.Value("postal_account"), Holder: f.Value("postal_holder"), Authorisation: f.Value("postal_authorisation"), IBAN: postal}
		m.Treasurer = tenants.Treasurer{Name: f.Value("treasurer_name"), ABI: f.Value("treasurer_abi"), BodyCode: f.Value("treasurer_body"), IBAN: treasury}
		m.Identity = tenants.Identity{Issuer: f.Value("issuer"), ClientID: f.Value("client_id"), Level: f.Value("level")}
		return m
	}
}

var (
	five   = regexp.MustCompile(`^[0-9]{5}$`)
	six    = regexp.MustCompile(`^[0-9]{6}$`)
	eleven = regexp.MustCompile(`^[0-9]{11}$`)
	twelve = regexp.MustCompile(`^[0-9]{1,12}$`)
)

// between reads a whole number that must be there and within limits.
func between(f *page.Form, name, label string, low, high int) int {
	text := f.Need(name, label)
	if text == "" {
		return 0
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < low || n > high {
		f.Wrong(name, label+": un numero da "+strconv.Itoa(low)+" a "+strconv.Itoa(high))
	}
	return n
}

func webAddress(s string) bool {
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" && !strings.ContainsAny(s, " \"'<>")
}
