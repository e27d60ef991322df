package accounts

import (
	"fmt"
	"io"
	"iter"
	"mime"
	"strconv"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"cassacomune/app/accounting"
	"cassacomune/app/fault"
	"cassacomune/app/formats/all"
	"cassacomune/app/money"
	"cassacomune/app/web/page"
	"cassacomune/tenants"
)

type ordersView struct {
	page.Base
	Proposed  []accounting.Order
	Total     money.Cents
	Ready     int
	Chosen    map[string]bool
	Exports   []accounting.Export
	List      page.List
	Filter    page.Form
	States    []page.Option
	Orders    []accounting.Order
	MayExport bool
	Withdrawn uuid.UUID // whose withdrawal was refused
}

var orderListing = page.Listing{Filters: []string{"stato"}, Path: "/ragioneria/reversali"}

var orderStates = []page.Option{{Name: "tutti"}, {Value: string(accounting.Exported), Name: "esportati"},
	{Value: string(accounting.Regularised), Name: "regolarizzati"}, {Value: string(accounting.Withdrawn), Name: "ritirati"}}

func orders(c *fiber.Ctx) error {
	p, err := loadOrders(c)
	if err != nil {
		return err
	}
	for _, o := range p.Proposed { // what can go is chosen, until a person says otherwise
		p.Chosen[o.Key] = len(o.Problems) == 0
	}
	return page.Show(c, "accounts/orders", p)
}

func loadOrders(c *fiber.Ctx) (*ordersView, error) {
	at := page.At(c)
	p := &ordersView{Base: page.For(c, "Reversali"), MayExport: at.May("orders:export"), Chosen: map[string]bool{}, States: orderStates}
	p.List = page.ReadList(c, p.Words, orderListing)
	p.Filter = p.List.Form()
	err := at.Read(c, func(tx *tenants.Tx) (err error) {
		if p.Proposed, err = accounting.Propose(tx); err != nil {
			return err
		}
		if p.Exports, err = accounting.Exports(tx, 20); err != nil {
			return err
		}
		all, err := accounting.Orders(tx, accounting.OrderState(p.List.Filter("stato")))
		p.Orders = page.Paged(&p.List, all)
		return err
	})
	for _, o := range p.Proposed {
		if p.Total += o.Cents; len(o.Problems) == 0 {
			p.Ready++
		}
	}
	return p, err
}

// ordersCSV is the list of the exported orders as a file.
func ordersCSV(c *fiber.Ctx) error {
	list := page.ReadList(c, page.Words{}, orderListing)
	var all []accounting.Order
	if err := page.At(c).Read(c, func(tx *tenants.Tx) (err error) {
		all, err = accounting.Orders(tx, accounting.OrderState(list.Filter("stato")))
		return err
	}); err != nil {
		return err
	}
	var rows iter.Seq2[[]string, error] = func(yield func([]string, error) bool) {
		for _, o := range all {
			if !yield([]string{o.Label, strconv.Itoa(o.Year), (&ordersView{}).Where(o), o.Siope, o.Cents.Comma(), o.State.Italian(), o.Number}, nil) {
				return
			}
		}
	}
	return page.CSV(c, "ordinativi-esportati.csv", []string{"nome", "esercizio", "imputazione", "siope", "importo", "stato", "numero_reversale"}, rows)
}

// Where names the group of an order.
func (*ordersView) Where(o accounting.Order) string {
	where := "senza imputazione"
	if o.Assessment != "" {
		where = fmt.Sprintf("accertamento %s del %d", o.Assessment, o.AssessmentYear)
	}
	chapter, article := o.Chapter, o.Article
	if chapter == "" { // the assessment's own
		chapter, article = o.Named.Number, o.Named.Article
	}
	if chapter != "" {
		where += ", capitolo " + chapter
	}
	if article != "" {
		where += " articolo " + article
	}
	if o.ResidueYear != 0 {
		return where + ", residui " + strconv.Itoa(o.ResidueYear)
	}
	return where
}

// Kind names the kind of a line.
func (*ordersView) Kind(l accounting.OrderLine) string {
	if l.Kind == accounting.Compensation {
		return "commissione in compensazione"
	}
	return "regolarizzazione"
}

func export(c *fiber.Ctx) error {
	f := page.ReadForm(c, page.Words{})
	var x accounting.Export
	err := page.At(c).Within(c, func(tx *tenants.Tx) (err error) {
		x, err = accounting.ExportOrders(tx, f.Values("ordinativo"), all.WriteOrders)
		return err
	})
	if err == nil {
		what := "Esportato un ordinativo"
		if x.Orders > 1 {
			what = fmt.Sprintf("Esportati %d ordinativi", x.Orders)
		}
		return saved(c, "/ragioneria/reversali#esportazioni", fmt.Sprintf("%s per %s: scarica il CSV o la bozza OPI qui sotto.", what, x.Cents))
	}
	return ordersAgain(c, f, err, uuid.Nil)
}

// ordersAgain shows the page with what was refused, and what had been chosen.
func ordersAgain(c *fiber.Ctx, f page.Form, cause error, order uuid.UUID) error {
	if err := f.Take(cause); err != nil {
		return err
	}
	p, err := loadOrders(c)
	if err != nil {
		return err
	}
	p.Form, p.Withdrawn = f, order
	for _, key := range f.Values("ordinativo") {
		p.Chosen[key] = true
	}
	return page.Show(c, "accounts/orders", p)
}

func withdraw(c *fiber.Ctx) error {
	const missing = "Ordinativo non trovato."
	id, err := page.ID(c, missing)
	if err != nil {
		return err
	}
	f := page.ReadForm(c, page.Words{})
	err = page.At(c).Within(c, func(tx *tenants.Tx) error { return accounting.Withdraw(tx, id, f.Value("motivo")) })
	if err == nil {
		return saved(c, "/ragioneria/reversali", "Ordinativo ritirato: i suoi accrediti si possono proporre di nuovo.")
	}
	return ordersAgain(c, f, err, id)
}

// exported sends a file that has left us, the same bytes every time.
func exported(c *fiber.Ctx) error {
	const missing = "Esportazione non trovata."
	id, err := page.ID(c, missing)
	if err != nil {
		return err
	}
	at := page.At(c)
	var x accounting.Export
	if err := at.Read(c, func(tx *tenants.Tx) (err error) {
		x, err = accounting.FindExport(tx, id)
		return err
	}); err != nil {
		return err
	}
	sum, kind, ending := x.CSV, "text/csv; charset=utf-8", ".csv"
	switch c.Params("file") {
	case "ordinativi.csv":
	case "ordinativi.xml":
		sum, kind, ending = x.OPI, "application/xml", ".xml"
	default:
		sum = ""
	}
	if sum == "" {
		return fault.New(fault.NotFound, "missing", missing)
	}
	file, err := at.DB.OpenBlob(c.UserContext(), at.Tenant.ID, sum)
	if err != nil {
		return err
	}
	content, err := io.ReadAll(file)
	if err != nil {
		return fmt.Errorf("reading export %s: %w", id, err)
	}
	c.Set(fiber.HeaderContentType, kind)
	c.Set(fiber.HeaderContentDisposition, mime.FormatMediaType("attachment", map[string]string{"filename": "ordinativi-" + strconv.Itoa(x.Year) + "-" + x.ID.String()[28:] + ending}))
	return c.Send(content)
}
