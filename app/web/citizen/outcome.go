package citizen

import (
	"context"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"cassacomune/app/channels"
	"cassacomune/app/collections"
	"cassacomune/app/fault"
	"cassacomune/app/money"
	"cassacomune/app/payments"
	"cassacomune/app/web/page"
	"cassacomune/tenants"
)

// outcomeOf is the address of a try's outcome: the sign in it lets in whoever
// was sent there, on any browser, and nobody else.
func (p *portal) outcomeOf(a payments.Attempt) string {
	return "/pagamenti/" + a.ID.String() + "/esito?k=" + p.signed(a.ID.String())
}

// lastOutcome is where a paid cart's outcome stands.
func (p *portal) lastOutcome(tx *tenants.Tx, cart uuid.UUID) (string, error) {
	tries, err := payments.Attempts(tx, cart)
	for _, a := range tries {
		if a.State == payments.Collected {
			return p.outcomeOf(a), err
		}
	}
	return "/carrello", err
}

type outcomePage struct {
	page.Base
	Steps    page.Steps
	Alert    page.Alert
	Money    string // whether money was taken
	Next     string // what to do now
	Amount   money.Cents
	Code     string
	Receipt  string
	Again    bool // paying again is the thing to do
	Progress *page.Progress
}

// patience is how long the page waits for the bank to be asked.
const patience = 3 * time.Second

// outcome shows what the provider has told us. What the browser brings back is
// not believed: it is at most the occasion to ask the provider.
func (p *portal) outcome(c *fiber.Ctx) error {
	at := page.At(c)
	private(c)
	id, err := uuid.Parse(c.Params("attempt"))
	if err != nil || !p.genuine(id.String(), c.Query("k")) {
		return fault.New(fault.NotFound, "missing", "Pagamento non trovato.")
	}
	var a payments.Attempt
	receipt := ""
	err = at.Read(c, func(tx *tenants.Tx) error {
		if a, err = payments.FindAttempt(tx, id); err != nil || a.State != payments.Collected {
			return err
		}
		proof, err := collections.ProofOf(tx, a.Channel, a.Code)
		receipt = "/ricevute/" + proof.Receipt.Token
		return err
	})
	if err != nil {
		return err
	}
	if c.Query("codTrans")+c.Query("esito")+c.Query("annullato") != "" {
		p.askNow(c, at, a)
		return c.Redirect(p.outcomeOf(a), fiber.StatusSeeOther)
	}
	v := outcomePage{Base: page.For(c, ""), Amount: a.Cents, Code: a.Code, Receipt: receipt}
	v.say(a, at.DB.Now())
	v.Steps = stepsAt(v.Words, 3)
	if a.State == payments.Collected {
		v.Steps = stepsAt(v.Words, 4)
	}
	if v.Progress != nil {
		v.Progress.URL, v.Progress.Page = p.outcomeOf(a), p.outcomeOf(a)
		if c.Get("X-Fragment") != "" {
			return page.Fragment(c, "parts/progress", *v.Progress)
		}
	}
	return page.Show(c, "citizen/outcome", v)
}

// askNow asks the provider about a try of which we have heard nothing. No
// answer is no harm: it is asked again later.
func (p *portal) askNow(c *fiber.Ctx, at *page.Request, a payments.Attempt) {
	ch, ok := p.channel(a.Channel).(channels.Asker)
	if !ok || a.Ended() || p.allow(c, "esito "+a.Code) != nil {
		return
	}
	ctx, cancel := context.WithTimeout(c.UserContext(), patience)
	defer cancel()
	if _, err := channels.Ask(ctx, at.DB, at.Tenant.ID, ch, a.ID); err != nil {
		at.DB.Log().Warn("asking a provider", "tenant", at.Tenant.Slug, "attempt", a.ID, "error", err)
	}
}

// say puts the state into words: what happened, whether money was taken, what
// comes next.
func (v *outcomePage) say(a payments.Attempt, now time.Time) {
	taken := v.T("outcome.not_taken|Non ti è stato addebitato nulla.")
	switch {
	case a.State == payments.Collected:
		v.Title, v.Alert = v.T("outcome.paid|Pagamento riuscito"), page.Alert{Kind: "success", Text: v.T("outcome.paid_text|Abbiamo ricevuto la conferma della banca.")}
		v.Money = v.T("outcome.taken|Ti sono stati addebitati %s.", a.Cents)
		v.Next = v.T("outcome.paid_next|Conserva la ricevuta: la trovi qui sotto e resta sempre a questo indirizzo.")
	case a.State == payments.Refused:
		v.Title, v.Alert = v.T("outcome.refused|Pagamento rifiutato"), page.Alert{Kind: "danger", Text: v.T("outcome.refused_text|La banca non ha autorizzato il pagamento.")}
		v.Money, v.Again = taken, true
		v.Next = v.T("outcome.refused_next|Puoi riprovare con un'altra carta o con il bollettino. Il motivo del rifiuto lo conosce solo la tua banca.")
	case a.State == payments.Cancelled:
		v.Title, v.Alert = v.T("outcome.cancelled|Pagamento annullato"), page.Alert{Kind: "info", Text: v.T("outcome.cancelled_text|Hai interrotto il pagamento sulla pagina della banca.")}
		v.Money, v.Again = taken, true
		v.Next = v.T("outcome.cancelled_next|Se vuoi, riprova: gli avvisi sono ancora nel carrello.")
	case a.State == payments.Mismatch:
		v.Title, v.Alert = v.T("outcome.mismatch|Pagamento da verificare"), page.Alert{Kind: "warning", Text: v.T("outcome.mismatch_text|I dati comunicati dalla banca non corrispondono a quelli del pagamento.")}
		v.Money = v.T("outcome.mismatch_money|È possibile che ti sia stato addebitato un importo.")
		v.Next = v.T("outcome.mismatch_next|Non pagare di nuovo: un addetto del Comune controlla. Se chiedi informazioni, indica il codice qui sotto.")
	case a.State == payments.Expired || !a.ExpiresAt.After(now):
		v.Title, v.Alert = v.T("outcome.expired|Pagamento non completato"), page.Alert{Kind: "warning", Text: v.T("outcome.expired_text|Il tempo per pagare è finito e la banca non ha confermato.")}
		v.Money = v.T("outcome.expired_money|Non ci risulta nessun addebito.")
		v.Next = v.T("outcome.expired_next|Se la tua banca mostra un addebito, non pagare di nuovo: appena ce lo comunica lo registriamo. Altrimenti puoi riprovare.")
		v.Again = true
	default:
		v.Title, v.Alert = v.T("outcome.pending|Pagamento in attesa"), page.Alert{Kind: "info", Text: v.T("outcome.pending_text|Stiamo aspettando la conferma della banca.")}
		v.Money = v.T("outcome.pending_money|Non ci risulta ancora nessun addebito. Non ti verrà addebitato due volte.")
		v.Next = v.T("outcome.pending_next|Non pagare di nuovo. Questa pagina si aggiorna da sola; puoi anche chiuderla e riaprirla dal carrello.")
		v.Progress = &page.Progress{Words: v.Words, Text: v.T("outcome.waiting|In attesa della banca")}
	}
}
