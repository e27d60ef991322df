package page

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"cassacomune/app/fault"
	"cassacomune/views"
)

// portalSources are the files whose sentences reach a citizen: the pages of the
// portal, and what the rooms, the codes, the channels and the log-in say to
// whoever pays.
var portalSources = []string{
	"web/citizen/*.go", "web/web.go", "web/errors.go", "web/arrive.go", "web/page/guard.go", "web/page/upload.go",
	"debts/payable.go", "debts/notice.go", "debts/owed.go", "debts/quote.go", "debts/birth.go", "debts/new.go",
	"payments/*.go", "channels/*.go", "channels/vpos/*.go", "channels/slip/*.go", "collections/proof.go", "paper/*.go",
	"codes/fiscal.go", "codes/vat.go", "auth/oidc.go", "auth/oidc_finish.go", "auth/citizen.go", "auth/session.go", "auth/auth.go",
}

// unheard are the sentences of those files that no citizen reads, and why.
var unheard = map[string]string{
	"Il gestore non conosce il pagamento.":                                      "detail of an attempt, for the office",
	"Il gestore dice %s, il pagamento è di %s.":                                 "detail of an attempt, for the office",
	"Il gestore dice la valuta %q, il pagamento è in euro.":                     "detail of an attempt, for the office",
	"La banca non ha ancora confermato.":                                        "detail of an attempt, for the office",
	"Il pagamento è stato annullato.":                                           "detail of an attempt, for the office",
	"La banca ha rifiutato il pagamento.":                                       "detail of an attempt, for the office",
	"La banca non conosce ancora l'esito.":                                      "detail of an attempt, for the office",
	"La partita IVA non contiene un numero o un ufficio di rilascio esistente.": "the portal asks for no partita IVA",
	"Manca il codice della posizione.":                                          "the portal names its positions itself",
	"Manca il debitore: serve il codice fiscale o il nome.":                     "the portal's form demands both",
	"Manca l'importo.":                                                          "the portal's form demands it",
	"La voce %q è ripetuta.":                                                    "the portal makes one item",
	"La rata %d dell'opzione %q è ripetuta.":                                    "the portal makes one instalment",
	"Il numero avviso %q non è valido.":                                         "the portal gives no notice number",
	"La voce %q della rata non esiste.":                                         "the portal makes one item",
	"Scegli un file da caricare.":                                               "for staff: citizens bring no files",
	"Il caricamento si è interrotto: riprova.":                                  "for staff: citizens bring no files",
	"Il file supera il limite di %s. Dividilo in più file, oppure chiedi all'amministratore di alzare il limite.": "for staff: citizens bring no files",
	"Se ti serve per il tuo lavoro, chiedi il ruolo all'amministratore del Comune.":                               "for staff",
}

// TestPortalSpeaksGerman reads every sentence out of the portal's sources: each
// is known to Say and has its German, or stands on the list of those that
// nobody hears.
func TestPortalSpeaksGerman(t *testing.T) {
	texts, err := LoadTexts(views.FS)
	if err != nil {
		t.Fatal(err)
	}
	german, said := texts.In("de"), map[string]bool{}
	for _, pattern := range portalSources {
		files, err := filepath.Glob(filepath.Join("../..", pattern))
		if err != nil || len(files) == 0 {
			t.Fatalf("no source %s: %v", pattern, err)
		}
		for _, name := range files {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			for _, sentence := range spoken(t, name, nil) {
				said[sentence] = true
				if unheard[sentence] == "" && german.Say(sentence) == sentence {
					t.Errorf("%s says %q: give it a key in sentences and its German", name, sentence)
				}
			}
		}
	}
	for sentence := range unheard {
		if !said[sentence] {
			t.Errorf("nobody says %q any more: take it off the list", sentence)
		}
	}
	for sentence := range keyOf {
		if german.Say(sentence) == sentence {
			t.Errorf("Say in German = %q, the Italian sentence", sentence)
		}
		if strings.HasSuffix(sentence, ".") && !said[sentence] {
			t.Errorf("nobody says %q", sentence)
		}
	}
	if len(said) < 50 {
		t.Errorf("only %d sentences found", len(said))
	}
}

var sentence = regexp.MustCompile(`^[\p{Lu}%«].*\pL.* .*[.](?: %s)?$`)

// spoken are the sentences in a source: what begins and ends as one. Keyed texts
// have their own lint, and what is not found has one German sentence for all.
func spoken(t *testing.T, name string, src any) (found []string) {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), name, src, 0)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			return !ofMissing(n)
		case *ast.BasicLit:
			if text, err := strconv.Unquote(n.Value); err == nil && n.Kind == token.STRING && sentence.MatchString(text) {
				found = append(found, text)
			}
		}
		return true
	})
	return found
}

// ofMissing reports whether a call says that something is not there.
func ofMissing(call *ast.CallExpr) bool {
	name, ok := call.Fun.(*ast.SelectorExpr)
	if !ok || name.Sel.Name != "New" || len(call.Args) < 2 {
		return ok && name.Sel.Name == "One"
	}
	key, ok := call.Args[1].(*ast.BasicLit)
	return ok && key.Value == strconv.Quote(missing)
}

// TestPortalLintSees plants what the lint must find, and what it must not.
func TestPortalLintSees(t *testing.T) {
	got := spoken(t, "x.go", `package x
		var a = fault.New(fault.Conflict, "x.y", "Non si può fare.")
		var b = fault.New(fault.NotFound, "missing", "Non c'è niente.")
		var c = tx.One(q, "Nessuno lo trova.")
		var d = w.T("x.z|Testo con chiave.")
		var e = "%s deve avere 11 cifre."
		var f = "select x from y."`)
	if want := "Non si può fare.;%s deve avere 11 cifre."; strings.Join(got, ";") != want {
		t.Errorf("spoken = %q, want %q", got, want)
	}
}

func TestFaultInGerman(t *testing.T) {
	texts, err := LoadTexts(views.FS)
	if err != nil {
		t.Fatal(err)
	}
	german := texts.In("de")
	for _, c := range []struct {
		said      *fault.Error
		it, other string
	}{
		{fault.New(fault.Conflict, "cart.full", "Il carrello contiene al massimo %d avvisi.", 5), "Il carrello contiene al massimo 5 avvisi.", "Der Warenkorb fasst höchstens 5 Bescheide."},
		{fault.New(fault.Invalid, "codes.fiscal.form", "%s deve avere 11 cifre.", "Il codice fiscale numerico"), "Il codice fiscale numerico deve avere 11 cifre.", "Die numerische Steuernummer muss 11 Ziffern haben."},
		{fault.New(fault.Conflict, "cart.unpayable", "%s", "Risulta già pagato."), "Risulta già pagato.", "Ist schon bezahlt."},
		{fault.New(fault.NotFound, missing, "Pagamento non trovato."), "Pagamento non trovato.", german.T("error.says_missing|")},
		{fault.New(fault.Invalid, "x", "Sconosciuta al %d%%.", 20).On("y"), "Sconosciuta al 20%.", "Sconosciuta al 20%."},
		{&fault.Error{Text: "Risulta già pagato."}, "Risulta già pagato.", "Ist schon bezahlt."},
	} {
		if got := (Words{}).Fault(c.said); got != c.it {
			t.Errorf("in Italian %q, want %q", got, c.it)
		}
		if got := german.Fault(c.said); got != c.other {
			t.Errorf("in German %q, want %q", got, c.other)
		}
	}
}
