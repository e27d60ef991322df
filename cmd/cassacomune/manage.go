package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"cassacomune/app/auth"
	"cassacomune/app/day"
	"cassacomune/app/fault"
	"cassacomune/tenants"
)

type migrateCommand struct{ data }

// Run migrates the platform and every municipality.
func (m *migrateCommand) Run(ctx context.Context) error {
	db, err := m.open(nil)
	if err != nil {
		return err
	}
	defer db.Close()
	return db.Migrate(ctx)
}

type tenantCommand struct {
	Add  tenantAddCommand  `cmd:"" help:"Register a municipality."`
	List tenantListCommand `cmd:"" help:"List the municipalities."`
}

type tenantAddCommand struct {
	data
	Slug       string   `arg:"" help:"Short name: lower case, digits, hyphens."`
	Name       string   `required:"" help:"Full name, as citizens read it." placeholder:"NAME"`
	FiscalCode string   `required:"" help:"Codice fiscale of the municipality, 11 digits." placeholder:"DIGITS"`
	Host       []string `help:"Host names at which it answers, exactly."`
}

// Run registers a municipality; a second time finishes what a crash left.
func (t *tenantAddCommand) Run(ctx context.Context) error {
	db, err := t.open(nil)
	if err != nil {
		return err
	}
	defer db.Close()
	if t.Database == "" {
		if err := db.Migrate(ctx); err != nil {
			return err
		}
	}
	town, err := db.Add(ctx, tenants.New{Slug: t.Slug, Name: t.Name, FiscalCode: t.FiscalCode, Hosts: t.Host,
		Settings: tenants.Settings{Title: t.Name, FiscalCode: t.FiscalCode, Languages: []string{"it"}, Year: db.Now().Year()}}, tenants.System("shell"))
	if err != nil {
		return err
	}
	fmt.Println(town.Slug, town.ID)
	return nil
}

type tenantListCommand struct{ data }

// Run prints one municipality a line.
func (t *tenantListCommand) Run(ctx context.Context) error {
	db, err := t.openThere()
	if err != nil {
		return err
	}
	defer db.Close()
	all, err := db.All(ctx)
	if err != nil {
		return err
	}
	for _, town := range all {
		fmt.Printf("%s\t%s\t%s\t%s\n", town.Slug, town.FiscalCode, town.State, town.Name)
	}
	return nil
}

type personCommand struct {
	data
	Email    string   `arg:"" help:"E-mail address, the login name."`
	Name     string   `required:"" help:"Name and surname." placeholder:"NAME"`
	Tenant   string   `help:"Municipality in which the role is held; none for an operator." placeholder:"SLUG"`
	Role     string   `help:"clerk, accountant, administrator; or operator, of the instance." enum:"clerk,accountant,administrator,operator" default:"administrator"`
	Office   []string `help:"Codes of the offices to which a clerk is limited; none: all."`
	Password string   `help:"Password of who is new, 12 characters at least; without it, a line of standard input." placeholder:"TEXT" env:"CASSACOMUNE_PASSWORD"`
}

// Run adds a person, or a role to one who exists. Who so far was known to one
// municipality only, and now opens a further door, gets a password for one use:
// the administrator there may know the present one.
func (p *personCommand) Run(ctx context.Context) error {
	db, err := p.openThere()
	if err != nil {
		return err
	}
	defer db.Close()
	by := tenants.System("shell")
	var town tenants.Tenant
	if p.Role != auth.RoleOperator {
		if town, err = db.BySlug(ctx, p.Tenant); err != nil {
			return err
		}
	}
	person, err := auth.FindPerson(ctx, db, p.Email)
	fresh := fault.Is(err, fault.NotFound)
	if fresh {
		person, err = p.create(ctx, db, by)
	}
	if err != nil {
		return err
	}
	oneTime := ""
	switch {
	case p.Role != auth.RoleOperator:
		oneTime, err = auth.Admit(ctx, db, by, town.ID, person.ID)
	case !fresh:
		oneTime, err = auth.Issue(ctx, db, by, 0, person.ID)
	}
	if err != nil {
		return err
	}
	if oneTime != "" {
		hand(db, oneTime)
	}
	if p.Role == auth.RoleOperator {
		return auth.GrantOperator(ctx, db, by, person.ID)
	}
	return auth.Grant(ctx, db, town.ID, by, person.ID, p.Role, p.Office)
}

func (p *personCommand) create(ctx context.Context, db *tenants.DB, by tenants.Actor) (auth.Person, error) {
	if p.Password == "" {
		fmt.Fprintln(os.Stderr, "password of the new person, on one line:")
		line, err := bufio.NewReader(os.Stdin).ReadString('\n')
		if err != nil && !errors.Is(err, io.EOF) {
			return auth.Person{}, err
		}
		p.Password = strings.TrimRight(line, "\r\n")
	}
	person, err := auth.CreatePerson(ctx, db, by, p.Email, p.Name)
	if err != nil {
		return person, err
	}
	return person, auth.SetPassword(ctx, db, by, person.ID, p.Password)
}

type passwordCommand struct {
	data
	Email string `arg:"" help:"E-mail address, the login name."`
}

// Run gives somebody who forgot their password one for a single use.
func (p *passwordCommand) Run(ctx context.Context) error {
	db, err := p.openThere()
	if err != nil {
		return err
	}
	defer db.Close()
	person, err := auth.FindPerson(ctx, db, p.Email)
	if err != nil {
		return err
	}
	oneTime, err := auth.Issue(ctx, db, tenants.System("shell"), 0, person.ID)
	if err != nil {
		return err
	}
	hand(db, oneTime)
	return nil
}

// hand prints a password for one use, alone on its line, and what it is.
func hand(db *tenants.DB, oneTime string) {
	fmt.Fprintln(os.Stderr, "good once, at the log-in, until "+db.Now().Add(auth.OneTime).In(day.Rome).Format("2006-01-02 15:04")+": the person then chooses their own")
	fmt.Println(oneTime)
}
