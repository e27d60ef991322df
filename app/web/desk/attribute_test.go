package desk_test

import (
	"fmt"
	"html"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"cassacomune/app/collections"
	"cassacomune/app/debts"
	"cassacomune/app/ledger"
	"cassacomune/app/ledger/ledgertest"
	"cassacomune/app/money"
	"cassacomune/app/paper"
	"cassacomune/app/price"
	"cassacomune/app/trace"
	"cassacomune/tenants"
	"cassacomune/tenants/tenantstest"
)

var (
	formKey = regexp.MustCompile(`name="modulo" value="([^"]+)"`)
	rata    = regexp.MustCompile(`href="([^"]*rata=[^"#]*)#attribuisci"`)
	annulla = regexp.MustCompile(`href="([^"]*annulla=([^"#&]*))#annulla"`)
)

// choose searches on a collection's page and opens the first instalment found.
func (o *office) choose(who string, c collections.Collection, text string) (page answer, in, key string) {
	o.t.Helper()
	at := "/desk/incassi/" + c.ID.String()
	found := o.get(who, at+"?cerca="+text)
	link := rata.FindStringSubmatch(found.body)
	if link == nil {
		o.t.Fatalf("%q finds no instalment: %s", text, found.body)
	}
	page = o.get(who, html.UnescapeString(link[1]))
	m := formKey.FindStringSubmatch(page.body)
	if m == nil {
		o.t.Fatalf("no form to attribute: %s", page.body)
	}
	_, in, _ = strings.Cut(html.UnescapeString(link[1]), "rata=")
	return page, in, m[1]
}

func (o *office) sound(want map[ledger.Account]money.Cents) {
	o.t.Helper()
	for a, cents := range ledgertest.Totals(o.t, o.Data, o.town.ID) {
		if w, ok := want[a]; ok && w != cents {
			o.t.Errorf("%s = %d, want %d", a, cents, w)
		}
	}
	o.within(func(tx *tenants.Tx) error {
		breaches, err := trace.Check(tx)
		for _, b := range breaches {
			o.t.Errorf("check: %v", b)
		}
		return err
	})
}

// proves compares the lines of a collection's receipt.
func (o *office) proves(c collections.Collection, want ...string) {
	o.t.Helper()
	o.within(func(tx *tenants.Tx) error {
		proof, err := collections.ProofOf(tx, c.Channel, c.Key)
		if err != nil {
			return err
		}
		r, err := paper.Receipt(tx, proof, "Bollettino")
		var got []string
		for _, i := range r.Items {
			got = append(got, fmt.Sprintf("%s %d", i.Text, i.Amount))
		}
		slices.Sort(got)
		if !slices.Equal(got, want) {
			o.t.Errorf("receipt = %q, want %q", got, want)
		}
		return err
	})
}

// TestAttribute goes from a slip of nobody known to the debt that it paid, and
// back.
func TestAttribute(t *testing.T) {
	tenantstest.Each(t, func(t *testing.T, db *tenantstest.Data) {
		o := open(t, db)
		owed := o.debt("MENSA", "M1", "Rossi Anna", 4500)
		c := o.collect("888888888888888888", "P1", 5000)
		at := "/desk/incassi/" + c.ID.String()
		for _, who := range []string{"clerk", "accountant"} {
			o.get(who, at).says(t, 200, "Da attribuire", "Attribuisci 50,00", "A quale posizione?")
		}
		o.get("administrator", at).silent(t, "A quale posizione?")
		o.get("clerk", "/desk").says(t, 200, "si attribuiscono dalla pagina")
		o.get("clerk", at+"?cerca=nessuno").says(t, 200, "Nessuna rata da pagare per «nessuno»")
		for _, text := range []string{owed.Codes[0].Code, "M1", "rssmra80a01h501u", "rossi+a"} {
			o.get("clerk", at+"?cerca="+text).says(t, 200, "M1 · Soluzione unica", "Causale M1", "Rossi Anna", "45,00")
		}
		page, in, key := o.choose("clerk", c, "M1")
		page.says(t, 200, "Si attribuiscono", "45,00", "risulta pagata", "restano da attribuire 5,00")
		o.post("clerk", at+"/attribuzioni", "rata", in, "modulo", key).says(t, 422, "Motivo: campo da compilare", "Si attribuiscono")
		o.post("clerk", at+"/attribuzioni", "rata", "x", "motivo", "m").says(t, 422, "Scegli la rata")
		o.post("clerk", at+"/attribuzioni", "rata", in, "motivo", "m", "importo", "60").says(t, 422, "restano da attribuire 50,00")
		o.post("clerk", at+"/attribuzioni", "rata", in, "motivo", "m", "importo", "zero").says(t, 422, "importo non leggibile")
		o.post("administrator", at+"/attribuzioni", "rata", in, "motivo", "m").says(t, 403)
		for range 2 { // the button twice
			if got := o.post("clerk", at+"/attribuzioni", "rata", in, "modulo", key, "motivo", "nome sul bollettino"); got.status != 303 || got.header.Get("Location") != at {
				t.Fatalf("attribute = %d: %s", got.status, got.body)
			}
		}
		o.sound(map[ledger.Account]money.Cents{"DAT.c": 500, "CRE": 0, "CLR.slip": 5000})
		o.get("clerk", at).says(t, 200, "per attribuzione", "M1 · Causale M1", "nome sul bollettino", "valida", "Attribuisci 5,00", "motivo: nome sul bollettino")
		o.get("clerk", "/desk/posizioni/"+owed.ID.String()).says(t, 200, "Pagato", "Versante Prova", "Incasso attribuito", "incasso 888888888888888888", "chiuso")
		o.get("clerk", "/segui?codice="+owed.Codes[0].Code).says(t, 200, "P1", "scelta di una persona")
		o.get("clerk", "/segui?codice=P1").says(t, 200, "M1")
		o.get("clerk", "/desk/incassi?tipo=unknown").says(t, 200, "50,00")
		o.proves(c, "Causale M1 4500", "Pagamento da attribuire 500")
		o.get("clerk", "/desk/incassi.csv").says(t, 200, ";0,00;5,00;")
		o.post("clerk", at+"/attribuzioni", "rata", in, "motivo", "ancora").says(t, 422, "già pagato")

		link := annulla.FindStringSubmatch(o.get("clerk", at).body)
		if link == nil {
			t.Fatal("no link to undo")
		}
		o.get("accountant", html.UnescapeString(link[1])).says(t, 200, "Annulla l'attribuzione di 45,00", "Motivo dell")
		o.post("clerk", at+"/attribuzioni/annullamenti", "annulla", link[2]).says(t, 422, "Scrivi perché")
		o.post("clerk", at+"/attribuzioni/annullamenti", "annulla", "x", "motivo", "m").says(t, 404)
		o.post("administrator", at+"/attribuzioni/annullamenti", "annulla", link[2], "motivo", "m").says(t, 403)
		if got := o.post("clerk", at+"/attribuzioni/annullamenti", "annulla", link[2], "motivo", "era di un altro"); got.status != 303 {
			t.Fatalf("undo = %d: %s", got.status, got.body)
		}
		o.get("clerk", at).says(t, 200, "annullata", "era di un altro", "Attribuisci 50,00", "sciolto")
		o.get("clerk", "/desk/posizioni/"+owed.ID.String()).says(t, 200, "Da pagare", "Attribuzione annullata", "attivo", "Nessun incasso finora")
		o.sound(map[ledger.Account]money.Cents{"DAT.c": 5000, "CRE": 4500, "CLR.slip": 5000})

		o.proves(c, "Pagamento da attribuire 5000")
		other := o.debt("CDS", "V1", "Bianchi Ugo", 4200)
		page, in, key = o.choose("accountant", c, "V1")
		page.says(t, 200, "di cui Verbale", "V1 · Causale V1")
		if got := o.post("accountant", at+"/attribuzioni", "rata", in, "modulo", key, "motivo", "verbale", "importo", "10,00"); got.status != 303 {
			t.Fatalf("attribute again = %d: %s", got.status, got.body)
		}
		o.get("clerk", "/desk/posizioni/"+other.ID.String()).says(t, 200, "Pagato in parte")
		o.sound(map[ledger.Account]money.Cents{"DAT.c": 4000})
	})
}

// TestAttributeAnExcess uses what was paid twice.
func TestAttributeAnExcess(t *testing.T) {
	tenantstest.Each(t, func(t *testing.T, db *tenantstest.Data) {
		o := open(t, db)
		paid, owed := o.debt("MENSA", "M1", "Rossi Anna", 4500), o.debt("MENSA", "M2", "Verdi Ada", 9000)
		o.collect(paid.Codes[0].Code, "P1", 4500)
		c := o.collect(paid.Codes[0].Code, "P2", 4500)
		_, in, key := o.choose("clerk", c, "verdi")
		if got := o.post("clerk", "/desk/incassi/"+c.ID.String()+"/attribuzioni", "rata", in, "modulo", key, "motivo", "ha pagato la sorella"); got.status != 303 {
			t.Fatalf("attribute = %d: %s", got.status, got.body)
		}
		o.get("clerk", "/desk/posizioni/"+owed.ID.String()).says(t, 200, "Pagato in parte")
		o.get("clerk", "/desk/posizioni/"+paid.ID.String()).silent(t, "Eccedenza")
		o.get("clerk", "/desk/incassi?tipo=excess").says(t, 200, "Nessun incasso")
		o.sound(map[ledger.Account]money.Cents{"ANT": 0, "CRE": 4500})
	})
}

// TestAttributeBehindTheWalls: an office and a town find and reach nothing of
// another.
func TestAttributeBehindTheWalls(t *testing.T) {
	tenantstest.Each(t, func(t *testing.T, db *tenantstest.Data) {
		o := open(t, db)
		mine, fine := o.debt("MENSA", "M1", "Rossi Anna", 4500), o.debt("CDS", "V1", "Bianchi Ugo", 4200)
		c, known := o.collect("1", "P1", 5000), o.collect(o.debt("CDS", "V2", "Neri Ivo", 4200).Codes[0].Code, "P2", 4700)
		at := "/desk/incassi/" + c.ID.String()
		for _, text := range []string{"V1", "bianchi", fine.Codes[0].Code} {
			hidden := o.get("school", at+"?cerca="+text)
			hidden.says(t, 200, "Nessuna rata da pagare")
			hidden.silent(t, "Causale V1")
		}
		foreign := fine.Instalments[0].ID.String()
		o.get("school", at+"?rata="+foreign).silent(t, "Causale V1")
		o.post("school", at+"/attribuzioni", "rata", foreign, "motivo", "m").says(t, 404)
		o.post("school", "/desk/incassi/"+known.ID.String()+"/attribuzioni", "rata", mine.Instalments[0].ID.String(), "motivo", "m").says(t, 404)

		other := &office{Data: db, t: t, town: db.Add(t, "beta")}
		other.within(func(tx *tenants.Tx) error {
			if err := tx.SaveOffice(tenants.Office{Code: "s", Name: "Scuola"}); err != nil {
				return err
			}
			return tx.SaveDebtType(tenants.DebtType{Code: "MENSA", Office: "s", Name: "Mensa", Active: true, Setup: tenants.TypeSetup{Price: price.Rule{Kind: price.Fixed}}})
		})
		theirs, lost := other.debt("MENSA", "B1", "Altrove", 100), other.collect("1", "B", 100)
		for _, in := range []string{theirs.Instalments[0].ID.String(), "01890000-0000-7000-8000-000000000000"} {
			o.post("clerk", at+"/attribuzioni", "rata", in, "motivo", "m").says(t, 404)
		}
		o.post("clerk", "/desk/incassi/"+lost.ID.String()+"/attribuzioni", "rata", mine.Instalments[0].ID.String(), "motivo", "m").says(t, 404)

		if got := o.post("clerk", at+"/attribuzioni", "rata", foreign, "motivo", "m", "importo", "30"); got.status != 303 {
			t.Fatalf("attribute = %d: %s", got.status, got.body)
		}
		link := annulla.FindStringSubmatch(o.get("clerk", at).body)
		o.get("school", at).silent(t, "Causale V1", "annulla=")
		o.post("school", at+"/attribuzioni/annullamenti", "annulla", link[2], "motivo", "m").says(t, 404)
		o.post("clerk", "/desk/incassi/"+known.ID.String()+"/attribuzioni/annullamenti", "annulla", link[2], "motivo", "m").says(t, 404)
		o.sound(map[ledger.Account]money.Cents{"DAT.c": 2000})
	})
}

// TestTwoClerksAttributeAtOnce press the button together, for two debts.
func TestTwoClerksAttributeAtOnce(t *testing.T) {
	tenantstest.Each(t, func(t *testing.T, db *tenantstest.Data) {
		o := open(t, db)
		owed := []debts.Debt{o.debt("MENSA", "M1", "Rossi Anna", 4500), o.debt("MENSA", "M2", "Verdi Ada", 4500)}
		c := o.collect("1", "P1", 4500)
		got := make([]answer, 2)
		var both sync.WaitGroup
		for i, who := range []string{"clerk", "accountant"} {
			both.Go(func() {
				got[i] = o.post(who, "/desk/incassi/"+c.ID.String()+"/attribuzioni", "rata", owed[i].Instalments[0].ID.String(), "motivo", "m")
			})
		}
		both.Wait()
		won, lost := got[0], got[1]
		if won.status != 303 {
			won, lost = lost, won
		}
		if won.status != 303 {
			t.Fatalf("neither: %d and %d", won.status, lost.status)
		}
		lost.says(t, 422, "non resta nulla da attribuire")
		o.sound(map[ledger.Account]money.Cents{"CLR.slip": 4500, "CRE": 4500})
	})
}
