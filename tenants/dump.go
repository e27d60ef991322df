package tenants

import (
	"bufio"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"cassacomune/migrations"
)

// A backup is a gzipped text that belongs to no engine: one JSON line that
// says which schema it holds, then for each table of the platform and of each
// municipality a line with its columns and a line for each row, and at the end
// the number of rows and the hash of all that came before.

type dumpHeader struct {
	Format     string    `json:"format"` // "cassacomune-backup"
	Version    int       `json:"version"`
	At         time.Time `json:"at"`
	Migrations []string  `json:"migrations"`
}

type dumpTable struct {
	Table   string   `json:"table"`
	Tenant  ID       `json:"tenant"` // 0: the platform
	Columns []string `json:"columns"`
}

type dumpEnd struct {
	Rows   int64  `json:"rows"`
	SHA256 string `json:"sha256"`
}

// Dumped says what a backup holds.
type Dumped struct {
	At      time.Time
	Tenants int
	Rows    int64
}

type dumper struct {
	out  *bufio.Writer
	hash hash.Hash
	rows int64
}

// Dump writes a backup. Each municipality is seen at one moment.
func (db *DB) Dump(ctx context.Context, w io.Writer) (Dumped, error) {
	zip := gzip.NewWriter(w)
	d := &dumper{hash: sha256.New()}
	d.out = bufio.NewWriterSize(io.MultiWriter(zip, d.hash), 1<<16)
	names, err := migrationNames()
	if err != nil {
		return Dumped{}, err
	}
	if err := d.line(dumpHeader{"cassacomune-backup", 1, db.Now(), names}); err != nil {
		return Dumped{}, err
	}
	all, err := db.All(ctx)
	if err != nil {
		return Dumped{}, err
	}
	if err := db.Platform(ctx, func(tx *PlatformTx) error { return d.tables(ctx, tx.Tx, 0, migrations.ForPlatform) }); err != nil {
		return Dumped{}, fmt.Errorf("dump platform: %w", err)
	}
	for _, t := range all {
		if t.State != StateReady {
			continue
		}
		if err := db.Read(ctx, t.ID, func(tx *Tx) error { return d.tables(ctx, tx.bun, t.ID, migrations.ForTenant) }); err != nil {
			return Dumped{}, fmt.Errorf("dump %s: %w", t.Slug, err)
		}
	}
	if err := d.out.Flush(); err != nil {
		return Dumped{}, err
	}
	end, err := json.Marshal(dumpEnd{d.rows, hex.EncodeToString(d.hash.Sum(nil))})
	if err != nil {
		return Dumped{}, err
	}
	if _, err := zip.Write(append(end, '\n')); err != nil {
		return Dumped{}, err
	}
	return Dumped{db.Now(), len(all), d.rows}, zip.Close()
}

func (d *dumper) line(v any) error {
	b, err := json.Marshal(v)
	if err != nil {
		return err
	}
	_, err = d.out.Write(append(b, '\n'))
	return err
}

func (d *dumper) tables(ctx context.Context, tx bun.Tx, tenant ID, set migrations.Set) error {
	names, err := tablesOf(set)
	if err != nil {
		return err
	}
	for _, name := range names {
		if err := d.table(ctx, tx, tenant, name); err != nil {
			return fmt.Errorf("table %s: %w", name, err)
		}
	}
	return nil
}

func (d *dumper) table(ctx context.Context, tx bun.Tx, tenant ID, name string) error {
	q := tx.NewSelect().TableExpr("?", bun.Ident(name)).ColumnExpr("*")
	if tenant != 0 {
		q = q.Where("tenant_id = ?", tenant)
	}
	rows, err := q.Rows(ctx)
	if err != nil {
		return err
	}
	defer rows.Close()
	types, err := rows.ColumnTypes()
	if err != nil {
		return err
	}
	columns := make([]string, len(types))
	values, into := make([]any, len(types)), make([]any, len(types))
	for i, t := range types {
		columns[i], into[i] = t.Name(), &values[i]
	}
	if err := d.line(dumpTable{name, tenant, columns}); err != nil {
		return err
	}
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return err
		}
		for i := range values {
			values[i] = dumped(values[i], types[i].DatabaseTypeName())
		}
		if err := d.line(values); err != nil {
			return err
		}
		d.rows++
	}
	return rows.Err()
}

// dumped makes a value one that JSON keeps and both engines take: bytes and
// instants are marked, and SQLite's numbers for a boolean are one.
func dumped(v any, kind string) any {
	switch v := v.(type) {
	case []byte:
		if kind = strings.ToUpper(kind); kind != "BLOB" && kind != "BYTEA" {
			return string(v)
		}
		return map[string]string{"b": base64.StdEncoding.EncodeToString(v)}
	case int64:
		if strings.EqualFold(kind, "BOOLEAN") {
			return v != 0
		}
	case time.Time:
		if strings.EqualFold(kind, "DATE") {
			return v.Format(time.DateOnly)
		}
		return map[string]string{"t": v.UTC().Format(time.RFC3339Nano)}
	}
	return v
}

var tableName = regexp.MustCompile(`(?mi)^\s*create table (\w+)`)

// tablesOf returns the tables of a set in the order of their creation, which
// is one in which every row's parent comes before it.
func tablesOf(set migrations.Set) (names []string, err error) {
	files, err := render(set, "sqlite", 0)
	if err != nil {
		return nil, err
	}
	for _, f := range files {
		for _, m := range tableName.FindAllStringSubmatch(f.SQL, -1) {
			if !slices.Contains(names, m[1]) { // written anew by a later migration
				names = append(names, m[1])
			}
		}
	}
	return names, nil
}

func migrationNames() (names []string, err error) {
	for _, set := range []migrations.Set{migrations.ForPlatform, migrations.ForTenant} {
		files, err := render(set, "sqlite", 0)
		if err != nil {
			return nil, err
		}
		for _, f := range files {
			names = append(names, f.Name)
		}
	}
	return names, nil
}

// ErrBackup says that a file is no whole backup of this program's schema.
var ErrBackup = errors.New("tenants: not a whole backup of this version")
