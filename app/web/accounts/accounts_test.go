package accounts_test

import (
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/google/uuid"

	"cassacomune/app/accounting"
	"cassacomune/app/auth"
	"cassacomune/app/formats/all"
	"cassacomune/app/ledger"
	"cassacomune/app/reconcile"
	"cassacomune/jobs"
	"cassacomune/tenants"
	"cassacomune/tenants/tenantstest"
)

func TestPages(t *testing.T) {
	tenantstest.Each(t, func(t *testing.T, db *tenantstest.Data) {
		s := newSite(t, db)
		everybody := map[string]int{auth.RoleAccountant: 200, auth.RoleAdministrator: 200, auth.RoleClerk: 403, auth.RoleAnonymous: 303}
		accountants := map[string]int{auth.RoleAccountant: 200, auth.RoleAdministrator: 403, auth.RoleClerk: 403}
		for _, p := range []struct {
			path  string
			roles map[string]int
			says  []string
		}{
			{"/ragioneria/tesoreria", everybody, []string{"MINISTERO alfa", "500,00", "restano 60 giorni", `title="Equazione 2: torna"`, `title="Equazione 7: non calcolabile"`}},
			{"/ragioneria/tesoreria?stato=closed", everybody, []string{"Nessun provvisorio"}},
			{"/ragioneria/tesoreria.csv", everybody, []string{"MINISTERO alfa", ";500,00;"}},
			{"/ragioneria/riconciliazione", everybody, []string{"BANCA POSTALE alfa", "12345-alfa", "Da riconciliare", "Accrediti da spiegare", "Confermati di recente"}},
			{"/ragioneria/riconciliazione?che=DAT.t", everybody, []string{"Accredito del Tesoriere che nessun riversamento spiega"}},
			{"/ragioneria/riconciliazione.csv", everybody, []string{"prossima_azione", "MINISTERO alfa"}},
			{"/ragioneria/riconciliazione/avanzamento", everybody, []string{"data-cc-progress"}},
			{"/ragioneria/riconciliazione/" + s.alfa.credit["post"].String(), everybody, []string{"INCASSO BOLLETTINI", "12345-alfa", "Termine di 60 giorni", `href="/segui?codice=2026/`}},
			{"/ragioneria/riconciliazione/" + s.alfa.credit["pos"].String(), everybody, []string{"Abbinamenti confermati", "riferimento nella causale"}},
			{"/ragioneria/reversali", everybody, []string{"Mense", "accertamento 12 del 2026", "commissione in compensazione", "100,00"}},
			{"/ragioneria/reversali.csv", everybody, []string{"numero_reversale"}},
			{"/ragioneria/controlli", everybody, []string{"Nessuna anomalia"}},
			{"/ragioneria/file", accountants, []string{"Carica e controlla"}},
		} {
			for role, want := range p.roles {
				status, body := s.get(role, p.path)
				if status != want {
					t.Errorf("GET %s as %s = %d, want %d", p.path, role, status, want)
				}
				for _, says := range p.says {
					if status == 200 && !strings.Contains(body, says) {
						t.Errorf("GET %s as %s does not say %q", p.path, role, says)
					}
				}
				if strings.Contains(strings.ToLower(body), "beta") {
					t.Errorf("GET %s as %s shows another town", p.path, role)
				}
				if status == 200 && role == auth.RoleAdministrator && strings.Contains(body, "Conferma<") {
					t.Errorf("GET %s offers a decision to who may not decide", p.path)
				}
			}
		}
	})
}

// TestExportedOrdersAreAList: limited by their state, as a page and as a file.
func TestExportedOrdersAreAList(t *testing.T) {
	tenantstest.Each(t, func(t *testing.T, db *tenantstest.Data) {
		s := newSite(t, db)
		s.within(s.alfa, func(tx *tenants.Tx) error {
			proposed, err := accounting.Propose(tx)
			if err != nil {
				return err
			}
			_, err = accounting.ExportOrders(tx, []string{proposed[0].Key}, all.WriteOrders)
			return err
		})
		const label = "CC-2026-000001"
		for query, shown := range map[string]bool{"": true, "?stato=exported": true, "?stato=withdrawn": false, "?pagina=2": false} {
			if _, body := s.get(auth.RoleAccountant, "/ragioneria/reversali"+query); strings.Contains(body, label) != shown {
				t.Errorf("the list with %q shows the order: %t, want %t", query, !shown, shown)
			}
		}
		for query, shown := range map[string]bool{"": true, "?stato=withdrawn": false} {
			if _, body := s.get(auth.RoleAccountant, "/ragioneria/reversali.csv"+query); strings.Contains(body, label+";2026;accertamento") != shown {
				t.Errorf("the file with %q holds the order: %t, want %t", query, !shown, shown)
			}
		}
	})
}

var href = regexp.MustCompile(`href="(/ragioneria[^"#]*)`)

// TestNoDeadLinks follows every link of the accountant's pages, and of those
// to which they lead.
func TestNoDeadLinks(t *testing.T) {
	s := newSite(t, tenantstest.SQLite(t))
	s.within(s.alfa, func(tx *tenants.Tx) error {
		proposed, err := accounting.Propose(tx)
		if err != nil {
			return err
		}
		if _, err := accounting.ExportOrders(tx, []string{proposed[0].Key}, all.WriteOrders); err != nil {
			return err
		}
		run, err := jobs.Start(tx, jobs.Import, jobs.ImportParams{Phase: jobs.Check, Name: "rotto.xml"})
		if err != nil {
			return err
		}
		return jobs.AddProblems(tx, run.ID, 1, []jobs.Problem{{Line: 7, Reason: "prova", Severity: jobs.SeverityError}})
	})
	todo, seen := []string{"/ragioneria/tesoreria", "/ragioneria/riconciliazione", "/ragioneria/reversali"}, map[string]bool{}
	for len(todo) > 0 {
		link := todo[0]
		if todo = todo[1:]; seen[link] {
			continue
		}
		seen[link] = true
		status, body := s.get(auth.RoleAccountant, link)
		if status != 200 {
			t.Errorf("a page links to %s, which answers %d", link, status)
		}
		for _, m := range href.FindAllStringSubmatch(body, -1) {
			todo = append(todo, strings.ReplaceAll(m[1], "&amp;", "&"))
		}
	}
	if len(seen) < 12 {
		t.Errorf("only %d links were followed: %v", len(seen), seen)
	}
}

var ownWords = regexp.MustCompile(`<code>[^<]*</code>|name="csrf" value="[^"]*"`)

// TestForeignIsUnknown compares the answer to another town's id with the
// answer to one that nobody has.
func TestForeignIsUnknown(t *testing.T) {
	s := newSite(t, tenantstest.SQLite(t))
	var run jobs.Run
	var export accounting.Export
	var foreign []ledger.Allocation
	s.within(s.beta, func(tx *tenants.Tx) (err error) {
		if foreign, err = ledger.Allocations(tx, ledger.Filter{Level: ledger.R3}); err != nil {
			return err
		}
		proposed, err := accounting.Propose(tx)
		if err != nil {
			return err
		}
		if export, err = accounting.ExportOrders(tx, []string{proposed[0].Key}, all.WriteOrders); err != nil {
			return err
		}
		run, err = jobs.Start(tx, jobs.Import, jobs.ImportParams{Phase: jobs.Check})
		return err
	})
	for _, p := range []struct{ method, path, id string }{
		{"GET", "/ragioneria/riconciliazione/%", s.beta.credit["post"].String()}, {"GET", "/ragioneria/file/%", run.ID.String()},
		{"GET", "/ragioneria/reversali/esportazioni/%/ordinativi.csv", export.ID.String()}, {"GET", "/ragioneria/reversali/esportazioni/%/ordinativi.xml", export.ID.String()},
		{"POST", "/ragioneria/riconciliazione/%/abbinamenti", s.beta.credit["post"].String()}, {"POST", "/ragioneria/riconciliazione/%/estraneita", s.beta.credit["state"].String()},
		{"POST", "/ragioneria/riconciliazione/%/estraneita/revoche", s.beta.credit["state"].String()}, {"POST", "/ragioneria/abbinamenti/%/conferme", foreign[0].ID.String()},
		{"POST", "/ragioneria/abbinamenti/%/rifiuti", foreign[0].ID.String()}, {"POST", "/ragioneria/abbinamenti/%/annullamenti", foreign[0].ID.String()},
		{"POST", "/ragioneria/file/%/approvazioni", run.ID.String()}, {"POST", "/ragioneria/reversali/%/ritiri", export.ID.String()},
	} {
		var bodies []string
		for _, id := range []string{p.id, uuid.NewString(), "nessuno"} {
			path := strings.Replace(p.path, "%", id, 1)
			status, body := s.get(auth.RoleAccountant, path)
			if p.method == "POST" {
				status, body = s.post(auth.RoleAccountant, path, url.Values{"motivo": {"x"}, "reason": {"x"}, "what": {"x"}})
			}
			if status != 404 {
				t.Errorf("%s %s = %d, want 404", p.method, path, status)
			}
			bodies = append(bodies, ownWords.ReplaceAllString(body, ""))
		}
		if bodies[0] != bodies[1] || bodies[1] != bodies[2] {
			t.Errorf("%s %s: a foreign id, an unknown one and none are answered differently", p.method, p.path)
		}
	}
}

// matchOf is the match of a credit in a state.
func (s *site) matchOf(credit string, status ledger.Status) string {
	s.Helper()
	var id string
	s.within(s.alfa, func(tx *tenants.Tx) error {
		all, err := reconcile.Matches(tx, ledger.Filter{Right: s.alfa.credit[credit], Status: status})
		if len(all) != 1 {
			s.Fatalf("%d matches of %s are %s, want one", len(all), credit, status)
		}
		id = all[0].ID.String()
		return err
	})
	return id
}

// TestTheMonth carries the month through the pages: confirm, undo, match by
// hand, mark as foreign, export, download twice, withdraw.
func TestTheMonth(t *testing.T) {
	tenantstest.Each(t, func(t *testing.T, db *tenantstest.Data) {
		s := newSite(t, db)
		do := func(path string, want int, says string, values url.Values) {
			t.Helper()
			for _, role := range []string{auth.RoleAdministrator, auth.RoleClerk} {
				if status, _ := s.post(role, path, values); status != 403 {
					t.Errorf("POST %s as %s = %d, want 403", path, role, status)
				}
			}
			if status, body := s.post(auth.RoleAccountant, path, values); status != want || !strings.Contains(body, says) {
				t.Errorf("POST %s %v = %d, want %d saying %q\n%s", path, values, status, want, says, shown(body))
			}
		}
		post := "/ragioneria/riconciliazione/" + s.alfa.credit["post"].String()
		state := "/ragioneria/riconciliazione/" + s.alfa.credit["state"].String()

		do("/ragioneria/abbinamenti/"+s.matchOf("post", ledger.Proposed)+"/conferme", 303, "Location: /ragioneria/riconciliazione", nil)
		do("/ragioneria/abbinamenti/"+s.matchOf("post", ledger.Confirmed)+"/annullamenti", 422, "Scrivi il motivo", nil)
		do("/ragioneria/abbinamenti/"+s.matchOf("post", ledger.Confirmed)+"/annullamenti", 303, "", url.Values{"motivo": {"Era un altro"}})
		do(post+"/abbinamenti", 422, "scegline uno dell&#39;elenco", url.Values{"remittance": {"x"}, "cents": {"12..3"}, "reason": {"perché sì"}})
		if _, body := s.post(auth.RoleAccountant, post+"/abbinamenti", url.Values{"remittance": {"x"}, "cents": {"12..3"}, "reason": {"perché sì"}}); !strings.Contains(body, `value="12..3"`) || !strings.Contains(body, `value="perché sì"`) {
			t.Error("the refused match does not keep what was typed")
		}
		_, body := s.get(auth.RoleAccountant, post)
		m := regexp.MustCompile(`<option value="([0-9a-f-]{36})">Riversamento 12345-alfa`).FindStringSubmatch(body)
		if m == nil {
			t.Fatalf("the page does not offer the batch that waits\n%s", shown(body))
		}
		do(post+"/abbinamenti", 422, "al massimo", url.Values{"remittance": {m[1]}, "cents": {"99,00"}, "reason": {"x"}})
		do(post+"/abbinamenti", 303, "Location: "+post, url.Values{"remittance": {m[1]}, "reason": {"Lo dice il direttore"}})
		do(state+"/estraneita", 422, "Scrivi di che cosa si tratta", url.Values{"what": {""}})
		do(state+"/estraneita", 303, "Location: "+state, url.Values{"what": {"Trasferimento"}})
		do(state+"/estraneita", 422, "già spiegato", url.Values{"what": {"Trasferimento"}})
		do(state+"/estraneita/revoche", 303, "", nil)
		s.export(do)
		if _, body := s.get(auth.RoleAccountant, "/ragioneria/controlli"); !strings.Contains(body, "Nessuna anomalia") {
			t.Error("the checks are not clean after the month")
		}
		s.within(s.alfa, func(tx *tenants.Tx) error {
			runs, err := jobs.List(tx, 10, jobs.Reconcile)
			if len(runs) != 1 { // the clock stands still: one minute
				t.Errorf("%d runs follow the decisions of one minute, want one", len(runs))
			}
			return err
		})
	})
}

var orderKey = regexp.MustCompile(`name="ordinativo" value="([0-9a-f]+)" checked`)

func (s *site) export(do func(path string, want int, says string, values url.Values)) {
	s.Helper()
	do("/ragioneria/reversali/esportazioni", 422, "Scegli almeno un ordinativo", nil)
	do("/ragioneria/reversali/esportazioni", 422, "ricarica la pagina", url.Values{"ordinativo": {"0000"}})
	_, body := s.get(auth.RoleAccountant, "/ragioneria/reversali")
	m := orderKey.FindStringSubmatch(body)
	if m == nil {
		s.Fatalf("no order is offered\n%s", shown(body))
	}
	do("/ragioneria/reversali/esportazioni", 303, "Location: /ragioneria/reversali#esportazioni", url.Values{"ordinativo": {m[1]}})
	_, body = s.get(auth.RoleAccountant, "/ragioneria/reversali")
	for ending, says := range map[string]string{"csv": "REGOLARIZZAZIONE", "xml": "<"} {
		file := regexp.MustCompile(`/ragioneria/reversali/esportazioni/[0-9a-f-]{36}/ordinativi.` + ending).FindString(body)
		status, first := s.get(auth.RoleAccountant, file)
		_, again := s.get(auth.RoleAccountant, file)
		if status != 200 || !strings.Contains(first, says) || first != again {
			s.Errorf("GET %s = %d, want twice the same file", file, status)
		}
	}
	order := regexp.MustCompile(`/ragioneria/reversali/[0-9a-f-]{36}/ritiri`).FindString(body)
	do("/ragioneria/abbinamenti/"+s.matchOf("pos", ledger.Confirmed)+"/annullamenti", 422, "ritira prima", url.Values{"motivo": {"x"}})
	do(order, 422, "Scrivi il motivo del ritiro", nil)
	do(order, 303, "Location: /ragioneria/reversali", url.Values{"motivo": {"Rifatto"}})
}

// shown is the part of a page that says what is wrong.
func shown(body string) string {
	if _, rest, ok := strings.Cut(body, `id="errori"`); ok {
		alert, _, _ := strings.Cut(rest, "</div>")
		return alert
	}
	return body[max(0, len(body)-400):]
}

func TestRunIsAsked(t *testing.T) {
	s := newSite(t, tenantstest.SQLite(t))
	if status, _ := s.post(auth.RoleAdministrator, "/ragioneria/riconciliazione/esecuzioni", nil); status != 403 {
		t.Errorf("run as administrator = %d, want 403", status)
	}
	if status, body := s.post(auth.RoleAccountant, "/ragioneria/riconciliazione/esecuzioni", nil); status != 303 || !strings.Contains(body, "Location: /ragioneria/riconciliazione") {
		t.Errorf("run = %d, want 303", status)
	}
	if _, body := s.get(auth.RoleAccountant, "/ragioneria/riconciliazione"); !strings.Contains(body, `data-cc-poll="/ragioneria/riconciliazione/avanzamento"`) {
		t.Error("the page does not show the run that was asked for")
	}
}

// TestTwoClerksAtOnce has the same proposal confirmed by many at the same time:
// each is answered, and it is confirmed once.
func TestTwoClerksAtOnce(t *testing.T) {
	tenantstest.Each(t, func(t *testing.T, db *tenantstest.Data) {
		s := newSite(t, db)
		id := s.matchOf("post", ledger.Proposed)
		var wg sync.WaitGroup
		for range 6 {
			wg.Go(func() {
				if status, body := s.post(auth.RoleAccountant, "/ragioneria/abbinamenti/"+id+"/conferme", nil); status != 303 && status != 422 {
					t.Errorf("confirm = %d, want 303 or 422\n%s", status, shown(body))
				}
			})
		}
		wg.Wait()
		if got := s.matchOf("post", ledger.Confirmed); got != id {
			t.Errorf("confirmed = %s, want %s", got, id)
		}
		if _, body := s.get(auth.RoleAccountant, "/ragioneria/controlli"); !strings.Contains(body, "Nessuna anomalia") {
			t.Error("the checks are not clean after six confirmations at once")
		}
	})
}

func TestUpload(t *testing.T) {
	tenantstest.Each(t, func(t *testing.T, db *tenantstest.Data) {
		s := newSite(t, db)
		journal, err := s.alfa.bank.Journal(second.AddDays(1))
		if err != nil {
			t.Fatal(err)
		}
		for _, role := range []string{auth.RoleAdministrator, auth.RoleClerk} {
			if status, _ := s.upload(role, "/ragioneria/file", "giornale.xml", journal); status != 403 {
				t.Errorf("upload as %s = %d, want 403", role, status)
			}
		}
		if status, body := s.upload(auth.RoleAccountant, "/ragioneria/file", "vuoto.xml", nil); status != 422 || !strings.Contains(body, "Il file è vuoto") {
			t.Errorf("upload of nothing = %d, want 422", status)
		}
		if status, body := s.post(auth.RoleAccountant, "/ragioneria/file", nil); status != 422 && status != 403 {
			t.Errorf("a form without a file = %d, want a refusal\n%s", status, shown(body))
		}
		status, body := s.upload(auth.RoleAccountant, "/ragioneria/file", "giornale.xml", journal)
		_, path, found := strings.Cut(body, "Location: ")
		if status != 303 || !found {
			t.Fatalf("upload = %d, want 303", status)
		}
		if status, body := s.get(auth.RoleAccountant, path); status != 200 || !strings.Contains(body, "giornale.xml") || !strings.Contains(body, "data-cc-poll") {
			t.Errorf("GET %s = %d, want the file being checked", path, status)
		}
		if status, body := s.get(auth.RoleAccountant, path+"/avanzamento"); status != 200 || strings.Contains(body, "<html") {
			t.Errorf("GET %s/avanzamento = %d, want the part alone", path, status)
		}
		if status, body := s.post(auth.RoleAccountant, path+"/approvazioni", nil); status != 422 || !strings.Contains(body, "non ha un&#39;anteprima conclusa") {
			t.Errorf("approval before the preview = %d, want 422 and why", status)
		}
		if status, body := s.get(auth.RoleAccountant, "/ragioneria/file"); status != 200 || !strings.Contains(body, "Controllo in corso") {
			t.Errorf("GET /ragioneria/file = %d, want the file in the list", status)
		}
		if status, _ := s.post(auth.RoleAccountant, path+"/cancellazioni", nil); status != 303 {
			t.Errorf("cancel = %d, want 303", status)
		}
		if status, body := s.get(auth.RoleAccountant, path); status != 200 || !strings.Contains(body, "Interrotto") {
			t.Errorf("GET %s = %d, want the file as it was left", path, status)
		}
		if status, body := s.get(auth.RoleAccountant, path+"/scarti.csv"); status != 200 || !strings.Contains(body, "riga;che_cosa;campo;valore;motivo") {
			t.Errorf("GET %s/scarti.csv = %d %q, want the list of its problems", path, status, body)
		}
	})
}
