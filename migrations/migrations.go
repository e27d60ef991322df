// Package migrations holds the schema as one list of SQL files for both
// engines. What differs between PostgreSQL and SQLite is a handful of words
// ({{uuid}}, {{instant}}, {{tenant}}...), filled in when a file is rendered, so
// that the two schemas cannot drift apart. The wall (row-level security,
// grants) is not written here: package tenants builds it around every table
// that has a tenant_id.
package migrations

import (
	"embed"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"text/template"
)

//go:embed platform/*.sql tenant/*.sql
var files embed.FS

// Platform is the closed list of tables that belong to no municipality. Every
// other table has tenant_id first in its primary key.
var Platform = []string{
	"tenant", "host", "person", "credential", "membership_hint", "routing",
	"kit", "operator_grant", "operator_session", "platform_audit", "schema_migration",
}

// Facts are the tables into which rows are only ever inserted.
var Facts = []string{
	"platform_audit", "audit", "blob",
	"ledger_tx", "ledger_entry", "ledger_conflict", "ledger_seal", "ledger_seal_tx",
	"allocation", "allocation_event", "share",
	"debt_event", "collection", "collection_line", "attribution", "receipt", "fulfilment",
	"remittance", "remittance_line", "journal_flow", "journal_entry", "journal_difference", "collection_order_export", "collection_order_line", "collection_order_part", "executed_line", "explanation", "credit_mark",
	"inbound",
}

// Set names one of the two lists.
type Set string

// The two sets of migrations: on PostgreSQL both go into one database; on
// SQLite the platform has a file and each tenant has one.
const (
	ForPlatform Set = "platform"
	ForTenant   Set = "tenant"
)

// File is one migration, rendered for an engine.
type File struct{ Name, SQL string }

// Render returns the migrations of a set in order, for "pg" or "sqlite". On
// SQLite, tenant is the only tenant_id that the file will accept.
func Render(set Set, engine string, tenant int64) ([]File, error) {
	names, err := fs.Glob(files, path.Join(string(set), "*.sql"))
	if err != nil {
		return nil, err
	}
	slices.Sort(names)
	words := vocabulary(engine, tenant)
	var out []File
	for _, name := range names {
		t, err := template.New(path.Base(name)).Funcs(words).ParseFS(files, name)
		if err != nil {
			return nil, fmt.Errorf("migration %s: %w", name, err)
		}
		var b strings.Builder
		if err := t.Execute(&b, nil); err != nil {
			return nil, fmt.Errorf("migration %s: %w", name, err)
		}
		out = append(out, File{Name: string(set) + "/" + path.Base(name), SQL: b.String()})
	}
	return out, nil
}

func vocabulary(engine string, tenant int64) template.FuncMap {
	word := func(pg, sqlite string) func() string {
		if engine == "pg" {
			return func() string { return pg }
		}
		return func() string { return sqlite }
	}
	return template.FuncMap{
		"uuid":    word("uuid", "text"),
		"instant": word("timestamptz", "timestamp"),
		"date":    word("date", "text"),
		"bytes":   word("bytea", "blob"),
		"json":    word("jsonb", "text"),
		"tenant":  word("tenant_id bigint not null", fmt.Sprintf("tenant_id bigint not null check (tenant_id = %d)", tenant)),
		"pg":      func() bool { return engine == "pg" },
	}
}
