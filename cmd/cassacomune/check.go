package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"

	"cassacomune/app/ledger"
	"cassacomune/app/trace"
	"cassacomune/tenants"
)

type checkCommand struct {
	data
	Tenant string `help:"Only this municipality." placeholder:"SLUG"`
	JSON   bool   `help:"One JSON object a breach."`
	Digest bool   `help:"Print a hash of what is in the books, a municipality a line; check nothing."`
}

// Run fails on the first breach, naming it.
func (c *checkCommand) Run(ctx context.Context) error {
	db, err := c.openThere()
	if err != nil {
		return err
	}
	defer db.Close()
	if c.Tenant != "" {
		if _, err := db.BySlug(ctx, c.Tenant); err != nil {
			return err
		}
	}
	breaches := 0
	err = db.AcrossAll(ctx, "check", func(t tenants.Tenant) error {
		if c.Tenant != "" && t.Slug != c.Tenant {
			return nil
		}
		return db.Read(ctx, t.ID, func(tx *tenants.Tx) error {
			if c.Digest {
				sum, err := trace.Digest(tx)
				fmt.Println(t.Slug, sum)
				return err
			}
			found, err := trace.Check(tx)
			breaches += len(found)
			c.print(t.Slug, found)
			return err
		})
	})
	if err != nil {
		return err
	}
	if breaches > 0 {
		return fmt.Errorf("%d breaches", breaches)
	}
	return nil
}

func (c *checkCommand) print(slug string, found []ledger.Breach) {
	if len(found) == 0 && !c.JSON {
		fmt.Println(slug, "ok")
	}
	out := json.NewEncoder(os.Stdout)
	for _, b := range found {
		if !c.JSON {
			fmt.Println(slug, b)
			continue
		}
		_ = out.Encode(struct { // standard output fails only when nobody reads
			Tenant string `json:"tenant"`
			ledger.Breach
		}{slug, b})
	}
}

type traceCommand struct {
	data
	Tenant string `required:"" help:"Municipality, by its short name." placeholder:"SLUG"`
	JSON   bool   `help:"The line as JSON."`
	Code   string `arg:"" help:"Any code: notice, slip, position, payment, receipt, remittance, provisional, order."`
}

// Run prints the line on which a code stands.
func (c *traceCommand) Run(ctx context.Context) error {
	db, err := c.openThere()
	if err != nil {
		return err
	}
	defer db.Close()
	town, err := db.BySlug(ctx, c.Tenant)
	if err != nil {
		return err
	}
	var line trace.Line
	if err := db.Read(ctx, town.ID, func(tx *tenants.Tx) (err error) {
		line, err = trace.Follow(tx, c.Code)
		return err
	}); err != nil {
		return err
	}
	if c.JSON {
		out := json.NewEncoder(os.Stdout)
		out.SetIndent("", "  ")
		return out.Encode(line)
	}
	fmt.Printf("%s: %s\n", line.Code, line.What)
	for _, s := range trace.Stages {
		for _, n := range line.At(s) {
			fmt.Printf("  %-20s %12s  %s  %s\n      %s\n      prova: %s\n", s.Italian(), n.Cents.Comma(), n.On.Italian(), n.Title, n.Detail, n.Evidence)
		}
	}
	return nil
}
