package main

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"cassacomune/app/auth"
	"cassacomune/app/day"
	"cassacomune/app/price"
	"cassacomune/app/sandbox/idp"
	"cassacomune/app/sandbox/outside"
	"cassacomune/jobs/worker"
	"cassacomune/tenants"
)

// seeding makes the demo's past through the use cases, with the clock moved.
type seeding struct {
	ctx    context.Context
	db     *tenants.DB
	clock  *demoClock
	place  place
	dir    string
	today  day.Date
	worker *worker.Worker
	world  *outside.World
	record *record
	towns  []*demoTown
}

var seeder = tenants.System("demo")

// Today is the day of the clock.
func (c *demoClock) Today() day.Date { return day.Of(c.Now()) }

// morning is half past nine of a day so many days from today.
func (s *seeding) morning(days int) time.Time {
	return s.today.AddDays(days).Start().Add(9*time.Hour + 30*time.Minute)
}

// outside composes the sandbox for the towns.
func (s *seeding) outside() (*outside.World, error) {
	s.towns = demoTowns()
	for _, t := range s.towns {
		t.year = lastWorkingDays(s.today, history)[0].Year()
	}
	c := outside.Config{BaseURL: s.place.url(sandboxHost), People: idp.Invented(), Clock: s.clock.Now}
	for _, t := range s.towns {
		c.Towns = append(c.Towns, outside.Town{Slug: t.slug, Name: t.name, Merchant: t.merchant(), PostalAccount: t.postal,
			Treasurer: t.treasurer(), StateTransfer: t.stateTransfer})
		c.Clients = append(c.Clients, idp.Client{ID: t.client(), Secret: t.secret(), Redirects: []string{s.place.url(t.host()) + "/entra/ritorno"}})
	}
	return outside.New(c)
}

func (s *seeding) all() error {
	for _, t := range s.towns {
		if err := s.found(t); err != nil {
			return fmt.Errorf("%s: %w", t.slug, err)
		}
	}
	operator, err := s.person(demoOperator)
	if err != nil {
		return err
	}
	if err := auth.GrantOperator(s.ctx, s.db, seeder, operator.ID); err != nil {
		return err
	}
	if err := s.past(); err != nil {
		return err
	}
	for _, t := range s.towns {
		if err := s.leaveFiles(t); err != nil {
			return fmt.Errorf("files of %s: %w", t.slug, err)
		}
	}
	return nil
}

// found registers a town with its set-up and its people.
func (s *seeding) found(t *demoTown) error {
	town, err := s.db.Add(s.ctx, tenants.New{Slug: t.slug, Name: t.name, FiscalCode: t.fiscal, Hosts: []string{t.host()},
		Settings: t.settings(s.place)}, seeder)
	if err != nil {
		return err
	}
	t.id = town.ID
	if err := s.db.Within(s.ctx, t.id, seeder, func(tx *tenants.Tx) error { return t.setUp(tx, s.place) }); err != nil {
		return err
	}
	for _, a := range t.staff() {
		p, err := s.person(a)
		if err != nil {
			return err
		}
		if err := auth.Grant(s.ctx, s.db, t.id, seeder, p.ID, a.role, a.offices); err != nil {
			return err
		}
	}
	return nil
}

func (s *seeding) person(a account) (auth.Person, error) {
	p, err := auth.CreatePerson(s.ctx, s.db, seeder, a.email, a.name)
	if err != nil {
		return p, err
	}
	return p, auth.SetPassword(s.ctx, s.db, seeder, p.ID, demoPassword)
}

// follow points towns that are there already at the sandbox's address of
// today.
func (s *seeding) follow() error {
	for _, t := range s.towns {
		town, err := s.db.BySlug(s.ctx, t.slug)
		if err != nil {
			return err
		}
		t.id = town.ID
		if err := s.db.Within(s.ctx, t.id, seeder, func(tx *tenants.Tx) error {
			m, err := tx.Municipality()
			if err != nil {
				return err
			}
			m.Settings.Identity = t.identity(s.place)
			if err := tx.SaveSettings(m.Settings); err != nil {
				return err
			}
			return t.openChannels(tx, s.place)
		}); err != nil {
			return err
		}
	}
	return nil
}

func (t *demoTown) setUp(tx *tenants.Tx, at place) error {
	for _, o := range offices {
		if len(t.languages) == 1 {
			o.NameDE = ""
		}
		if err := tx.SaveOffice(o); err != nil {
			return err
		}
	}
	for _, y := range []int{t.year - 1, t.year, t.year + 1} { // the former year's assessments are collected on residuo
		for _, c := range chapters {
			c.Year = y
			if err := tx.SaveChapter(c); err != nil {
				return err
			}
		}
		for _, a := range assessments {
			a.Year = y
			if err := tx.SaveAssessment(a); err != nil {
				return err
			}
		}
	}
	for _, d := range debtTypes(t.year) {
		if len(t.languages) == 1 {
			d.NameDE = ""
		}
		if err := tx.SaveDebtType(d); err != nil {
			return err
		}
	}
	for _, a := range []tenants.Account{
		{Key: "tesoreria", Name: "Conto di tesoreria", Kind: tenants.AccountTreasury, Source: tenants.SourceJournal, Number: "0000001", IBAN: t.iban},
		{Key: "postale", Name: "Conto corrente postale", Kind: tenants.AccountOutside, Source: tenants.SourceStatement, Number: t.postal, IBAN: t.postalIBAN},
	} {
		if err := tx.SaveAccount(a); err != nil {
			return err
		}
	}
	return t.openChannels(tx, at)
}

func (t *demoTown) openChannels(tx *tenants.Tx, at place) error {
	if err := tx.SaveChannel(tenants.Channel{Key: "vpos", Enabled: true, Settings: map[string]string{
		"base": at.url(sandboxHost) + "/acquirer", "alias": t.alias(), "algorithm": "sha1"}}); err != nil {
		return err
	}
	if err := tx.SaveSecret("vpos", "mac_key", t.macKey()); err != nil {
		return err
	}
	if err := tx.SaveChannel(tenants.Channel{Key: "slip", Enabled: true}); err != nil {
		return err
	}
	return tx.SaveSecret("oidc", "client_secret", t.secret())
}

var offices = []tenants.Office{
	{Code: "POLIZIA", Name: "Polizia locale", NameDE: "Ortspolizei"},
	{Code: "SCUOLA", Name: "Ristorazione scolastica", NameDE: "Schulausspeisung"},
	{Code: "CIMITERI", Name: "Luci votive", NameDE: "Grablichter"},
	{Code: "SUAP", Name: "Sportello unico attività produttive", NameDE: "Einheitsschalter für gewerbliche Tätigkeiten"},
	{Code: "TRIBUTI", Name: "Tributi", NameDE: "Steueramt"},
}

var chapters = []tenants.Chapter{
	{Number: "1010", Name: "Tassa sui rifiuti (TARI)", AccountCode: "E.1.01.01.51.001", Siope: "1010151001", Title: "1", Typology: "10101"},
	{Number: "1020", Name: "Imposta di soggiorno", AccountCode: "E.1.01.01.41.001", Siope: "1010141001", Title: "1", Typology: "10101"},
	{Number: "3010", Name: "Proventi della ristorazione scolastica", AccountCode: "E.3.01.02.01.008", Siope: "3010201008", Title: "3", Typology: "30100"},
	{Number: "3020", Name: "Proventi dell'illuminazione votiva", AccountCode: "E.3.01.02.01.014", Siope: "3010201014", Title: "3", Typology: "30100"},
	{Number: "3030", Name: "Diritti di istruttoria SUAP", AccountCode: "E.3.01.02.01.999", Siope: "3010201999", Title: "3", Typology: "30100"},
	{Number: "3040", Name: "Sanzioni al codice della strada", AccountCode: "E.3.02.02.01.004", Siope: "3020201004", Title: "3", Typology: "30200"},
	{Number: "9010", Name: "Somme in attesa di imputazione", AccountCode: "E.9.01.99.99.999", Siope: "9019999999", Title: "9", Typology: "90100"},
	{Number: "9020", Name: "Tributi riscossi per conto della Provincia", AccountCode: "E.9.02.05.01.001", Siope: "9020501001", Title: "9", Typology: "90200"},
}

var assessments = []tenants.Assessment{
	{Number: "10", Chapter: "1010", Name: "TARI, lista di carico"},
	{Number: "11", Chapter: "1020", Name: "Imposta di soggiorno"},
	{Number: "30", Chapter: "3010", Name: "Ristorazione scolastica"},
	{Number: "31", Chapter: "3020", Name: "Luci votive, canone annuo"},
	{Number: "32", Chapter: "3030", Name: "Diritti SUAP"},
	{Number: "40", Chapter: "3040", Name: "Verbali al codice della strada"},
	{Number: "90", Chapter: "9010", Name: "Versamenti in eccesso"},
	{Number: "91", Chapter: "9010", Name: "Versamenti da identificare"},
	{Number: "92", Chapter: "9020", Name: "TEFA da riversare alla Provincia"},
}

func numbered(year int, number string) string { return strconv.Itoa(year) + "/" + number }

var (
	cardAndSlip = []tenants.Permitted{{Channel: "vpos", Ground: tenants.GroundOutside}, {Channel: "slip", Ground: tenants.GroundOutside}}
	cardOnly    = []tenants.Permitted{{Channel: "vpos", Ground: tenants.GroundOutside}, {Channel: "slip", Ground: tenants.GroundHistorical}}
)

// debtTypes is the catalogue.
func debtTypes(year int) []tenants.DebtType {
	setup := func(kind price.Kind, assessment, chapter string, on []tenants.Permitted, grade tenants.Grade, fields ...tenants.Field) tenants.TypeSetup {
		return tenants.TypeSetup{Fields: fields, Price: price.Rule{Kind: kind}, Channels: on,
			Revenue: tenants.Revenue{Year: year, Assessment: assessment, Chapter: chapter}, Imputation: []string{"costs", "interest", "principal"},
			Fulfilment: tenants.Policy{Grade: grade, Reversal: "tell"}}
	}
	return []tenants.DebtType{
		{Code: "CDS", Office: "POLIZIA", Name: "Sanzione al codice della strada", NameDE: "Strafe Straßenverkehrsordnung", Active: true,
			Setup: setup(price.RoadFine, "40", "3040", cardAndSlip, tenants.Confirmed)},
		{Code: "MENSA", Office: "SCUOLA", Name: "Ristorazione scolastica, retta mensile", NameDE: "Schulausspeisung, Monatsgebühr", Active: true,
			Setup: setup(price.Fixed, "30", "3010", cardAndSlip, tenants.Confirmed)},
		{Code: "RICARICA", Office: "SCUOLA", Name: "Ristorazione scolastica, ricarica", NameDE: "Schulausspeisung, Aufladung", Active: true, Spontaneous: true,
			Setup: setup(price.Fixed, "30", "3010", cardAndSlip, tenants.Confirmed,
				tenants.Field{Key: "alunno", Label: "Nome dell'alunno", LabelDE: "Name des Kindes", Required: true, Kind: "text"})},
		{Code: "LUCI", Office: "CIMITERI", Name: "Luci votive, canone annuo", NameDE: "Grablichter, Jahresgebühr", Active: true,
			Setup: setup(price.Fixed, "31", "3020", cardAndSlip, tenants.Credited)},
		{Code: "SUAP", Office: "SUAP", Name: "Diritti di istruttoria SUAP", NameDE: "Bearbeitungsgebühren", Active: true, Spontaneous: true,
			Setup: setup(price.Fixed, "32", "3030", cardOnly, tenants.Confirmed,
				tenants.Field{Key: "pratica", Label: "Numero della pratica", LabelDE: "Aktenzahl", Required: true, Kind: "text"})},
		{Code: "TARI", Office: "TRIBUTI", Name: "Tassa sui rifiuti (TARI)", NameDE: "Abfallgebühr", Active: true,
			Setup: setup(price.Fixed, "10", "1010", cardAndSlip, tenants.Credited)},
		{Code: "SOGGIORNO", Office: "TRIBUTI", Name: "Imposta di soggiorno", NameDE: "Ortstaxe", Active: true,
			Setup: setup(price.LateTax, "11", "1020", cardAndSlip, tenants.Credited)},
	}
}
