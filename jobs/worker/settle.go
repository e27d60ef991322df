package worker

import (
	"context"
	"errors"
	"time"

	"cassacomune/app/channels"
	"cassacomune/app/channels/all"
	"cassacomune/app/fault"
	"cassacomune/app/payments"
	"cassacomune/jobs"
	"cassacomune/tenants"
)

// askAgain is how long after each question the next one follows; after the
// last one a person looks.
var askAgain = []time.Duration{2 * time.Minute, 5 * time.Minute, 15 * time.Minute, time.Hour, 6 * time.Hour, 24 * time.Hour}

// settle asks a provider about an attempt whose outcome has not come.
func settle(ctx context.Context, db *tenants.DB, tenant tenants.ID, run *jobs.Run) (more bool, err error) {
	var q channels.Question
	if err := run.Decode(&q); err != nil {
		return false, err
	}
	var a payments.Attempt
	var config channels.Config
	var ch channels.Asker
	err = db.Read(ctx, tenant, func(tx *tenants.Tx) (err error) {
		if a, err = payments.FindAttempt(tx, q.Attempt); err != nil || a.Ended() {
			return err
		}
		var ok bool
		if ch, ok = all.Find(a.Channel).(channels.Asker); !ok {
			return fault.New(fault.Invalid, "settle.channel", "Il canale %s non si può interrogare.", a.Channel)
		}
		config, err = channels.ConfigOf(tx, ch)
		return err
	})
	if err != nil {
		return false, err
	}
	var o channels.Outcome
	var asked error
	if ch != nil {
		o, asked = ch.Ask(ctx, config, a, db.Now())
	}
	return false, db.Within(ctx, tenant, tenants.System("canale "+a.Channel), func(tx *tenants.Tx) error {
		if ch != nil && asked == nil {
			if a, err = channels.Settle(tx, a.Channel, o); err != nil {
				return err
			}
		}
		if asked != nil && !errors.Is(asked, context.Canceled) {
			db.Log().Warn("provider did not answer", "tenant", tenant, "channel", a.Channel, "attempt", a.ID, "error", asked)
		}
		if !a.Ended() {
			if err := askLater(tx, a, q); err != nil {
				return err
			}
		}
		return run.Finish(tx, string(a.State))
	})
}

// askLater plans the next question, or gives the attempt up as expired: money
// that comes later is booked all the same.
func askLater(tx *tenants.Tx, a payments.Attempt, q channels.Question) error {
	if q.Asked >= len(askAgain) {
		_, err := a.Move(tx, payments.Expired, "", "La banca non ha mai dato un esito.")
		return err
	}
	wait := askAgain[q.Asked]
	q.Asked++
	_, err := jobs.StartAt(tx, jobs.Settle, q, tx.Now().Add(wait), "")
	return err
}
