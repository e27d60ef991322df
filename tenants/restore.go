package tenants

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"cassacomune/migrations"
)

// Verify reads a backup to its end and compares what it declares with what it
// holds. It touches no database.
func Verify(r io.Reader) (Dumped, error) {
	return readDump(r, func(dumpTable) error { return nil }, func([]any) error { return nil })
}

// Restore fills an empty, migrated database with a verified backup. Give it a
// fresh reader: the file is read twice, by Verify before it.
func (db *DB) Restore(ctx context.Context, r io.Reader) (Dumped, error) {
	all, err := db.All(ctx)
	if err != nil {
		return Dumped{}, err
	}
	if len(all) > 0 {
		return Dumped{}, fmt.Errorf("restore: %d municipalities are here already; restore needs an empty place", len(all))
	}
	in := &restorer{ctx: ctx, db: db}
	d, err := readDump(r, in.table, in.row)
	if err != nil {
		return d, err
	}
	return d, in.flush()
}

type restorer struct {
	ctx   context.Context
	db    *DB
	into  dumpTable
	rows  [][]any
	bytes int
}

func (in *restorer) table(t dumpTable) error {
	if err := in.flush(); err != nil {
		return err
	}
	if t.Tenant != 0 && t.Tenant != in.into.Tenant {
		if err := in.db.store.provision(in.ctx, t.Tenant); err != nil {
			return err
		}
	}
	in.into = t
	return nil
}

func (in *restorer) row(values []any) error {
	row := slices.Clone(values)
	for i, v := range row {
		if v == nil {
			row[i] = bun.Safe("NULL")
		}
		marked, ok := v.(map[string]any)
		if !ok {
			continue
		}
		if t, ok := marked["t"].(string); ok {
			at, err := time.Parse(time.RFC3339Nano, t)
			if err != nil {
				return fmt.Errorf("%w: instant: %w", ErrBackup, err)
			}
			row[i] = at
		}
		if b, ok := marked["b"].(string); ok {
			raw, err := base64.StdEncoding.DecodeString(b)
			if err != nil {
				return fmt.Errorf("%w: bytes: %w", ErrBackup, err)
			}
			row[i] = raw
			in.bytes += len(raw)
		}
	}
	in.rows = append(in.rows, row)
	if len(in.rows) >= 500 || in.bytes > 8<<20 {
		return in.flush()
	}
	return nil
}

// flush inserts the rows at hand.
func (in *restorer) flush() error {
	if len(in.rows) == 0 {
		return nil
	}
	rows := in.rows
	in.rows, in.bytes = nil, 0
	if in.into.Tenant == 0 {
		return in.db.Platform(in.ctx, func(tx *PlatformTx) error { return insertRows(in.ctx, tx.Tx, in.into, rows) })
	}
	return in.db.Within(in.ctx, in.into.Tenant, System("restore"), func(tx *Tx) error {
		return insertRows(in.ctx, tx.bun, in.into, rows)
	})
}

func insertRows(ctx context.Context, tx bun.Tx, into dumpTable, rows [][]any) error {
	columns := make([]any, len(into.Columns))
	for i, c := range into.Columns {
		columns[i] = bun.Ident(c)
	}
	tuples := make([]any, len(rows))
	for i, r := range rows {
		tuples[i] = bun.Tuple(r)
	}
	_, err := tx.NewRaw("INSERT INTO ? (?) VALUES ?", bun.Ident(into.Table), bun.List(columns), bun.List(tuples)).Exec(ctx)
	if err != nil {
		return fmt.Errorf("restore %s: %w", into.Table, err)
	}
	return nil
}

func readDump(r io.Reader, table func(dumpTable) error, row func([]any) error) (Dumped, error) {
	zip, err := gzip.NewReader(r)
	if err != nil {
		return Dumped{}, fmt.Errorf("%w: %w", ErrBackup, err)
	}
	in, sum := bufio.NewReaderSize(zip, 1<<20), sha256.New()
	next := func() ([]byte, error) {
		line, err := in.ReadBytes('\n')
		if err != nil {
			return nil, fmt.Errorf("%w: cut", ErrBackup)
		}
		return line, nil
	}
	line, err := next()
	if err != nil {
		return Dumped{}, err
	}
	var head dumpHeader
	names, err := migrationNames()
	if err != nil {
		return Dumped{}, err
	}
	platform, err := tablesOf(migrations.ForPlatform)
	if err != nil {
		return Dumped{}, err
	}
	towns, err := tablesOf(migrations.ForTenant)
	if err != nil {
		return Dumped{}, err
	}
	if json.Unmarshal(line, &head) != nil || head.Format != "cassacomune-backup" || head.Version != 1 || !slices.Equal(head.Migrations, names) {
		return Dumped{}, fmt.Errorf("%w: another schema", ErrBackup)
	}
	sum.Write(line)
	got, seen := Dumped{At: head.At}, map[ID]bool{}
	for {
		if line, err = next(); err != nil {
			return got, err
		}
		var t dumpTable
		var end dumpEnd
		switch {
		case line[0] == '[':
			values, err := numbers(line)
			if err != nil {
				return got, err
			}
			if err := row(values); err != nil {
				return got, err
			}
			got.Rows++
		case json.Unmarshal(line, &t) == nil && t.Table != "":
			known := towns // a forged file names no table of its own
			if t.Tenant == 0 {
				known = platform
			}
			if !slices.Contains(known, t.Table) {
				return got, fmt.Errorf("%w: table %q", ErrBackup, t.Table)
			}
			if t.Tenant != 0 {
				seen[t.Tenant] = true
			}
			if err := table(t); err != nil {
				return got, err
			}
		case json.Unmarshal(line, &end) == nil && end.SHA256 != "":
			got.Tenants = len(seen)
			if end.Rows != got.Rows || end.SHA256 != hex.EncodeToString(sum.Sum(nil)) {
				return got, fmt.Errorf("%w: its own sum does not agree", ErrBackup)
			}
			if _, err := in.ReadByte(); err != io.EOF { // reads, and so checks, the end of the gzip
				return got, fmt.Errorf("%w: something follows its end", ErrBackup)
			}
			return got, nil
		default:
			return got, fmt.Errorf("%w: line not readable", ErrBackup)
		}
		sum.Write(line)
	}
}

// numbers reads a row without losing digits of a large number.
func numbers(line []byte) (values []any, err error) {
	d := json.NewDecoder(bytes.NewReader(line))
	d.UseNumber()
	if err := d.Decode(&values); err != nil {
		return nil, fmt.Errorf("%w: row: %w", ErrBackup, err)
	}
	for i, v := range values {
		if n, ok := v.(json.Number); ok {
			if values[i], err = n.Int64(); err != nil {
				return nil, fmt.Errorf("%w: number: %w", ErrBackup, err)
			}
		}
	}
	return values, nil
}
