package channels

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"cassacomune/app/payments"
	"cassacomune/tenants"
)

// forgotten is how long after its end an attempt that the provider does not
// know is kept waiting.
const forgotten = time.Hour

// Ask is the use case that asks the provider about an attempt and settles the
// answer. No transaction is open while the provider thinks. A provider that
// does not know the attempt moves nothing, until the attempt is long over.
func Ask(ctx context.Context, db *tenants.DB, tenant tenants.ID, ch Asker, attempt uuid.UUID) (a payments.Attempt, err error) {
	var config Config
	err = db.Read(ctx, tenant, func(tx *tenants.Tx) error {
		if a, err = payments.FindAttempt(tx, attempt); err != nil || a.Ended() {
			return err
		}
		if a.Channel != ch.Key() {
			return fmt.Errorf("attempt %s is of channel %s, not %s", a.ID, a.Channel, ch.Key())
		}
		config, err = ConfigOf(tx, ch)
		return err
	})
	if err != nil || a.Ended() {
		return a, err
	}
	o, err := ch.Ask(ctx, config, a, db.Now())
	if err != nil {
		return a, fmt.Errorf("ask about attempt %s: %w", a.ID, err)
	}
	err = db.Within(ctx, tenant, tenants.System("canale "+ch.Key()), func(tx *tenants.Tx) error {
		if o.Code != a.Code {
			return errors.New("the provider answered about another attempt")
		}
		if o.State != payments.Pending || o.Cents > 0 {
			a, err = Settle(tx, ch.Key(), o)
			return err
		}
		if tx.Now().Before(a.ExpiresAt.Add(forgotten)) {
			return nil
		}
		if a, err = payments.LockAttempt(tx, ch.Key(), a.Code); err != nil {
			return err
		}
		_, err = a.Move(tx, payments.Expired, "", "Il gestore non conosce il pagamento.")
		return err
	})
	return a, err
}
