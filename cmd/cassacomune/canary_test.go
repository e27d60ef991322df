package main

import (
	"bytes"
	"database/sql"
	"fmt"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"cassacomune/app/auth"
	"cassacomune/app/codes"
	"cassacomune/app/debts"
	"cassacomune/jobs"
	"cassacomune/tenants"
	"cassacomune/tenants/tenantstest"
)

// marks are the columns with words of people, in every table that pages read.
// In each of them every row of both towns is marked.
var marks = strings.Fields(`office.name debt_type.name account.name chapter.name assessment.name audit.detail inbound.name
	run.created_by ledger_tx.reason  allocation.who allocation_event.reason allocation_event.who membership.name
	citizen.given_name attribution.reason attribution.who debt.reason debt.debtor_name debt_party.name debt_party.address debt_item.label debt_event.detail
	import_problem.reason cart.payer_name cart_line.label attempt.detail collection.payer remittance.source
	journal_entry.text journal_entry.party_name journal_entry.raw provisional.text provisional.party_name credit_mark.reason
	collection_order.label collection_order_line.payer fulfilment.reason`)

// shown are the marks that the pages must show, or nothing is tested.
var shown = strings.Fields(`office.name debt_type.name account.name chapter.name assessment.name membership.name audit.detail
	debt.reason debt.debtor_name debt_item.label debt_party.name debt_event.detail citizen.given_name cart.payer_name import_problem.reason
	collection.payer provisional.text provisional.party_name collection_order.label run.created_by`)

func mark(town *demoTown, column string) string { return "canarino-" + town.slug + "-" + column }

// deface marks the rows of a town behind the application's back.
func (s *stage) deface(town *demoTown) {
	s.t.Helper()
	var run func(text string) error
	if s.data.Engine == "sqlite" {
		file, err := sql.Open("sqlite", "file:"+filepath.Join(s.data.Dir, "tenants", town.id.String()+".db")+"?_pragma=busy_timeout(5000)")
		must(s.t, err)
		defer file.Close()
		run = func(text string) error { _, err := file.Exec(text); return err }
	} else {
		owner, err := pgx.Connect(s.ctx, s.data.OwnerURL)
		must(s.t, err)
		defer owner.Close(s.ctx)
		run = func(text string) error { _, err := owner.Exec(s.ctx, text); return err }
	}
	for _, m := range marks {
		table, column, _ := strings.Cut(m, ".")
		must(s.t, run(fmt.Sprintf("update %s set %s = %[2]s || ' %s' where tenant_id = %d", table, column, mark(town, m), town.id)))
	}
}

// crawl is one walk over all pages of a town.
type crawl struct {
	s       *stage
	town    *demoTown
	other   *demoTown
	never   []string                   // words of the other town
	rules   []rule                     // of the table, GET, town
	pool    map[string][]string        // addresses met, by route
	visited map[string]map[string]bool // role -> addresses
	ok      map[string]map[string]bool // route -> roles that were answered 200
	marks   map[string]bool            // own marks that were shown
}

// each is how many addresses of a route a role visits.
const each = 4

func newCrawl(s *stage, town, other *demoTown) *crawl {
	c := &crawl{s: s, town: town, other: other, pool: map[string][]string{}, visited: map[string]map[string]bool{}, ok: map[string]map[string]bool{}, marks: map[string]bool{}}
	c.never = []string{"canarino-" + other.slug, other.slug, other.name, other.fiscal, other.postal, other.postalIBAN, other.iban, other.terminal, other.id.String()}
	for _, r := range table(s.t) {
		if r.side == "town" && r.method == "GET" {
			c.rules = append(c.rules, r)
			if !strings.Contains(r.path, ":") {
				c.meet(r.path)
			}
		}
	}
	return c
}

// route is the rule that an address belongs to.
func (c *crawl) route(address string) (rule, bool) {
	path, _, _ := strings.Cut(address, "?")
	parts := strings.Split(path, "/")
	best, fixed := rule{}, -1
	for _, r := range c.rules {
		want := strings.Split(r.path, "/")
		if len(want) != len(parts) {
			continue
		}
		n := 0
		for i := range want {
			switch {
			case want[i] == parts[i]:
				n++
			case !strings.HasPrefix(want[i], ":") || parts[i] == "":
				n = -100
			}
		}
		if n > fixed {
			best, fixed = r, n
		}
	}
	return best, fixed >= 0
}

func (c *crawl) meet(address string) {
	if r, ok := c.route(address); ok && !slices.Contains(c.pool[r.path], address) {
		c.pool[r.path] = append(c.pool[r.path], address)
		if strings.HasSuffix(r.path, "/file/:id") { // while the run goes on; where rows are refused
			c.meet(address + "/avanzamento")
			c.meet(address + "/scarti.csv")
		}
	}
}

var links = regexp.MustCompile(`(?:href|action|src|data-cc-poll)="([^"]*)"`)

// read looks at an answer: no word of the other town, and the links in it.
func (c *crawl) read(v *visitor, address string, got reply) {
	c.s.t.Helper()
	for _, word := range c.never {
		if i := strings.Index(got.body, word); i >= 0 {
			c.s.t.Errorf("%s of %s as %s shows %q: ...%s...", address, c.town.slug, v.role, word, got.body[max(0, i-60):min(len(got.body), i+60)])
		}
	}
	for _, m := range marks {
		if !c.marks[m] && strings.Contains(got.body, mark(c.town, m)) {
			c.marks[m] = true
		}
	}
	if got.status == 500 {
		c.s.t.Errorf("%s of %s as %s: 500", address, c.town.slug, v.role)
	}
	own := "http://" + c.town.host() + ":" + c.s.place.port
	found := [][]string{{"", got.location}}
	if strings.HasPrefix(got.kind, "text/html") {
		found = append(found, links.FindAllStringSubmatch(got.body, -1)...)
	}
	for _, m := range found {
		to := strings.TrimPrefix(strings.ReplaceAll(m[1], "&amp;", "&"), own)
		to, _, _ = strings.Cut(to, "#")
		if strings.HasPrefix(to, "?") {
			path, _, _ := strings.Cut(address, "?")
			to = path + to
		}
		if strings.HasPrefix(to, "/") && !strings.HasPrefix(to, "//") {
			c.meet(to)
		}
	}
}

// walk visits what there is for a role until it meets nothing new.
func (c *crawl) walk(v *visitor) {
	c.s.t.Helper()
	if c.visited[v.role] == nil {
		c.visited[v.role] = map[string]bool{}
	}
	for again := true; again; {
		again = false
		for _, r := range c.rules {
			if r.want[v.role] != "Y" {
				continue
			}
			for n, address := range c.pool[r.path] {
				if n >= each && c.ok[r.path][v.role] || n >= 3*each || c.visited[v.role][address] {
					continue
				}
				c.visited[v.role][address] = true
				again = true
				c.s.visit(c.other.host(), auth.RoleAnonymous).get("/") // the other town's page just before
				got := v.get(address)
				c.read(v, address, got)
				if got.status == 200 || r.redirects() && got.status == 303 {
					c.answered(r.path, v.role)
				}
			}
		}
	}
}

func (c *crawl) answered(route, role string) {
	if c.ok[route] == nil {
		c.ok[route] = map[string]bool{}
	}
	c.ok[route][role] = true
}

// redirects are the routes whose right answer is another address.
func (r rule) redirects() bool {
	return slices.Contains([]string{"/entra", "/entra/avvia", "/accesso", "/lingua/:code"}, r.path)
}

// unanswered are the routes that need what this walk has not got.
var unanswered = map[string]string{
	"/entra/ritorno": "the provider's answer is used once, by the log-in itself",
}

var field = regexp.MustCompile(`name="totale"[^>]*value="([^"]*)"`)

// shop fills carts and pays: one by slip, one by card that waits for the bank.
func (c *crawl) shop(v *visitor, notices []string) {
	c.s.t.Helper()
	for i, channel := range []string{"slip", "vpos"} {
		c.read(v, "/avvisi", v.post("/avvisi", url.Values{"codice": {notices[i]}}))
		c.meet("/avvisi/" + notices[i])
		c.read(v, "/carrello/voci", v.post("/carrello/voci", url.Values{"codice": {notices[i]}}))
		c.read(v, "/carrello/versante", v.post("/carrello/versante", url.Values{"nome": {"Anna Verdi"}, "email": {"anna@example.org"}}))
		sum := v.get("/carrello/riepilogo")
		c.read(v, "/carrello/riepilogo", sum)
		m := field.FindStringSubmatch(sum.body)
		if m == nil {
			c.s.t.Fatalf("%s as %s: no summary of %s: %d %s %.300s", c.town.slug, v.role, notices[i], sum.status, sum.location, sum.body)
		}
		c.answered("/carrello/riepilogo", v.role)
		got := v.post("/carrello/pagamenti", url.Values{"canale": {channel}, "totale": {m[1]}})
		c.read(v, "/carrello/pagamenti", got)
		if channel == "vpos" {
			if m := returns.FindStringSubmatch(got.body); m != nil {
				c.meet(strings.ReplaceAll(m[1], "&amp;", "&"))
			}
			continue
		}
		for _, address := range []string{"/carrello/bollettino", "/carrello/bollettino.pdf"} {
			got := v.get(address)
			c.read(v, address, got)
			if got.status == 200 {
				c.answered(address, v.role)
			}
		}
		delete(v.cookies, "carrello") // another buyer at the same screen
	}
}

var returns = regexp.MustCompile(`(/pagamenti/[0-9a-f-]{36}/esito\?k=[\w-]+)`)

// payableNotices are the notice numbers of debts that can be paid by card.
func (s *stage) payableNotices(town *demoTown, n int) (notices []string) {
	s.t.Helper()
	must(s.t, s.db.Read(s.ctx, town.id, func(tx *tenants.Tx) error {
		for _, id := range town.loaded {
			d, err := debts.Load(tx, id)
			if err != nil {
				return err
			}
			p, ok, err := town.payable(tx, id, tx.Today())
			if err != nil {
				return err
			}
			if !ok || d.Type != "MENSA" || len(notices) >= n {
				continue
			}
			for _, code := range p.Instalment.Codes {
				if code.Kind == debts.NoticeCode && code.State == debts.Active {
					notices = append(notices, code.Code)
				}
			}
		}
		return nil
	}))
	if len(notices) < n {
		s.t.Fatalf("%s has %d notices to pay, want %d", town.slug, len(notices), n)
	}
	return notices
}

// furnish gives a town what its past has not left: files of its office, one of
// them with mistakes, and the address of a receipt.
func (c *crawl) furnish() {
	c.s.t.Helper()
	folder := filepath.Join(c.s.dir, "files", c.town.slug)
	for _, name := range []string{"posizioni-mensa.csv", "posizioni-con-errori.csv"} {
		b, err := os.ReadFile(filepath.Join(folder, name))
		must(c.s.t, err)
		run, err := jobs.StartImport(c.s.ctx, c.s.db, c.town.id, tenants.Actor{Name: "Sara Sportelli", Role: "clerk"}, name, bytes.NewReader(b))
		must(c.s.t, err)
		_, err = c.s.finish(c.town, run)
		must(c.s.t, err)
	}
	var token string
	must(c.s.t, c.s.db.Read(c.s.ctx, c.town.id, func(tx *tenants.Tx) error {
		return tx.SelectFrom("receipt").Column("token").Limit(1).Scan(tx.Ctx, &token)
	}))
	c.meet("/ricevute/" + token)
	c.meet("/lingua/it")
	must(c.s.t, c.s.db.Within(c.s.ctx, c.town.id, seeder, func(tx *tenants.Tx) error {
		all, err := tx.Chapters(c.s.today.Year())
		if err != nil {
			return err
		}
		part := all[0]
		part.Article = "2"
		return tx.SaveChapter(part)
	}))
}

// TestCanaryCrawl walks over all pages of two marked towns in every role. No
// page of one shows a word of the other, every route answers every role that
// may ask, and what belongs to the other town is as unknown as what nobody has.
func TestCanaryCrawl(t *testing.T) {
	t.Parallel()
	tenantstest.Each(t, func(t *testing.T, data *tenantstest.Data) {
		s := newStage(t, data)
		crawls := map[*demoTown]*crawl{s.a: newCrawl(s, s.a, s.b), s.b: newCrawl(s, s.b, s.a)}
		for _, town := range []*demoTown{s.a, s.b} {
			crawls[town].furnish()
		}
		for _, town := range []*demoTown{s.a, s.b} {
			s.deface(town) // before anybody looks
		}
		for town, c := range crawls {
			notices := s.payableNotices(town, 2*len(townRoles))
			visitors := map[string]*visitor{}
			for i, role := range townRoles {
				visitors[role] = s.enter(town, role)
				c.shop(visitors[role], notices[2*i:2*i+2])
			}
			s.deface(town)
			for range 2 { // the second time with what the others have met
				for _, role := range townRoles {
					c.walk(visitors[role])
				}
			}
			c.complete()
		}
		crawls[s.a].foreign(crawls[s.b])
		s.silent()
	})
}

// personal is what no log may hold: codes of people, accounts, cards, sessions.
var personal = regexp.MustCompile(`[A-Z]{6}[0-9]{2}[A-Z][0-9]{2}[A-Z][0-9]{3}[A-Z]|IT[0-9]{2}[A-Z][0-9]{10}[0-9A-Z]{12}|\b[0-9]{16}\b|canarino-|[\w.]+@[\w.-]+|Anna Verdi|Ada Prova`)

// silent reads the log of all that was seeded and walked.
func (s *stage) silent() {
	s.t.Helper()
	text := s.log.String()
	if n := strings.Count(text, "msg=request"); n < 500 {
		s.t.Errorf("only %d requests in the log", n)
	}
	for line := range strings.Lines(text) {
		if found := personal.FindString(line); found != "" {
			s.t.Errorf("the log holds %q: %s", found, line)
		}
	}
	for _, p := range citizens() {
		if strings.Contains(text, p.Name) {
			s.t.Errorf("the log holds the name %q", p.Name)
		}
	}
}

// complete says which routes did not answer whom, and which marks nobody saw.
func (c *crawl) complete() {
	c.s.t.Helper()
	for _, r := range c.rules {
		for _, role := range townRoles {
			if r.want[role] == "Y" && !c.ok[r.path][role] && unanswered[r.path] == "" {
				c.s.t.Errorf("GET %s of %s never answered %s with 200 (tried %v)", r.path, c.town.slug, role, c.pool[r.path][:min(3, len(c.pool[r.path]))])
			}
		}
	}
	for _, m := range shown {
		if !c.marks[m] {
			c.s.t.Errorf("no page of %s shows the mark of %s: nothing is tested of it", c.town.slug, m)
		}
	}
	c.s.t.Logf("%s: %d routes, marks shown: %v", c.town.slug, len(c.rules), slices.Sorted(maps.Keys(c.marks)))
}

// foreign asks a town for what belongs to another, by the addresses that the
// other's pages use, and compares with names that nobody has.
func (c *crawl) foreign(other *crawl) {
	c.s.t.Helper()
	asked := 0
	for _, role := range townRoles {
		v := c.s.enter(c.town, role)
		if role == auth.RoleAnonymous { // the cart is the browser's own
			v = c.s.visit(c.town.host(), role)
		}
		for _, r := range c.rules {
			if r.want[role] != "Y" || !strings.Contains(r.path, ":") {
				continue
			}
			for _, address := range other.pool[r.path][:min(each, len(other.pool[r.path]))] {
				twin, ok := nobodys(address)
				if !ok || slices.Contains(c.pool[r.path], address) || notices.MatchString(address) && c.has(address) {
					continue
				}
				asked++
				got, want := v.get(address), v.get(twin)
				if got.status != want.status || plain(got.body, address) != plain(want.body, twin) || got.location != want.location {
					c.s.t.Errorf("%s as %s: %s answers %d, %s answers %d, or with other words\n%s\n%s", c.town.slug, role, address, got.status, twin, want.status, cut(got.body), cut(want.body))
				}
				if got.status == 200 {
					c.s.t.Errorf("%s as %s: %s of %s is answered 200", c.town.slug, role, address, other.town.slug)
				}
				c.read(v, address, got)
			}
		}
	}
	if asked < 50 {
		c.s.t.Errorf("only %d foreign addresses asked", asked)
	}
}

// has says that the town has a notice of its own with the same number: towns
// count alike.
func (c *crawl) has(address string) (own bool) {
	must(c.s.t, c.s.db.Read(c.s.ctx, c.town.id, func(tx *tenants.Tx) error {
		_, err := debts.ByCode(tx, strings.TrimPrefix(address, "/avvisi/"), tx.Today())
		own = err == nil
		return nil
	}))
	return own
}

var (
	ids     = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`)
	notices = regexp.MustCompile(`/avvisi/\d{18}$`)
	tokens  = regexp.MustCompile(`/ricevute/[\w-]{22,}`)
	secrets = regexp.MustCompile(`name="csrf" value="[^"]*"|<code>[0-9a-f-]{36}</code>`)
)

// cut is the part of a page that says what happened.
func cut(body string) string {
	if i := strings.Index(body, "<h1"); i >= 0 {
		body = body[i:]
	}
	return body[:min(len(body), 200)]
}

// nobodys is an address of the same form with a name that nobody has.
func nobodys(address string) (twin string, ok bool) {
	if notices.MatchString(address) {
		n, err := codes.NewNotice(1, 998_877_665_544)
		return "/avvisi/" + n, err == nil
	}
	if tokens.MatchString(address) {
		return tokens.ReplaceAllString(address, "/ricevute/"+strings.Repeat("A", 43)), true
	}
	return ids.ReplaceAllString(address, uuid.Must(uuid.NewV7()).String()), ids.MatchString(address)
}

// plain is a page without what differs from request to request.
func plain(body, address string) string {
	body = secrets.ReplaceAllString(body, "")
	path, _, _ := strings.Cut(address, "?")
	for _, own := range []string{url.QueryEscape(address), address, path, path[strings.LastIndexByte(path, '/')+1:]} {
		body = strings.ReplaceAll(body, own, "THIS")
	}
	return ids.ReplaceAllString(body, "ID")
}
