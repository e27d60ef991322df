package accounts

import (
	"fmt"
	"iter"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"cassacomune/app/channels/all"
	"cassacomune/app/fault"
	"cassacomune/app/ledger"
	"cassacomune/app/money"
	"cassacomune/app/reconcile"
	"cassacomune/app/web/page"
	"cassacomune/jobs"
	"cassacomune/tenants"
)

// left counts one sort of what is not reconciled.
type left struct {
	Label string
	Count int
	Cents money.Cents
	URL   string
}

// proposal is a match as a page shows it.
type proposal struct {
	reconcile.Proposal
	Rule, Class string   // in words; the badge of the strength
	Proofs      []string // why it was made, in words
	Channel     string   // by name
	URL         string   // of its credit
	By          string   // who made it
	CanDecide   bool
	Life        []decision
}

// decision is a row in the life of a match.
type decision struct {
	ledger.Decision
	Says, By string
}

var statuses = map[ledger.Status]string{ledger.Proposed: "proposto", ledger.Confirmed: "confermato", ledger.Voided: "annullato", "held": "preso in un ordinativo", "released": "liberato dall'ordinativo"}

// whoDid names who decided: a person by name, a rule or a file as what it is.
func whoDid(o ledger.Origin, who string) string {
	switch o {
	case ledger.FromRule:
		return "regola automatica"
	case ledger.FromFile:
		return "file"
	}
	_, name, ok := strings.Cut(who, " ") // the role stands before the name
	if !ok {
		return who
	}
	return name
}

type reconciliationView struct {
	page.Base
	Left      []left
	Running   bool
	Progress  page.Progress
	Last      string // what the last run did
	MayDecide bool
	Proposals []proposal
	More      int // further proposals
	List      page.List
	Kinds     []page.Option
	Filter    page.Form
	Items     []remaining
	Done      []proposal
}

// remaining is a line of what is not reconciled.
type remaining struct {
	reconcile.Item
	Sort, URL, Age string
}

// families are the sorts of what is not reconciled, by the account on which it
// stands.
var families = []page.Option{
	{Value: "DAT.t", Name: "Accrediti da spiegare"}, {Value: "TRN", Name: "Riversamenti da accreditare"}, {Value: "SOS", Name: "Provvisori di entrata da regolarizzare"},
	{Value: "CLR", Name: "Incassi da riversare"}, {Value: "DAT.c", Name: "Incassi da attribuire"}, {Value: "DAT.r", Name: "Riversamenti con pagamenti sconosciuti"},
	{Value: "DAT.u", Name: "Addebiti da spiegare"}, {Value: "SOU", Name: "Provvisori di uscita"}, {Value: "RET", Name: "Storni da regolare"}, {Value: "ANT", Name: "Eccedenze"},
}

// familyOf is the value of the family to which an account belongs.
func familyOf(a ledger.Account) page.Option {
	for _, f := range families {
		if string(a) == f.Value || len(a) > len(f.Value) && string(a[:len(f.Value)+1]) == f.Value+"." {
			return f
		}
	}
	return page.Option{Value: string(a), Name: a.Italian()}
}

var remainingListing = page.Listing{Filters: []string{"che"}}

// shownProposals is how many proposals stand on the page at once.
const shownProposals = 50

func reconciliation(c *fiber.Ctx) error {
	at := page.At(c)
	p := reconciliationView{Base: page.For(c, "Riconciliazione"), MayDecide: at.May("reconcile:decide")}
	p.List = page.ReadList(c, p.Words, remainingListing)
	p.Filter, p.Kinds = p.List.Form(), append([]page.Option{{Name: "Tutto"}}, families...)
	err := at.Read(c, func(tx *tenants.Tx) error {
		if err := p.readRun(tx); err != nil {
			return err
		}
		if err := p.readProposals(tx); err != nil {
			return err
		}
		return p.readRemaining(tx)
	})
	if err != nil {
		return err
	}
	return page.Show(c, "accounts/reconciliation", p)
}

func (p *reconciliationView) readRun(tx *tenants.Tx) error {
	runs, err := jobs.List(tx, 20, jobs.Reconcile)
	if err != nil {
		return err
	}
	for _, r := range runs {
		if r.RunAfter.After(tx.Now()) { // asked for later
			continue
		}
		p.Running, p.Progress = !r.Ended(), progressOf(p.Words, r)
		if !r.Ended() {
			return nil
		}
		var out reconcile.Outcome
		if err := r.Outcome(&out); err != nil {
			return err
		}
		p.Last = fmt.Sprintf("Ultima riconciliazione il %s: confermati %d, proposti %d, ritirati %d.", page.Instant(r.FinishedAt), out.Confirmed, out.Proposed, out.Withdrawn)
		if r.State != jobs.Done {
			p.Last = "L'ultima riconciliazione, il " + page.Instant(r.FinishedAt) + ", non è riuscita: " + r.Error
		}
		return nil
	}
	return nil
}

func progressOf(w page.Words, r jobs.Run) page.Progress {
	return page.Progress{Words: w, Text: "Riconciliazione in corso", URL: "/ragioneria/riconciliazione/avanzamento", Page: "/ragioneria/riconciliazione", Done: int(r.Done), Total: int(r.Total), Ended: r.Ended()}
}

// runProgress is the part of the page that a script asks for again.
func runProgress(c *fiber.Ctx) error {
	p := reconciliationView{Base: page.For(c, "Riconciliazione")}
	if err := page.At(c).Read(c, p.readRun); err != nil {
		return err
	}
	if !p.Running {
		p.Progress.Ended = true
	}
	return page.Fragment(c, "parts/progress", p.Progress)
}

func (p *reconciliationView) readProposals(tx *tenants.Tx) error {
	all, err := reconcile.Matches(tx, ledger.Filter{Status: ledger.Proposed})
	if err != nil {
		return err
	}
	files, err := jobs.NamesOfFiles(tx)
	if err != nil {
		return err
	}
	rank(all)
	for i, m := range all {
		if i == shownProposals {
			p.More = len(all) - i
			break
		}
		p.Proposals = append(p.Proposals, shownAs(m, files, p.MayDecide))
	}
	done, err := reconcile.Matches(tx, ledger.Filter{Status: ledger.Confirmed})
	if err != nil {
		return err
	}
	slices.SortStableFunc(done, func(a, b reconcile.Proposal) int { return b.When.Compare(a.When) })
	for _, m := range done[:min(len(done), 20)] {
		p.Done = append(p.Done, shownAs(m, files, p.MayDecide))
	}
	return nil
}

var strengths = map[string]int{"certa": 0, "probabile": 1, "debole": 2}

// rank puts the surest first, then those with fewer rivals.
func rank(all []reconcile.Proposal) {
	slices.SortStableFunc(all, func(a, b reconcile.Proposal) int {
		if n := strengths[a.Strength] - strengths[b.Strength]; n != 0 {
			return n
		}
		return a.Rivals - b.Rivals
	})
}

func shownAs(m reconcile.Proposal, files jobs.FileNames, may bool) proposal {
	class := map[string]string{"certa": "bg-success", "probabile": "bg-primary", "debole": "bg-secondary"}[m.Strength]
	p := proposal{Proposal: m, Rule: reconcile.RuleItalian(m.Allocation.Rule), Class: class, Channel: m.Remittance.Channel,
		URL: creditURL(m.Right), By: whoDid(m.Decided, m.Who), CanDecide: may}
	if ch := all.Find(m.Remittance.Channel); ch != nil {
		p.Channel = ch.Title()
	}
	for _, r := range m.Evidence {
		proof := reconcile.ReasonItalian(r)
		if r.Where != "" {
			proof += " (" + files.In(r.Where) + ")"
		}
		p.Proofs = append(p.Proofs, proof)
	}
	return p
}

func (p *reconciliationView) readRemaining(tx *tenants.Tx) error {
	all, err := reconcile.Open(tx)
	if err != nil {
		return err
	}
	counts := map[string]*left{}
	for _, f := range families {
		counts[f.Value] = &left{Label: f.Name, URL: "/ragioneria/riconciliazione?che=" + f.Value + "#restano"}
	}
	var chosen []reconcile.Item
	for _, i := range all {
		f := familyOf(i.Account)
		if l := counts[f.Value]; l != nil {
			l.Count++
			l.Cents += i.Cents
		}
		if wanted := p.List.Filter("che"); wanted == "" || wanted == f.Value {
			chosen = append(chosen, i)
		}
	}
	for i, f := range families {
		if l := counts[f.Value]; i < 4 || l.Count > 0 {
			p.Left = append(p.Left, *l)
		}
	}
	for _, i := range page.Paged(&p.List, chosen) {
		p.Items = append(p.Items, itemShown(i))
	}
	return nil
}

func itemShown(i reconcile.Item) remaining {
	r := remaining{Item: i, Sort: familyOf(i.Account).Name, Age: strconv.Itoa(i.Days) + " giorni"}
	switch i.Days {
	case 0:
		r.Age = "oggi"
	case 1:
		r.Age = "ieri"
	}
	switch i.Kind {
	case reconcile.OnProvisional:
		r.URL = creditURL(i.Ref)
	case reconcile.OnCollection:
		r.URL = "/desk/incassi/" + i.Ref.String()
		if i.Account == ledger.DATc || i.Account == ledger.ANT {
			r.URL += "#attribuisci"
		}
	}
	return r
}

// remainingCSV is what is not reconciled, as a file.
func remainingCSV(c *fiber.Ctx) error {
	list := page.ReadList(c, page.Words{}, remainingListing)
	var all []reconcile.Item
	if err := page.At(c).Read(c, func(tx *tenants.Tx) (err error) {
		all, err = reconcile.Open(tx)
		return err
	}); err != nil {
		return err
	}
	wanted := list.Filter("che")
	var rows iter.Seq2[[]string, error] = func(yield func([]string, error) bool) {
		for _, i := range all {
			f := familyOf(i.Account)
			if wanted != "" && wanted != f.Value {
				continue
			}
			if !yield([]string{f.Name, i.Name, i.Cents.Comma(), i.Since.Italian(), strconv.Itoa(i.Days), i.Reason, i.Next}, nil) {
				return
			}
		}
	}
	return page.CSV(c, "da-riconciliare.csv", []string{"che_cosa", "nome", "importo", "dal", "giorni", "motivo", "prossima_azione"}, rows)
}

// run asks for a reconciliation.
func run(c *fiber.Ctx) error {
	at := page.At(c)
	if _, err := reconcile.Run(c.UserContext(), at.DB, at.Tenant.ID, at.Session.Actor); err != nil {
		return err
	}
	return c.Redirect("/ragioneria/riconciliazione", fiber.StatusSeeOther)
}

const noMatch = "Abbinamento non trovato."

// decide runs a decision on a match in one transaction with what follows.
func decide(c *fiber.Ctx, text string, fn func(tx *tenants.Tx, id uuid.UUID, reason string) error) error {
	id, err := page.ID(c, noMatch)
	if err != nil {
		return err
	}
	f := page.ReadForm(c, page.Words{})
	var on ledger.Allocation
	err = page.At(c).Within(c, func(tx *tenants.Tx) (err error) {
		if on, err = reconcile.Allocation(tx, id); err != nil {
			return err
		}
		if err := fn(tx, id, f.Value("motivo")); err != nil {
			return err
		}
		return decided(tx)
	})
	if e := fault.Of(err); e != nil && (e.Kind == fault.Invalid || e.Kind == fault.Conflict) && on.Right != uuid.Nil {
		return creditAgain(c, on.Right, f, err)
	}
	if err != nil {
		return err
	}
	to := "/ragioneria/riconciliazione"
	if f.Value("da") == creditURL(on.Right) {
		to = creditURL(on.Right)
	}
	return saved(c, to, text)
}

func confirm(c *fiber.Ctx) error { return decide(c, "Abbinamento confermato.", reconcile.Confirm) }

func reject(c *fiber.Ctx) error {
	return decide(c, "Abbinamento respinto: non verrà più proposto.", reconcile.Reject)
}

func undo(c *fiber.Ctx) error { return decide(c, "Abbinamento annullato.", reconcile.Undo) }
