package paper_test

import (
	"bytes"
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cassacomune/app/collections"
	"cassacomune/app/day"
	"cassacomune/app/debts"
	"cassacomune/app/documents"
	"cassacomune/app/fault"
	"cassacomune/app/paper"
	"cassacomune/app/payments"
	"cassacomune/app/price"
	"cassacomune/tenants"
	"cassacomune/tenants/tenantstest"
)

// town is a municipality with two debts in a cart.
type town struct {
	t    *testing.T
	db   *tenantstest.Data
	id   tenants.ID
	cart payments.Cart
}

func (w *town) within(fn func(*tenants.Tx) error) {
	w.t.Helper()
	if err := w.db.Within(context.Background(), w.id, tenants.System("test"), fn); err != nil {
		w.t.Fatal(err)
	}
}

func newTown(t *testing.T, db *tenantstest.Data) *town {
	w := &town{t: t, db: db, id: db.Add(t, "alfa").ID}
	w.within(func(tx *tenants.Tx) error {
		m, err := tx.Municipality()
		if err != nil {
			return err
		}
		m.Settings.Languages, m.Settings.TitleDE = []string{"it", "de"}, "Gemeinde alfa"
		if err := tx.SaveSettings(m.Settings); err != nil {
			return err
		}
		if err := tx.SaveOffice(tenants.Office{Code: "SCU", Name: "Ufficio Scuola", NameDE: "Schulamt"}); err != nil {
			return err
		}
		if err := tx.SaveDebtType(tenants.DebtType{Code: "MENSA", Office: "SCU", Name: "Mensa", NameDE: "Ausspeisung", Active: true,
			Setup: tenants.TypeSetup{Price: price.Rule{Kind: price.Fixed}, Channels: []tenants.Permitted{{Channel: "slip", Ground: tenants.GroundOutside}}}}); err != nil {
			return err
		}
		cart, _, err := payments.OpenCart(tx, "")
		if err != nil {
			return err
		}
		for i, due := range []day.Date{day.New(2026, 1, 31), day.New(2026, 3, 31)} {
			d, err := debts.Add(tx, debts.New{Type: "MENSA", Position: string(rune('1' + i)), Reason: "Mensa di Giulietta", DueOn: due, Source: "test",
				Parties: []debts.Party{{Kind: "person", Name: "Segreta Rossi", Code: "RSSMRA80A01H501U", Address: "Via Roma 1, 57100, Livorno, Italia"}},
				Items:   []debts.NewItem{{Key: "1", Cents: 1500}, {Key: "2", Cents: 500}}})
			if err != nil {
				return err
			}
			d, err = debts.Load(tx, d.ID)
			if err != nil {
				return err
			}
			p, err := debts.PayableOf(tx, d.Instalments[0].ID, tx.Today())
			if err != nil {
				return err
			}
			if err := cart.Put(tx, p); err != nil {
				return err
			}
		}
		w.cart = cart
		return w.cart.SetPayer(tx, "Anna Verdi", "", "")
	})
	return w
}

func TestCartSlip(t *testing.T) {
	tenantstest.Each(t, func(t *testing.T, db *tenantstest.Data) {
		w := newTown(t, db)
		w.within(func(tx *tenants.Tx) error {
			if _, err := paper.CartSlip(tx, w.cart); !fault.Is(err, fault.NotFound) {
				t.Errorf("CartSlip without a code = %v, want NotFound", err)
			}
			if err := payments.IssueSlip(tx, &w.cart); err != nil {
				return err
			}
			if err := w.cart.SetState(tx, payments.CartWaiting, "slip", day.New(2026, 4, 1)); err != nil {
				return err
			}
			got, err := paper.CartSlip(tx, w.cart)
			if err != nil {
				return err
			}
			want := documents.Slip{Created: tx.Now(), Code: got.Code, Amount: 4000, DueOn: day.New(2026, 3, 31), Account: "12345", Holder: "Comune di alfa",
				Issuer: documents.Issuer{Name: "Comune di alfa", SecondaryName: "Gemeinde alfa", Office: "Ufficio Scuola / Schulamt", FiscalCode: "00000000000"},
				Debtor: documents.Party{Name: "Anna Verdi"}, Reason: "Pagamento di 2 avvisi / Zahlung von 2 Bescheiden", Secondary: documents.German(),
				Items: []documents.Item{
					{Text: "Mensa", Secondary: "Ausspeisung", Code: got.Items[0].Code, DueOn: day.New(2026, 1, 31), Amount: 2000},
					{Text: "Mensa", Secondary: "Ausspeisung", Code: got.Items[1].Code, DueOn: day.New(2026, 3, 31), Amount: 2000}}}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("slip (-want +got):\n%s", diff)
			}
			return documents.WriteSlips(&bytes.Buffer{}, got)
		})
	})
}

func TestInstalmentSlip(t *testing.T) {
	tenantstest.Each(t, func(t *testing.T, db *tenantstest.Data) {
		w := newTown(t, db)
		w.within(func(tx *tenants.Tx) error {
			p := w.cart.Lines[1].Payable
			got, err := paper.InstalmentSlip(tx, p)
			if err != nil {
				return err
			}
			if diff := cmp.Diff(documents.Party{Name: "Segreta Rossi", Code: "RSSMRA80A01H501U", Address: []string{"Via Roma 1", "57100", "Livorno, Italia"}}, got.Debtor); diff != "" {
				t.Errorf("debtor (-want +got):\n%s", diff)
			}
			if got.Amount != 2000 || got.DueOn != day.New(2026, 3, 31) || got.Reason != "Mensa di Giulietta" {
				t.Errorf("slip = %s, %s, %q", got.Amount, got.DueOn, got.Reason)
			}
			reduced := p
			reduced.Until = day.New(2026, 3, 5) // a fine's price for who pays at once
			if got, err := paper.InstalmentSlip(tx, reduced); err != nil || got.DueOn != reduced.Until || got.Items[0].DueOn != reduced.Until {
				t.Errorf("slip of a price that ends on %s is due on %s, %v", reduced.Until, got.DueOn, err)
			}
			p.Why = "pagato"
			if _, err := paper.InstalmentSlip(tx, p); !fault.Is(err, fault.Conflict) {
				t.Errorf("InstalmentSlip of what is paid = %v, want Conflict", err)
			}
			return documents.WriteSlips(&bytes.Buffer{}, got)
		})
	})
}

func TestReceipt(t *testing.T) {
	tenantstest.Each(t, func(t *testing.T, db *tenantstest.Data) {
		w := newTown(t, db)
		w.within(func(tx *tenants.Tx) error {
			var parts []payments.Frozen
			for _, l := range w.cart.Lines {
				parts = append(parts, payments.Frozen{Instalment: l.InstalmentID, Debt: l.DebtID, Cents: l.Cents})
			}
			// Ten euros more than is due, paid the day before we hear of it.
			_, _, err := collections.Book(tx, collections.New{Channel: "vpos", Key: "K1", Cents: 5000, PaidOn: day.New(2026, 3, 1), ProviderID: "T1", Cart: w.cart.ID, Parts: parts, Source: "test"})
			if err != nil {
				return err
			}
			// And money of which nobody knows the reason.
			if _, _, err := collections.Book(tx, collections.New{Channel: "slip", Key: "K2", Cents: 700, PaidOn: tx.Today(), Code: "NESSUNO", Payer: "Ignoto", Source: "test"}); err != nil {
				return err
			}
			proof, err := collections.ProofOf(tx, "vpos", "K1")
			if err != nil {
				return err
			}
			got, err := paper.Receipt(tx, proof, "Carta")
			if err != nil {
				return err
			}
			want := documents.Receipt{Created: tx.Now(), Number: "2026/000001", PaidAt: day.New(2026, 3, 1).Start(), Payer: documents.Party{Name: "Anna Verdi"}, Amount: 5000,
				Channel: "Carta", Transaction: "T1", Code: "K1", Secondary: documents.German(),
				Issuer: documents.Issuer{Name: "Comune di alfa", SecondaryName: "Gemeinde alfa", Office: "Ufficio Scuola / Schulamt", FiscalCode: "00000000000"},
				Items: []documents.Item{
					{Text: "Mensa di Giulietta", Secondary: "Ausspeisung", Code: got.Items[0].Code, DueOn: day.New(2026, 1, 31), Amount: 2000},
					{Text: "Mensa di Giulietta", Secondary: "Ausspeisung", Code: got.Items[1].Code, DueOn: day.New(2026, 3, 31), Amount: 3000}}}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("receipt (-want +got):\n%s", diff)
			}
			if err := documents.WriteReceipt(&bytes.Buffer{}, got); err != nil {
				return err
			}
			if proof, err = collections.ProofOfCode(tx, "NESSUNO"); err != nil {
				return err
			}
			unknown, err := paper.Receipt(tx, proof, "Bollettino")
			if err != nil {
				return err
			}
			if unknown.Payer.Name != "Ignoto" || len(unknown.Items) != 1 || unknown.Items[0].Text != "Pagamento da attribuire" || !unknown.PaidAt.Equal(tx.Now()) || unknown.Code != "NESSUNO" {
				t.Errorf("receipt of unknown money = %+v", unknown)
			}
			return documents.WriteReceipt(&bytes.Buffer{}, unknown)
		})
	})
}
