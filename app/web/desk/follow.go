package desk

import (
	"net/url"
	"strings"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"cassacomune/app/codes"
	"cassacomune/app/fault"
	"cassacomune/app/ledger"
	"cassacomune/app/money"
	"cassacomune/app/trace"
	"cassacomune/app/web/page"
	"cassacomune/tenants"
)

type followView struct {
	page.Base
	Code    string
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
	URL   string
	Edges []edgeView // from the step before
}

type edgeView struct {
	trace.Edge
	Origin, Says string
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
	p.What = line.What
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

var origins = map[ledger.Origin]string{ledger.FromFile: "lo dice il file", ledger.FromRule: "per regola", ledger.FromPerson: "deciso da una persona"}

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
		e.Who = whoIs(e.Who)
		to[e.To] = append(to[e.To], edgeView{e, origins[e.Origin], evidence(e.Evidence, files)})
	}
	var due money.Cents
	for _, n := range line.At(trace.Due) {
		due += n.Cents
	}
	var steps []page.Reached
	var views []stageView
	for _, s := range trace.Stages {
		v, sum := stageView{Name: s.Italian()}, money.Cents(0)
		nodes := line.At(s)
		for _, n := range nodes {
			for _, e := range to[n.ID] {
				sum += e.Cents
			}
			n.Evidence, n.Title = files.name(n.Evidence), d.named(n)
			v.Nodes = append(v.Nodes, nodeView{n, nodeURL(n, at), to[n.ID]})
		}
		if len(nodes) == 0 {
			v.Next = waits[s]
		}
		views = append(views, v)
		steps = append(steps, reachedBy(s, len(nodes), sum, due))
	}
	return page.NewLine(w, steps...), views
}

func reachedBy(s trace.Stage, nodes int, sum, due money.Cents) page.Reached {
	switch {
	case nodes == 0:
		return page.Reached{State: page.Open}
	case s == trace.Due:
		return page.Reached{State: page.Done, Amount: due}
	case s == trace.Asked:
		return page.Reached{State: page.Done}
	case due == 0 || s == trace.Collected:
		return step(sum, max(due, 1))
	}
	return step(min(sum, due), due) // a batch carries others' money too
}

// named is the title of what stands on the line, with the channel's name
// instead of its key.
func (d *desk) named(n trace.Node) string {
	if key, rest, ok := strings.Cut(n.Title, " "); ok && (n.Stage == trace.Collected || n.Stage == trace.Remitted) {
		return d.channels.of(key) + " " + rest
	}
	return n.Title
}

// nodeURL leads to the page of what stands on the line, for who may see it.
func nodeURL(n trace.Node, at *page.Request) string {
	switch {
	case n.Stage == trace.Due && at.May("debts:view"):
		return "/desk/posizioni/" + n.ID.String()
	case n.Stage == trace.Collected && at.May("collections:view"):
		return "/desk/incassi/" + n.ID.String()
	}
	return ""
}
