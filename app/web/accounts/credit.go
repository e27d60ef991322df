package accounts

import (
	"fmt"
	"strings"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"cassacomune/app/fault"
	"cassacomune/app/ledger"
	"cassacomune/app/money"
	"cassacomune/app/reconcile"
	"cassacomune/app/treasury"
	"cassacomune/app/web/page"
	"cassacomune/jobs"
	"cassacomune/tenants"
)

// creditView is a provisional and what may explain it.
type creditView struct {
	page.Base
	Credit      treasury.Provisional
	Clock       provisionalRow
	Source      string // file and line
	URL         string
	Unexplained money.Cents
	Marks       []reconcile.Mark
	Foreign     bool
	Proposals   []proposal
	Confirmed   []proposal
	Batches     []page.Option
	MayDecide   bool
}

const noCredit = "Provvisorio non trovato."

func credit(c *fiber.Ctx) error {
	id, err := page.ID(c, noCredit)
	if err != nil {
		return err
	}
	p, err := loadCredit(c, id)
	if err != nil {
		return err
	}
	return page.Show(c, "accounts/credit", p)
}

// creditAgain shows the credit with what a decision refused.
func creditAgain(c *fiber.Ctx, id uuid.UUID, f page.Form, cause error) error {
	p, err := loadCredit(c, id)
	if err != nil {
		return err
	}
	p.Form = f
	if cause != nil {
		if err := p.Form.Take(cause); err != nil {
			return err
		}
	}
	return page.Show(c, "accounts/credit", p)
}

func loadCredit(c *fiber.Ctx, id uuid.UUID) (*creditView, error) {
	at := page.At(c)
	p := &creditView{Base: page.For(c, "Provvisorio"), MayDecide: at.May("reconcile:decide"), URL: creditURL(id)}
	p.Breadcrumb = []page.Link{{Name: "Riconciliazione", URL: "/ragioneria/riconciliazione"}}
	return p, at.Read(c, func(tx *tenants.Tx) (err error) {
		if p.Credit, err = treasury.Find(tx, id); err != nil {
			return err
		}
		p.Title, p.Clock = fmt.Sprintf("Provvisorio %s/%d", p.Credit.Number, p.Credit.Year), withClock(p.Credit, tx.Today())
		files, err := jobs.NamesOfFiles(tx)
		if err != nil {
			return err
		}
		p.Source = fmt.Sprintf("%s, riga %d", files.In(p.Credit.Source), p.Credit.Line)
		if p.Credit.Side == treasury.Debit {
			p.Title += " di uscita"
			return nil
		}
		if p.Unexplained, err = ledger.Balance(tx, ledger.DATt, id); err != nil {
			return err
		}
		if p.Marks, err = reconcile.Marks(tx, id); err != nil {
			return err
		}
		p.Foreign = len(p.Marks) > 0 && p.Marks[len(p.Marks)-1].Kind == reconcile.Foreign
		if p.Batches, err = batches(tx); err != nil {
			return err
		}
		return p.readMatches(tx, files)
	})
}

func (p *creditView) readMatches(tx *tenants.Tx, files jobs.FileNames) error {
	all, err := reconcile.Matches(tx, ledger.Filter{Right: p.Credit.ID})
	if err != nil {
		return err
	}
	rank(all)
	for _, m := range all {
		shown := shownAs(m, files, p.MayDecide)
		switch m.Status {
		case ledger.Proposed:
			p.Proposals = append(p.Proposals, shown)
		case ledger.Confirmed:
			life, err := ledger.Decisions(tx, m.ID)
			if err != nil {
				return err
			}
			for _, d := range life {
				shown.Life = append(shown.Life, decision{d, statuses[d.Status], whoDid(d.Origin, d.Who)})
			}
			p.Confirmed = append(p.Confirmed, shown)
		}
	}
	return nil
}

// batches offers the remittances that are not credited yet.
func batches(tx *tenants.Tx) ([]page.Option, error) {
	items, err := reconcile.Open(tx)
	options := []page.Option{{Name: "Scegli il riversamento"}}
	for _, i := range items {
		if i.Kind == reconcile.OnRemittance && strings.HasPrefix(string(i.Account), "TRN") {
			options = append(options, page.Option{Value: i.Ref.String(), Name: i.Name + ", ancora " + i.Cents.String()})
		}
	}
	return options, err
}

// onCredit runs a person's word on a credit, in one transaction with what
// follows; what the form must correct shows the credit again.
func onCredit(c *fiber.Ctx, text string, fn func(tx *tenants.Tx, id uuid.UUID, f *page.Form) error) error {
	id, err := page.ID(c, noCredit)
	if err != nil {
		return err
	}
	f := page.ReadForm(c, page.Words{})
	err = page.At(c).Within(c, func(tx *tenants.Tx) error {
		if _, err := treasury.Find(tx, id); err != nil {
			return err
		}
		if err := fn(tx, id, &f); err != nil || f.Failed() {
			return err
		}
		return decided(tx)
	})
	if e := fault.Of(err); e != nil && e.Field == "motivo" {
		err = e.On("what")
	}
	if e := fault.Of(err); e != nil && (e.Kind == fault.Invalid || e.Kind == fault.Conflict) || err == nil && f.Failed() {
		return creditAgain(c, id, f, err)
	}
	if err != nil {
		return err
	}
	return saved(c, creditURL(id), text)
}

// match is a person's own match.
func match(c *fiber.Ctx) error {
	return onCredit(c, "Abbinamento registrato.", func(tx *tenants.Tx, id uuid.UUID, f *page.Form) error {
		remittance, err := uuid.Parse(f.Value("remittance"))
		if err != nil {
			f.Wrong("remittance", "Riversamento: scegline uno dell'elenco")
		}
		cents := money.Cents(0)
		if f.Value("cents") != "" {
			if cents = f.Money("cents", "Importo"); cents <= 0 && f.Error("cents") == "" {
				f.Wrong("cents", "Importo: deve essere maggiore di zero")
			}
		}
		reason := f.Need("reason", "Motivo")
		if f.Failed() {
			return nil
		}
		if _, err = reconcile.Match(tx, remittance, id, cents, reason); fault.Is(err, fault.NotFound) {
			return fault.New(fault.Invalid, "accounts.remittance", "Riversamento: scegline uno dell'elenco").On("remittance")
		}
		return err
	})
}

func markForeign(c *fiber.Ctx) error {
	return onCredit(c, "Accredito segnato come estraneo.", func(tx *tenants.Tx, id uuid.UUID, f *page.Form) error {
		return reconcile.MarkForeign(tx, id, f.Value("what"))
	})
}

func unmarkForeign(c *fiber.Ctx) error {
	return onCredit(c, "Segnatura tolta.", func(tx *tenants.Tx, id uuid.UUID, f *page.Form) error {
		return reconcile.UnmarkForeign(tx, id, "Segnatura tolta dalla ragioneria")
	})
}
