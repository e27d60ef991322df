package desk

import (
	"net/url"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"cassacomune/app/codes"
	"cassacomune/app/fault"
	"cassacomune/app/ledger"
	"cassacomune/app/money"
	"cassacomune/app/reconcile"
	"cassacomune/app/trace"
	"cassacomune/app/web/page"
	"cassacomune/tenants"
)

type followView struct {
	page.Base
	Code    string
	Read    string // the code as people read it aloud
	Missing string // why nothing is shown
	What    string
	Line    page.Line
	Stages  []stageView
}

type stageView struct {
	Name  string
	Nodes []nodeView
	Next  string // nothing here yet: what is being waited for
}

type nodeView struct {
	trace.Node
	Key   string // that the channel gave it
	URL   string
	Edges []edgeView // from the step before
}

// edgeView says why two neighbours are tied: the rule, its proof, where that
// stands, and who brought it.
type edgeView struct {
	trace.Edge
	Rule, Origin, Proof, Places string
}

// follow is the line on which a code stands, with the evidence of each step,
// and the one search box.
func (d *desk) follow(c *fiber.Ctx) error {
	at := page.At(c)
	p := followView{Base: page.For(c, "Segui l'euro"), Code: strings.TrimSpace(strings.Clone(c.Query("codice")))}
	p.Breadcrumb = []page.Link{home}
	if p.Code == "" || len(p.Code) > 600 {
		return page.Show(c, "desk/follow", p)
	}
	var line trace.Line
	var files sources
	err := at.Read(c, func(tx *tenants.Tx) (err error) {
		if line, err = trace.Follow(tx, p.Code); err == nil {
			files, err = fileNames(tx)
		}
		return err
	})
	if fault.Is(err, fault.NotFound) {
		if code, ok := somebody(p.Code); ok && at.May("debts:view") {
			return c.Redirect("/desk/posizioni?cf="+url.QueryEscape(code), fiber.StatusSeeOther)
		}
		p.Missing = fault.Of(err).Text
		c.Status(fiber.StatusNotFound)
		return page.Show(c, "desk/follow", p)
	}
	if err != nil {
		return err
	}
	p.What, p.Read = line.What, p.Code
	if code := codes.Clean(p.Code); len(code) == 18 {
		p.Read = page.Groups(code)
	}
	p.Line, p.Stages = d.stages(p.Words, line, files, at)
	return page.Show(c, "desk/follow", p)
}

// somebody reports whether a text is the fiscal code of a person or a company.
func somebody(text string) (string, bool) {
	code, sorts := codes.Kind(text)
	for _, s := range sorts {
		if s == codes.SortPerson || s == codes.SortVAT || s == codes.SortFiscal {
			return code, true
		}
	}
	return "", false
}

var origins = map[ledger.Origin]string{ledger.FromFile: "lo dice la fonte", ledger.FromRule: "regola automatica", ledger.FromPerson: "scelta di una persona"}

// proofOf says the reasons of an allocation, and apart from them the files and
// lines where they stand.
func proofOf(reasons []ledger.Reason, files sources) (proof, places string) {
	var says, where []string
	for _, r := range reasons {
		says = append(says, reconcile.ReasonItalian(r))
		if place := files.name(r.Where); place != "" && !slices.Contains(where, place) {
			where = append(where, place)
		}
	}
	return strings.Join(says, "; "), strings.Join(where, "; ")
}

var waits = map[trace.Stage]string{
	trace.Asked:     "Non è stato ancora emesso un avviso.",
	trace.Collected: "Nessun canale ha ancora detto che qualcuno ha pagato.",
	trace.Remitted:  "Il canale non ha ancora detto con quale riversamento manda il denaro.",
	trace.Credited:  "Il Tesoriere non ha ancora riportato l'accredito, o non è stato ancora riconosciuto.",
	trace.Ordered:   "Il giornale di cassa non riporta ancora la reversale che regolarizza l'accredito.",
}

func (d *desk) stages(w page.Words, line trace.Line, files sources, at *page.Request) (page.Line, []stageView) {
	to := map[uuid.UUID][]edgeView{}
	for _, e := range line.Edges {
		e.Who = d.askedBy(whoIs(e.Who))
		proof, places := proofOf(e.Evidence, files)
		to[e.To] = append(to[e.To], edgeView{e, reconcile.RuleItalian(e.Rule), origins[e.Origin], proof, places})
	}
	var views []stageView
	sums := map[trace.Stage]money.Cents{}
	for _, s := range trace.Stages {
		v := stageView{Name: s.Italian()}
		for _, n := range line.At(s) {
			for _, e := range to[n.ID] {
				sums[s] += e.Cents
			}
			n.Evidence = files.name(n.Evidence)
			title, key := d.named(n, at)
			n.Title = title
			v.Nodes = append(v.Nodes, nodeView{n, key, nodeURL(n, at), to[n.ID]})
		}
		if len(v.Nodes) == 0 {
			v.Next = waits[s]
		}
		views = append(views, v)
	}
	return page.NewLine(w, reachedBy(line, sums)...), views
}

// reachedBy lights the lamps. A debt or a payment is a share of its batch, and
// has come as far as the whole of it; of a batch, credit or order only what it
// brought counts. What only the fees make smaller has come whole.
func reachedBy(line trace.Line, sums map[trace.Stage]money.Cents) (steps []page.Reached) {
	due, net := money.Cents(0), money.Cents(0)
	for _, n := range line.At(trace.Due) {
		due += n.Cents
	}
	if line.From != trace.Due && sums[trace.Collected] > 0 {
		due = sums[trace.Collected]
	}
	for _, n := range line.At(trace.Remitted) {
		net += n.Cents
	}
	for _, s := range trace.Stages {
		reached := page.Reached{State: page.Open}
		switch {
		case len(line.At(s)) == 0:
		case s == trace.Due:
			reached = page.Reached{State: page.Done, Amount: due}
		case s == trace.Asked:
			reached.State = page.Done
		case line.From == trace.Ordered || due == 0:
			reached = step(sums[s], 1)
		case s == trace.Credited || s == trace.Ordered:
			come := sums[s]
			if come >= min(sums[trace.Remitted], net) { // the rest are fees
				come = sums[trace.Remitted]
			}
			reached = step(min(come, due), due)
			reached.Amount = min(sums[s], due)
		default:
			reached = step(min(sums[s], due), due)
		}
		steps = append(steps, reached)
	}
	return steps
}

// named is the title of what stands on the line, and the key by which a
// channel knows it: type and channel by their names, long codes in groups.
func (d *desk) named(n trace.Node, at *page.Request) (title, key string) {
	word, rest, _ := strings.Cut(n.Title, " ")
	switch n.Stage {
	case trace.Due:
		for _, t := range at.Catalogue {
			if t.Code == word {
				return t.Name + ", posizione " + rest, ""
			}
		}
	case trace.Asked:
		return page.Groups(n.Title), ""
	case trace.Collected, trace.Remitted:
		return d.channels.of(word), rest
	}
	return n.Title, ""
}

// nodeURL leads to the page of what stands on the line, for who may see it.
func nodeURL(n trace.Node, at *page.Request) string {
	switch {
	case n.Stage == trace.Due && at.May("debts:view"):
		return "/desk/posizioni/" + n.ID.String()
	case n.Stage == trace.Collected && at.May("collections:view"):
		return "/desk/incassi/" + n.ID.String()
	case n.Stage == trace.Credited && at.May("reconcile:view"):
		return "/ragioneria/riconciliazione/" + n.ID.String()
	}
	return ""
}
