package citizen

import (
	"strings"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"cassacomune/app/codes"
	"cassacomune/app/day"
	"cassacomune/app/debts"
	"cassacomune/app/fault"
	"cassacomune/app/money"
	"cassacomune/app/web/page"
	"cassacomune/tenants"
)

const homeTitle = "pay.title|Paga un avviso"

type homePage struct {
	page.Base
	Login bool // citizens may log in here
}

func (p *portal) home(c *fiber.Ctx) error { return p.showHome(c, base(c, homeTitle)) }

func (p *portal) showHome(c *fiber.Ctx, b page.Base) error {
	at := page.At(c)
	return page.Show(c, "citizen/home", homePage{b, at.Settings.Identity.Issuer != "" && citizenOf(at) == nil})
}

// find leads from a typed code to its page, or says what is wrong with it.
func (p *portal) find(c *fiber.Ctx) error {
	at, b := page.At(c), base(c, homeTitle)
	b.Form = page.ReadForm(c, b.Words)
	code := readCode(&b.Form)
	if b.Form.Failed() {
		return p.showHome(c, b)
	}
	if err := p.allow(c, ""); err != nil {
		return err
	}
	err := at.Read(c, func(tx *tenants.Tx) error {
		found, err := debts.FindCode(tx, code)
		if err == nil && found.InstalmentID == uuid.Nil {
			b.Form.Wrong("codice", b.T("pay.of_cart|Questo è il codice di un bollettino per più avvisi: pagalo con il bollettino, oppure scrivi il codice di un solo avviso."))
		}
		return err
	})
	if fault.Is(err, fault.NotFound) {
		b.Form.Wrong("codice", unknown(b.Words, code))
	} else if err != nil {
		return err
	}
	if b.Form.Failed() {
		return p.showHome(c, b)
	}
	return c.Redirect("/avvisi/"+code, fiber.StatusSeeOther)
}

// readCode reads the code as people write, paste or scan it.
func readCode(f *page.Form) string {
	typed := f.Need("codice", f.T("pay.code|Codice avviso"))
	if typed == "" {
		return ""
	}
	code, _ := codes.Kind(typed)
	if len(code) == 18 && strings.Trim(code, "0123456789") == "" {
		return code
	}
	f.Wrong("codice", f.T("pay.digits|Il codice avviso ha 18 cifre: controlla di averle scritte tutte."))
	return ""
}

func unknown(w page.Words, code string) string {
	if codes.CheckNotice(code) != nil && codes.CheckSlip(code) != nil {
		return w.T("pay.mistyped|Il codice non è giusto: le ultime due cifre non corrispondono alle altre. Controlla di averlo copiato bene.")
	}
	return w.T("pay.unknown|Questo Comune non ha un avviso con questo codice. Controlla le cifre e il nome del Comune che ti ha scritto.")
}

type noticePage struct {
	page.Base
	Code, Name, Office string
	Instalment         int // 0: the whole
	Amount             money.Cents
	Due                day.Date
	Overdue            bool
	Why                string
	Change             string // until when this price stands, and what comes after it
	InCart             bool
}

// notice shows what a code asks for, and nothing about who owes it.
func (p *portal) notice(c *fiber.Ctx) error {
	at, code := page.At(c), c.Params("code")
	private(c)
	if err := p.allow(c, code); err != nil {
		return err
	}
	v := noticePage{Base: base(c, "notice.title|Avviso di pagamento"), Code: code}
	v.Breadcrumb = []page.Link{{Name: v.T(homeTitle), URL: "/"}}
	err := at.Read(c, func(tx *tenants.Tx) error {
		n, err := debts.NoticeOf(tx, code)
		if err != nil {
			return err
		}
		asked, err := v.fill(n, tx.Today(), at.Lang)
		if err != nil {
			return err
		}
		cart, err := cartOf(c, tx)
		for _, l := range cart.Lines {
			v.InCart = v.InCart || l.InstalmentID == asked.Instalment.ID && cart.open()
		}
		return err
	})
	if err != nil {
		return err
	}
	return page.Show(c, "citizen/notice", v)
}

func (v *noticePage) fill(n debts.Notice, today day.Date, lang string) (debts.Payable, error) {
	asked, err := n.On(today)
	if err != nil {
		return asked, err
	}
	v.Name, v.Amount, v.Due, v.Why = asked.Type.NameIn(lang), asked.Cents, asked.Instalment.DueOn, v.Say(asked.Why)
	v.Overdue = !v.Due.IsZero() && v.Due.Before(today)
	if asked.Instalment.Option != debts.SingleOption {
		v.Instalment = asked.Instalment.Number
	}
	v.Office = n.Office.Name
	if lang == "de" && n.Office.NameDE != "" {
		v.Office = n.Office.NameDE
	}
	if asked.Why != "" || asked.Until.IsZero() {
		return asked, nil
	}
	later, err := n.On(asked.Until.AddDays(1))
	if err == nil {
		v.Change = changeOf(v.Words, asked, later)
	}
	return asked, err
}

// changeOf says until when a price stands and what comes after it; nothing
// where it stays the same.
func changeOf(w page.Words, asked, later debts.Payable) string {
	switch {
	case later.Why != "":
		return w.T("notice.last|Questo importo vale fino al %s. Dopo:", asked.Until.Italian()) + " " + w.Say(later.Why)
	case later.Cents != asked.Cents:
		return w.T("notice.until|Questo importo vale fino al %s. Dal giorno dopo è di %s.", asked.Until.Italian(), later.Cents)
	}
	return ""
}
