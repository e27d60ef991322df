package citizen

import (
	"bytes"
	"strings"

	"github.com/gofiber/fiber/v2"

	"cassacomune/app/collections"
	"cassacomune/app/documents"
	"cassacomune/app/fault"
	"cassacomune/app/paper"
	"cassacomune/app/web/page"
	"cassacomune/tenants"
)

type receiptPage struct {
	page.Base
	Receipt documents.Receipt
	PDF     string
	Excess  bool // part of it was more than due
}

// receipt stands for ever at an address that nobody guesses; the same with
// .pdf is the paper.
func (p *portal) receipt(c *fiber.Ctx) error {
	private(c)
	token, pdf := strings.CutSuffix(c.Params("token"), ".pdf")
	v := receiptPage{PDF: "/ricevute/" + token + ".pdf"}
	err := page.At(c).Read(c, func(tx *tenants.Tx) error {
		proof, err := collections.FindProof(tx, token)
		if err != nil {
			return err
		}
		for _, l := range proof.Collection.Lines {
			v.Excess = v.Excess || l.Kind == collections.Excess
		}
		if v.Receipt, err = paper.Receipt(tx, proof, p.title(proof.Collection.Channel)); err != nil || pdf {
			return err
		}
		known, err := namesOf(tx, page.At(c).Lang)
		for i := range v.Receipt.Items {
			v.Receipt.Items[i].Text = known.say(v.Receipt.Items[i].Text)
		}
		return err
	})
	if err != nil {
		return err
	}
	if !pdf {
		v.Base = base(c, "receipt.title|Ricevuta di pagamento")
		v.Receipt.Channel = v.Say(v.Receipt.Channel)
		for i := range v.Receipt.Items {
			v.Receipt.Items[i].Text = v.Say(v.Receipt.Items[i].Text)
		}
		return page.Show(c, "citizen/receipt", v)
	}
	if said := page.For(c, "").Say(v.Receipt.Channel); said != v.Receipt.Channel { // the paper speaks both languages
		v.Receipt.Channel += " / " + said
	}
	var out bytes.Buffer
	if err := documents.WriteReceipt(&out, v.Receipt); err != nil {
		return err
	}
	return sendPDF(c, "ricevuta-"+strings.ReplaceAll(v.Receipt.Number, "/", "-")+".pdf", out.Bytes())
}

// title names a channel for people; one that is no longer listed keeps its key.
func (p *portal) title(key string) string {
	if ch := p.channel(key); ch != nil {
		return ch.Title()
	}
	return key
}

// receiptOfCode is the address of the receipt of what was paid by a code, or
// "" when nothing was.
func receiptOfCode(tx *tenants.Tx, code string) (string, error) {
	proof, err := collections.ProofOfCode(tx, code)
	if fault.Is(err, fault.NotFound) {
		return "", nil
	}
	return "/ricevute/" + proof.Receipt.Token, err
}
