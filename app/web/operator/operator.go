// Package operator is the pages of who keeps the instance running: which
// municipalities it hosts, their state, how much work waits, the people who
// log in, and the register of the platform. It sees no municipality's data: of the runs only how many.
package operator

import (
	"cassacomune/app/web/page"
)

// Routes are the operator's pages, on the host that is no municipality's.
func Routes() []page.Route {
	return []page.Route{
		page.Get("/accesso", "portal:view", door),
		page.Post("/accesso", "portal:view", enter),
		page.Get("/accesso/password", "portal:view", choicePage),
		page.Post("/accesso/password", "portal:view", choose),
		page.Post("/esci", "account:self", leave),
		page.Get("/", "operator:view", towns),
		page.Get("/comuni", "operator:view", towns),
		page.Get("/comuni.csv", "operator:view", townsCSV),
		page.Get("/comuni/nuovo", "operator:towns", newTown),
		page.Post("/comuni", "operator:towns", addTown),
		page.Get("/persone", "operator:people", people),
		page.Get("/persone/:person", "operator:people", person),
		page.Post("/persone/:person/password", "operator:people", issuePassword),
		page.Post("/persone/:person/comuni", "operator:people", admit),
		page.Get("/registro", "operator:view", register),
		page.Get("/registro.csv", "operator:view", registerCSV),
	}
}

type listPage struct {
	page.Base
	Lead   string
	Search string // where its text is looked for
	Hint   string // what is looked for
	CSV    bool   // the list is a file too
	New    page.Link
	Other  page.Link
	Table  page.Table
	List   page.List
	Empty  *page.Empty
}
