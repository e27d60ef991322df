package main

import (
	"math/rand/v2"

	"github.com/google/uuid"

	"cassacomune/app/money"
	"cassacomune/app/sandbox/outside"
	"cassacomune/app/sandbox/treasurer"
	"cassacomune/app/sandbox/xpay"
	"cassacomune/tenants"
)

// demoTown is a municipality of the demo. None of them exists, nor do their
// codes, accounts and people.
type demoTown struct {
	slug, name, nameDE     string
	languages              []string
	region, regionDE       string
	address                string
	fiscal, ipa, istat     string
	contact                string
	postal, postalIBAN     string
	bank, abi, body, iban  string // of the Treasurer
	terminal               string
	province, provinceName string // the Body whose TEFA is collected with the waste tax
	debts                  int
	slips, cards           int // paid on a day of the history
	opening, stateTransfer money.Cents
	streets                []string
	id                     tenants.ID
	random                 *rand.Rand
	sequence               int
	year                   int            // being managed (esercizio): in the first days of January, still the former
	loaded                 []uuid.UUID    // debts, in the order of loading
	chosen                 int            // of them, the one that was paid last
	left                   []outside.File // not imported: for the visitor
}

// demoTowns are a large town, a small one and a bilingual one.
func demoTowns() []*demoTown {
	all := []*demoTown{
		{slug: "montelupo", name: "Comune di Montelupo a Mare", languages: []string{"it"}, region: "Regione Toscana",
			address: "Piazza del Municipio 1, 57990 Montelupo a Mare (LI)", fiscal: "80001120494", ipa: "c_x101", istat: "049901",
			contact: "Ufficio entrate, 0586 000001, entrate@montelupo.example.org",
			postal:  "12034567", postalIBAN: "IT39H0760113900000012034567",
			bank: "Banca Tirrenica di Prova", abi: "99998", body: "0000101", iban: "IT03U9999813900000000012345",
			terminal: "90000001", province: "95101120491", provinceName: "Provincia di Porto Prova", debts: 2000, slips: 90, cards: 12,
			opening: 1_250_000_00, stateTransfer: 184_350_00,
			streets: []string{"Via del Mare", "Viale dei Pini", "Via Garibaldi", "Scali delle Barche", "Via della Torre", "Piazza Grande"}},
		{slug: "borgosanvito", name: "Comune di Borgo San Vito", languages: []string{"it"}, region: "Regione Umbria",
			address: "Via Roma 3, 06990 Borgo San Vito (PG)", fiscal: "81003450210", ipa: "c_x102", istat: "054902",
			contact: "Ragioneria, 075 000002, ragioneria@borgosanvito.example.org",
			postal:  "34056789", postalIBAN: "IT32C0760105000000034056789",
			bank: "Cassa Rurale di Prova", abi: "99997", body: "0000102", iban: "IT81M9999705020000000004711",
			terminal: "90000002", province: "94009780225", provinceName: "Provincia di Colle Prova", debts: 150, slips: 12, cards: 4,
			opening: 86_400_00, stateTransfer: 12_480_00,
			streets: []string{"Via Roma", "Vicolo del Forno", "Via della Pieve", "Località Poggio"}},
		{slug: "kaltenbrunn", name: "Comune di Fontefredda", nameDE: "Gemeinde Kaltenbrunn", languages: []string{"it", "de"}, region: "Provincia autonoma", regionDE: "Autonome Provinz",
			address: "Via Principale 10 Hauptstraße, 39990 Fontefredda/Kaltenbrunn (BZ)", fiscal: "82006780223", ipa: "c_x103", istat: "021903",
			contact: "Ufficio tributi / Steueramt, 0471 000003, tributi@kaltenbrunn.example.org",
			postal:  "56078901", postalIBAN: "IT82M0760111600000056078901",
			bank: "Cassa Centrale di Prova / Zentralkasse Muster", abi: "99996", body: "0000103", iban: "IT51S9999658220000000008080",
			terminal: "90000003", province: "93008450210", provinceName: "Provincia di Monte Prova", debts: 150, slips: 10, cards: 4,
			opening: 143_900_00, stateTransfer: 21_700_00,
			streets: []string{"Hauptstraße", "Via Principale", "Dorfplatz", "Via dei Mulini / Mühlweg"}},
	}
	for i, t := range all {
		t.random = rand.New(rand.NewPCG(20261123, uint64(i)))
	}
	return all
}

func (t *demoTown) host() string   { return t.slug + ".localhost" }
func (t *demoTown) alias() string  { return "PROVA_" + t.terminal }
func (t *demoTown) macKey() string { return "chiave-di-prova-" + t.slug } // of a sandbox that moves no money
func (t *demoTown) client() string { return "cassacomune-" + t.slug }
func (t *demoTown) secret() string { return "segreto-di-prova-" + t.slug }

func (t *demoTown) merchant() xpay.Merchant {
	return xpay.Merchant{Alias: t.alias(), Key: t.macKey(), Name: t.name, Terminal: t.terminal}
}

func (t *demoTown) treasurer() treasurer.Config {
	return treasurer.Config{ABI: t.abi, Body: t.name, FiscalCode: t.fiscal, BodyCode: t.body, Opening: t.opening}
}

func (t *demoTown) settings(at place) tenants.Settings {
	return tenants.Settings{Title: t.name, TitleDE: t.nameDE, Languages: t.languages, Region: t.region, RegionDE: t.regionDE, Address: t.address,
		FiscalCode: t.fiscal, IPA: t.ipa, ISTAT: t.istat, Segregation: 1, Application: "00", Contact: t.contact, Sender: "pagamenti@" + t.slug + ".example.org", Year: t.year,
		Privacy: at.url(t.host()) + "/", Access: at.url(t.host()) + "/",
		Postal:    tenants.Postal{Account: t.postal, Holder: t.name + " - Servizio di tesoreria", IBAN: t.postalIBAN},
		Treasurer: tenants.Treasurer{Name: t.bank, ABI: t.abi, BodyCode: t.body, IBAN: t.iban},
		Identity:  t.identity(at),
		Defaults:  tenants.Imputation{Excess: numbered(t.year, "90"), Unknown: numbered(t.year, "91"), Others: numbered(t.year, "92")}}
}

func (t *demoTown) identity(at place) tenants.Identity {
	return tenants.Identity{Issuer: at.url(sandboxHost) + "/idp", ClientID: t.client(), Level: "https://www.spid.gov.it/SpidL2"}
}

// demoPassword opens every account of the demo, on this machine only.
const demoPassword = "prova-cassa-comune"

// account is a member of staff.
type account struct {
	email, name, role, what string
	offices                 []string
}

func (t *demoTown) staff() []account {
	at := "@" + t.slug + ".example.org"
	return []account{
		{"sportello" + at, "Sara Sportelli", "clerk", "sportello, tutti gli uffici", nil},
		{"polizia" + at, "Piero Vigili", "clerk", "sportello, solo Polizia locale", []string{"POLIZIA"}},
		{"ragioneria" + at, "Rita Ragioni", "accountant", "ragioneria", nil},
		{"admin" + at, "Ada Ministri", "administrator", "amministratore", nil},
	}
}

var demoOperator = account{email: "gestore@example.org", name: "Gino Gestori", what: "gestore dell'istanza"}
