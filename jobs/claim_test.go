package jobs_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"cassacomune/app/fault"
	"cassacomune/jobs"
	"cassacomune/tenants"
	"cassacomune/tenants/tenantstest"
)

var (
	ctx = context.Background()
	by  = tenants.System("test")
)

func TestClaimIsExclusiveAndFenced(t *testing.T) {
	tenantstest.Each(t, func(t *testing.T, db *tenantstest.Data) {
		town := db.Add(t, "alfa")
		within := func(fn func(tx *tenants.Tx) error) error { return db.Within(ctx, town.ID, by, fn) }
		var run, first, second jobs.Run
		must(t, within(func(tx *tenants.Tx) (err error) {
			run, err = jobs.Start(tx, jobs.Import, map[string]string{"a": "b"})
			return err
		}))
		claim := func(into *jobs.Run) (ok bool) {
			must(t, within(func(tx *tenants.Tx) (err error) {
				*into, ok, err = jobs.Claim(tx, run.ID, "w")
				return err
			}))
			return ok
		}
		if !claim(&first) {
			t.Fatal("a due run was not claimed")
		}
		if claim(&second) {
			t.Fatal("a run was claimed twice")
		}
		db.Clock.Move(2 * jobs.Lease)
		if !claim(&second) {
			t.Fatal("a silent worker's run was not claimed again")
		}
		err := within(func(tx *tenants.Tx) error { return first.Advance(tx, "10", 10, 20) })
		if !errors.Is(err, jobs.ErrLost) {
			t.Errorf("the first worker advanced: %v, want ErrLost", err)
		}
		must(t, within(func(tx *tenants.Tx) error { return second.Advance(tx, "10", 10, 20) }))
		must(t, within(func(tx *tenants.Tx) error { return second.Finish(tx, "ok") }))
		if err := within(func(tx *tenants.Tx) error { return jobs.Cancel(tx, run.ID) }); !fault.Is(err, fault.Conflict) {
			t.Errorf("cancel of an ended run: %v, want Conflict", err)
		}
	})
}

func TestFailuresAreTriedAgainThenEnd(t *testing.T) {
	tenantstest.Each(t, func(t *testing.T, db *tenantstest.Data) {
		town := db.Add(t, "alfa")
		within := func(fn func(tx *tenants.Tx) error) { t.Helper(); must(t, db.Within(ctx, town.ID, by, fn)) }
		var run jobs.Run
		within(func(tx *tenants.Tx) (err error) { run, err = jobs.Start(tx, jobs.Reconcile, nil); return err })
		tries := 0
		for range 10 {
			var ok bool
			within(func(tx *tenants.Tx) (err error) { run, ok, err = jobs.Claim(tx, run.ID, "w"); return err })
			if !ok {
				break
			}
			tries++
			within(func(tx *tenants.Tx) error { return run.Fail(tx, errors.New("disk on fire")) })
			db.Clock.Move(time.Hour)
		}
		if tries != 5 || run.State != jobs.Running && run.State != jobs.Failed {
			t.Errorf("tries = %d, want 5", tries)
		}
		must(t, db.Read(ctx, town.ID, func(tx *tenants.Tx) (err error) { run, err = jobs.Find(tx, run.ID); return err }))
		if run.State != jobs.Failed || run.Error == "" {
			t.Errorf("after the last try: %s %q, want failed with a sentence", run.State, run.Error)
		}
	})
}

func TestAnotherTownsRunIsUnknown(t *testing.T) {
	tenantstest.Each(t, func(t *testing.T, db *tenantstest.Data) {
		a, b := db.Add(t, "alfa"), db.Add(t, "beta")
		var run jobs.Run
		must(t, db.Within(ctx, a.ID, by, func(tx *tenants.Tx) (err error) { run, err = jobs.Start(tx, jobs.Import, nil); return err }))
		must(t, db.Within(ctx, b.ID, by, func(tx *tenants.Tx) error {
			if _, ok, err := jobs.Claim(tx, run.ID, "w"); ok || err != nil {
				t.Errorf("a swapped message claimed another town's run: %v %v", ok, err)
			}
			return nil
		}))
	})
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
