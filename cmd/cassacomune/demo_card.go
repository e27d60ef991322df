package main

import (
	"fmt"
	"io"
	"net/http"
	"net/url"

	"github.com/google/uuid"

	"cassacomune/app/channels"
	"cassacomune/app/channels/vpos"
	"cassacomune/app/debts"
	"cassacomune/app/payments"
	"cassacomune/app/sandbox/xpay"
	"cassacomune/tenants"
)

// payByCard pays at the portal and on the acquirer's page. The notification is
// lost, since nobody listens yet; the answer to our question tells. On each
// day one card is refused first.
func (s *seeding) payByCard(t *demoTown, n int) error {
	s.world.Acquirer.Behave(xpay.Behaviour{Drop: true})
	defer s.world.Acquirer.Behave(xpay.Behaviour{})
	browser := s.browser()
	for i := range t.cards {
		cart, err := s.fill(t, t.next())
		if err != nil || cart == uuid.Nil {
			if err != nil {
				return err
			}
			continue
		}
		if i == 0 {
			if err := s.try(t, browser, cart, xpay.Deny); err != nil {
				return err
			}
		}
		if err := s.try(t, browser, cart, xpay.Pay); err != nil {
			return err
		}
	}
	return nil
}

// browser talks to the sandbox and follows nobody.
func (s *seeding) browser() *http.Client {
	return &http.Client{Transport: inProcess{s.world.App(), s.record},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// fill opens a cart with a debt; uuid.Nil where nothing of it can be paid by
// card.
func (s *seeding) fill(t *demoTown, debt uuid.UUID) (id uuid.UUID, err error) {
	err = s.db.Within(s.ctx, t.id, payer, func(tx *tenants.Tx) error {
		p, ok, err := t.payable(tx, debt, tx.Today())
		if err != nil || !ok || !channels.Permits(p.Type, vpos.XPay{}.Key()) {
			return err
		}
		c, _, err := payments.OpenCart(tx, "")
		if err != nil {
			return err
		}
		if err := c.Put(tx, p); err != nil {
			return err
		}
		id = c.ID
		return c.SetPayer(tx, p.Debt.DebtorName, p.Debt.DebtorCode, mailOf(p.Debt))
	})
	return id, err
}

func mailOf(d debts.Debt) string {
	if len(d.Parties) > 0 && d.Parties[0].Email != "" {
		return d.Parties[0].Email
	}
	return "versante@example.org"
}

// try is one attempt: start, the hosted page, a press on it, our question.
func (s *seeding) try(t *demoTown, browser *http.Client, cart uuid.UUID, choice xpay.Choice) error {
	var attempt uuid.UUID
	home := s.place.url(t.host())
	to := channels.Addresses{Notify: home + "/notifiche/vpos",
		Return: func(a payments.Attempt) string { attempt = a.ID; return home + "/" },
		Cancel: func(payments.Attempt) string { return home + "/" }}
	r, err := channels.Start(s.ctx, s.db, t.id, payer, vpos.XPay{}, cart, to, "it")
	if err != nil {
		return fmt.Errorf("start: %w", err)
	}
	form := url.Values{}
	for _, f := range r.Fields {
		form.Set(f[0], f[1])
	}
	hosted, err := press(browser, r.URL, form)
	if err != nil {
		return err
	}
	if _, err := press(browser, hosted, url.Values{"scelta": {string(choice)}}); err != nil {
		return err
	}
	_, err = channels.Ask(s.ctx, s.db, t.id, vpos.XPay{Client: browser}, attempt)
	return err
}

// press posts a form and returns where the browser is sent.
func press(browser *http.Client, address string, form url.Values) (string, error) {
	res, err := browser.PostForm(address, form)
	if err != nil {
		return "", err
	}
	defer res.Body.Close()
	if _, err := io.Copy(io.Discard, res.Body); err != nil {
		return "", err
	}
	if res.StatusCode != http.StatusSeeOther {
		return "", fmt.Errorf("sandbox answers %d", res.StatusCode)
	}
	return res.Header.Get("Location"), nil
}
