package citizen

import (
	"bytes"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"cassacomune/app/channels"
	"cassacomune/app/day"
	"cassacomune/app/documents"
	"cassacomune/app/fault"
	"cassacomune/app/money"
	"cassacomune/app/paper"
	"cassacomune/app/payments"
	"cassacomune/app/web/page"
	"cassacomune/tenants"
)

// choice is a way to pay that every notice of the cart permits.
type choice struct {
	Key, Title, Hint string
	Chosen           bool
}

type summaryPage struct {
	page.Base
	Steps   page.Steps
	List    list
	Total   money.Cents
	Sent    string // the total, to be compared when the button is pressed
	Payer   map[string]string
	Choices []choice
	Attempt string
}

// summary says in words what is about to be paid, right before paying.
func (p *portal) summary(c *fiber.Ctx) error {
	at, v := page.At(c), summaryPage{Base: base(c, "summary.title|Riepilogo del pagamento")}
	private(c)
	v.Steps = stepsAt(v.Words, 2)
	v.Breadcrumb = []page.Link{{Name: v.T("cart.title|Carrello"), URL: "/carrello"}}
	ready := false
	err := at.Read(c, func(tx *tenants.Tx) error {
		cart, err := cartOf(c, tx)
		if err != nil {
			return err
		}
		blocked := false
		v.List, blocked = listOf(v.Base, cart.Cart, at.Lang)
		v.Total = cart.Total()
		ready = cart.open() && len(cart.Lines) > 0 && !blocked && cart.PayerName != ""
		v.Sent, v.Payer = v.Total.Decimal(), payerOf(at, cart.Cart)
		if v.Choices, err = p.choices(tx, v.Words, cart.Cart); err != nil {
			return err
		}
		v.Attempt, err = p.underWay(tx, cart.ID)
		return err
	})
	if err != nil {
		return err
	}
	if !ready {
		return c.Redirect("/carrello", fiber.StatusSeeOther)
	}
	return page.Show(c, "citizen/summary", v)
}

// choices are the enabled channels that all lines permit.
func (p *portal) choices(tx *tenants.Tx, w page.Words, cart payments.Cart) (out []choice, err error) {
	for _, ch := range p.Channels {
		row, err := tx.Channel(ch.Key())
		if fault.Is(err, fault.NotFound) || err == nil && !row.Enabled {
			continue
		}
		if err != nil {
			return nil, err
		}
		permitted := true
		for _, l := range cart.Lines {
			permitted = permitted && channels.Permits(l.Payable.Type, ch.Key())
		}
		if permitted {
			out = append(out, choice{ch.Key(), w.Say(ch.Title()), w.Say(ch.Hint()), len(out) == 0})
		}
	}
	return out, nil
}

func (p *portal) channel(key string) channels.Channel {
	for _, ch := range p.Channels {
		if ch.Key() == key {
			return ch
		}
	}
	return nil
}

type bankPage struct {
	page.Base
	Steps page.Steps
	To    channels.Redirect
	Total money.Cents
}

// pay starts the payment on the chosen channel. Pressing twice, or coming back
// and pressing again, finds the try that is under way.
func (p *portal) pay(c *fiber.Ctx) error {
	at, f := page.At(c), page.ReadForm(c, page.Words{})
	private(c)
	cart, gone, err := p.ready(c, at)
	if err != nil {
		return err
	}
	if gone != "" {
		return c.Redirect(gone, fiber.StatusSeeOther)
	}
	if f.Value("totale") != cart.Total().Decimal() {
		b := base(c, "summary.title|Riepilogo del pagamento")
		page.Flash(c, page.Alert{Kind: "warning", Text: b.T("summary.changed|L'importo è cambiato da quando hai aperto la pagina: controlla il nuovo totale.")})
		return c.Redirect("/carrello/riepilogo", fiber.StatusSeeOther)
	}
	switch ch := p.channel(f.Value("canale")).(type) {
	case channels.Offline:
		if err := channels.Await(c.UserContext(), at.DB, at.Tenant.ID, at.Session.Actor, ch, cart.ID); err != nil {
			return err
		}
		return c.Redirect("/carrello/bollettino", fiber.StatusSeeOther)
	case channels.Starter:
		return p.start(c, at, ch, cart)
	}
	b := base(c, "summary.title|Riepilogo del pagamento")
	page.Flash(c, page.Alert{Kind: "warning", Text: b.T("summary.choose|Scegli come pagare.")})
	return c.Redirect("/carrello/riepilogo", fiber.StatusSeeOther)
}

// ready returns the cart that may be paid now, or where to go instead.
func (p *portal) ready(c *fiber.Ctx, at *page.Request) (cart basket, gone string, err error) {
	err = at.Read(c, func(tx *tenants.Tx) error {
		if cart, err = cartOf(c, tx); err != nil {
			return err
		}
		switch {
		case cart.State == payments.CartWaiting:
			gone = "/carrello/bollettino"
		case cart.State == payments.CartPaid:
			gone, err = p.lastOutcome(tx, cart.ID)
			return err
		case len(cart.Lines) == 0:
			gone = "/carrello"
		}
		tries, err := payments.Attempts(tx, cart.ID)
		if len(tries) > 0 && tries[0].State == payments.Pending && tries[0].ExpiresAt.After(tx.Now()) {
			gone = p.outcomeOf(tries[0]) // the bank is still thinking: no second charge
		}
		return err
	})
	return cart, gone, err
}

func (p *portal) start(c *fiber.Ctx, at *page.Request, ch channels.Starter, cart basket) error {
	home := c.BaseURL()
	to := channels.Addresses{
		Return: func(a payments.Attempt) string { return home + p.outcomeOf(a) },
		Cancel: func(a payments.Attempt) string { return home + p.outcomeOf(a) + "&annullato=si" },
		Notify: home + "/notifiche/" + ch.Key(),
	}
	redirect, err := channels.Start(c.UserContext(), at.DB, at.Tenant.ID, at.Session.Actor, ch, cart.ID, to, at.Lang)
	if err != nil {
		return err
	}
	if len(redirect.Fields) == 0 {
		return c.Redirect(redirect.URL, fiber.StatusSeeOther)
	}
	v := bankPage{Base: base(c, "bank.title|Vai alla pagina della banca"), To: redirect, Total: cart.Total()}
	v.Steps = stepsAt(v.Words, 3)
	return page.Show(c, "citizen/bank", v)
}

type waitingPage struct {
	page.Base
	Steps   page.Steps
	List    list
	Code    string
	Until   day.Date
	Paid    bool
	Receipt string
}

// waiting is the page of a cart that is completed with a slip.
func (p *portal) waiting(c *fiber.Ctx) error {
	at, v := page.At(c), waitingPage{Base: base(c, "slip.title|Bollettino da pagare")}
	private(c)
	v.Steps = stepsAt(v.Words, 3)
	there := false
	err := at.Read(c, func(tx *tenants.Tx) error {
		cart, err := cartOf(c, tx)
		if err != nil || cart.ID == uuid.Nil {
			return err
		}
		code, err := payments.SlipOf(tx, cart.ID)
		if err != nil {
			return err
		}
		there, v.Code, v.Until = true, code.Code, cart.WaitingUntil
		v.List, v.Paid = listOf(v.Base, cart.Cart, at.Lang)
		v.Receipt, err = receiptOfCode(tx, code.Code)
		return err
	})
	if fault.Is(err, fault.NotFound) || err == nil && !there {
		return c.Redirect("/carrello", fiber.StatusSeeOther)
	}
	if err != nil {
		return err
	}
	return page.Show(c, "citizen/waiting", v)
}

// slip is the paper itself.
func (p *portal) slip(c *fiber.Ctx) error {
	private(c)
	var slip documents.Slip
	err := page.At(c).Read(c, func(tx *tenants.Tx) error {
		cart, err := cartOf(c, tx)
		if err != nil {
			return err
		}
		if cart.State != payments.CartWaiting {
			return fault.New(fault.NotFound, "missing", "Il carrello non ha un bollettino.")
		}
		slip, err = paper.CartSlip(tx, cart.Cart)
		return err
	})
	if err != nil {
		return err
	}
	var out bytes.Buffer
	if err := documents.WriteSlips(&out, slip); err != nil {
		return err
	}
	return sendPDF(c, "bollettino-"+slip.Code+".pdf", out.Bytes())
}

func sendPDF(c *fiber.Ctx, name string, content []byte) error {
	c.Set(fiber.HeaderContentType, "application/pdf")
	c.Set(fiber.HeaderContentDisposition, `attachment; filename="`+name+`"`)
	return c.Send(content)
}
