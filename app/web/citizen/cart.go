package citizen

import (
	"net/mail"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"cassacomune/app/codes"
	"cassacomune/app/day"
	"cassacomune/app/debts"
	"cassacomune/app/fault"
	"cassacomune/app/money"
	"cassacomune/app/payments"
	"cassacomune/app/web/page"
	"cassacomune/tenants"
)

const (
	cartCookie = "carrello"
	cartLife   = 7 * 24 * time.Hour
)

// basket is the visitor's cart; the zero one is empty.
type basket struct{ payments.Cart }

func (b basket) open() bool { return b.State == payments.CartOpen }

// cartOf finds the cart of this browser. None, or one of another town's
// cookie, is an empty one.
func cartOf(c *fiber.Ctx, tx *tenants.Tx) (basket, error) {
	secret := c.Cookies(own(c, cartCookie))
	if secret == "" {
		return basket{}, nil
	}
	cart, err := payments.FindCart(tx, secret)
	if fault.Is(err, fault.NotFound) {
		return basket{}, nil
	}
	return basket{cart}, err
}

// intoCart puts a notice into this browser's cart, and opens a new one if
// there is none or the last has gone its way. It answers with the secret to be
// kept after the commit.
func intoCart(c *fiber.Ctx, tx *tenants.Tx, asked debts.Payable) (secret string, err error) {
	cart, err := cartOf(c, tx)
	if err != nil {
		return "", err
	}
	secret = c.Cookies(own(c, cartCookie))
	if !cart.open() {
		if cart.Cart, secret, err = payments.OpenCart(tx, ""); err != nil {
			return "", err
		}
	}
	return secret, cart.Put(tx, asked)
}

// put adds the notice of a code.
func (p *portal) put(c *fiber.Ctx) error {
	at, f := page.At(c), page.ReadForm(c, page.Words{})
	if err := p.allow(c, f.Value("codice")); err != nil {
		return err
	}
	var secret string
	err := at.Within(c, func(tx *tenants.Tx) error {
		asked, err := debts.ByCode(tx, f.Value("codice"), tx.Today())
		if err == nil {
			secret, err = intoCart(c, tx, asked)
		}
		return err
	})
	if refused := fault.Of(err); refused != nil && refused.Kind == fault.Conflict {
		page.Flash(c, page.Alert{Kind: "warning", Text: page.For(c, "").Fault(refused)})
		return c.Redirect("/carrello", fiber.StatusSeeOther)
	}
	if err != nil {
		return err
	}
	keep(c, cartCookie, secret, cartLife)
	return c.Redirect("/carrello", fiber.StatusSeeOther)
}

// remove takes a notice out; one that is not there any more is no error.
func (p *portal) remove(c *fiber.Ctx) error {
	instalment, err := uuid.Parse(c.Params("instalment"))
	if err != nil {
		return fault.New(fault.NotFound, "missing", "Avviso non trovato.")
	}
	err = page.At(c).Within(c, func(tx *tenants.Tx) error {
		cart, err := cartOf(c, tx)
		if err != nil || cart.ID == uuid.Nil {
			return err
		}
		return cart.Remove(tx, instalment)
	})
	if err != nil {
		return err
	}
	return c.Redirect("/carrello", fiber.StatusSeeOther)
}

// cartLine is a notice as the cart shows it.
type cartLine struct {
	Name, Code string
	Due        day.Date
	Amount     money.Cents
	Why        string
	Remove     string
}

// list is the notices of a cart with their sum, for the part cart_lines.
type list struct {
	page.Words
	Lines     []cartLine
	Total     money.Cents
	Removable bool
	CSRF      string
}

type cartPage struct {
	page.Base
	Steps    page.Steps
	List     list
	Blocked  bool   // a line cannot be paid any more
	Attempt  string // address of a payment under way
	LastPaid string // address of the outcome of a cart that is paid
	Open     bool
	Waiting  bool
	Empty    page.Empty
}

func (p *portal) cart(c *fiber.Ctx) error {
	b := base(c, "cart.title|Carrello")
	return p.showCart(c, b)
}

func (p *portal) showCart(c *fiber.Ctx, b page.Base) error {
	at, v := page.At(c), cartPage{Base: b}
	private(c)
	v.Steps = stepsAt(b.Words, 1)
	v.Empty = page.Empty{Title: v.T("cart.empty|Il carrello è vuoto"), Text: v.T("cart.empty_text|Aggiungi un avviso con il suo codice: puoi pagarne fino a %d insieme.", payments.MaxLines),
		URL: "/", Action: v.T("cart.find|Cerca un avviso")}
	err := at.Read(c, func(tx *tenants.Tx) error {
		cart, err := cartOf(c, tx)
		if err != nil {
			return err
		}
		v.Open, v.Waiting = cart.open() && len(cart.Lines) > 0, cart.State == payments.CartWaiting
		if v.Open {
			v.List, v.Blocked = listOf(b, cart.Cart, at.Lang)
			v.List.Removable = true
			if !b.Form.Failed() {
				v.Form = page.FillForm(b.Words, payerOf(at, cart.Cart))
			}
		}
		if cart.State == payments.CartPaid {
			v.LastPaid, err = p.lastOutcome(tx, cart.ID)
			return err
		}
		v.Attempt, err = p.underWay(tx, cart.ID)
		return err
	})
	if err != nil {
		return err
	}
	return page.Show(c, "citizen/cart", v)
}

func stepsAt(w page.Words, at int) page.Steps {
	return page.NewSteps(w, at, w.T("steps.cart|Carrello"), w.T("steps.summary|Riepilogo"), w.T("steps.pay|Pagamento"), w.T("steps.receipt|Ricevuta"))
}

func listOf(b page.Base, cart payments.Cart, lang string) (l list, blocked bool) {
	l = list{Words: b.Words, CSRF: b.CSRF, Total: cart.Total()}
	for _, each := range cart.Lines {
		in := each.Payable.Instalment
		line := cartLine{Name: each.Payable.Type.NameIn(lang), Due: in.DueOn, Amount: each.Cents, Why: b.Say(each.Payable.Why),
			Remove: "/carrello/voci/" + each.InstalmentID.String() + "/togli"}
		if in.Option != debts.SingleOption {
			line.Name += " · " + b.T("debt.instalment|Rata %d", in.Number)
		}
		for _, code := range in.Codes {
			if code.Kind == debts.NoticeCode {
				line.Code = code.Code
			}
		}
		l.Lines = append(l.Lines, line)
		blocked = blocked || line.Why != ""
	}
	return l, blocked
}

// payerOf fills the payer's form: what was said before, else who is logged in.
func payerOf(at *page.Request, cart payments.Cart) map[string]string {
	if citizen := citizenOf(at); citizen != nil && cart.PayerName == "" {
		return map[string]string{"nome": citizen.Name(), "cf": citizen.FiscalCode, "email": citizen.Email}
	}
	return map[string]string{"nome": cart.PayerName, "cf": cart.PayerCode, "email": cart.PayerEmail}
}

// underWay is the address of a try that may still bring money, or "".
func (p *portal) underWay(tx *tenants.Tx, cart uuid.UUID) (string, error) {
	if cart == uuid.Nil {
		return "", nil
	}
	tries, err := payments.Attempts(tx, cart)
	for _, a := range tries {
		if !a.Ended() && a.ExpiresAt.After(tx.Now()) {
			return p.outcomeOf(a), err
		}
	}
	return "", err
}

// payer keeps who pays (versante) and goes on to the summary.
func (p *portal) payer(c *fiber.Ctx) error {
	b := base(c, "cart.title|Carrello")
	b.Form = page.ReadForm(c, b.Words)
	name, code, email := readPayer(&b.Form)
	if b.Form.Failed() {
		return p.showCart(c, b)
	}
	err := page.At(c).Within(c, func(tx *tenants.Tx) error {
		cart, err := cartOf(c, tx)
		if err != nil || !cart.open() {
			return err
		}
		return cart.SetPayer(tx, name, code, email)
	})
	if err != nil {
		return err
	}
	return c.Redirect("/carrello/riepilogo", fiber.StatusSeeOther)
}

func readPayer(f *page.Form) (name, code, email string) {
	name = f.Need("nome", f.T("payer.name|Nome e cognome, o denominazione"))
	if len(name) > 100 {
		f.Wrong("nome", f.T("payer.long|Il nome può avere al massimo 100 caratteri."))
	}
	if code = codes.Clean(f.Value("cf")); code != "" {
		if err := codes.CheckFiscalCode(code); err != nil {
			f.Wrong("cf", f.Fault(fault.Of(err)))
		}
	}
	if email = f.Value("email"); email != "" {
		if a, err := mail.ParseAddress(email); err != nil || a.Address != email || len(email) > 200 {
			f.Wrong("email", f.T("payer.wrong_email|L'indirizzo e-mail non è completo, per esempio nome@esempio.it"))
		}
	}
	return name, code, email
}
