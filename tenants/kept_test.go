package tenants

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"testing"
)

// connect is a keeper on a file with one table.
func connect(t *testing.T) *keeper {
	t.Helper()
	c, err := keeping{sqliteConnector{"file:" + filepath.Join(t.TempDir(), "a.db")}}.Connect(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	k := c.(*keeper)
	put(t, k, "create table a (n integer primary key, word text not null)")
	return k
}

func put(t *testing.T, k *keeper, query string) {
	t.Helper()
	if _, err := k.ExecContext(context.Background(), query, nil); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
}

// rows reads what is left of an answer and closes it.
func rows(t *testing.T, r driver.Rows) (all []string) {
	t.Helper()
	defer r.Close()
	for row := make([]driver.Value, len(r.Columns())); ; {
		switch err := r.Next(row); err {
		case nil:
			line := ""
			for _, v := range row {
				line += fmt.Sprint(v) + " "
			}
			all = append(all, strings.TrimSpace(line))
		case io.EOF:
			return all
		default:
			t.Fatal(err)
		}
	}
}

func ask(t *testing.T, k *keeper, query string) driver.Rows {
	t.Helper()
	r, err := k.QueryContext(context.Background(), query, nil)
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return r
}

func TestAStatementIsKeptForOtherValues(t *testing.T) {
	k := connect(t)
	for _, word := range []string{"uno", "d'ue", "tre"} {
		put(t, k, "insert into a (word) values ('"+strings.ReplaceAll(word, "'", "''")+"')")
	}
	before := len(k.kept)
	for _, word := range []string{"uno", "d'ue", "nessuno", "tre", ""} {
		want := "[" + word + "]"
		if word == "nessuno" || word == "" {
			want = "[]"
		}
		if got := fmt.Sprint(rows(t, ask(t, k, "select word from a where word = '"+strings.ReplaceAll(word, "'", "''")+"'"))); got != want {
			t.Errorf("%q: %s, want %s", word, got, want)
		}
	}
	if len(k.kept) != before+1 {
		t.Errorf("%d statements were kept for one question", len(k.kept)-before)
	}
	put(t, k, "insert into a values (12345678901, 'lungo')")
	if got := rows(t, ask(t, k, "select typeof(n), typeof(12345678901), n + 1 from a where n = 12345678901")); fmt.Sprint(got) != "[integer integer 12345678902]" {
		t.Errorf("a whole number became %v", got)
	}
}

// TestAStatementThatIsBusy asks the same while the first answer is being read.
func TestAStatementThatIsBusy(t *testing.T) {
	k := connect(t)
	put(t, k, "insert into a (word) values ('uno'), ('due')")
	const question = "select word from a order by n"
	first := ask(t, k, question)
	row := make([]driver.Value, 1)
	if err := first.Next(row); err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(rows(t, ask(t, k, question))); got != "[uno due]" {
		t.Errorf("inside the first: %s", got)
	}
	if got := fmt.Sprint(rows(t, first)); got != "[due]" {
		t.Errorf("the rest of the first: %s", got)
	}
	if got := fmt.Sprint(rows(t, ask(t, k, question))); got != "[uno due]" {
		t.Errorf("after it: %s", got)
	}
}

// TestAStatementThatFailed is put again, and so is one whose table has changed.
func TestAStatementThatFailed(t *testing.T) {
	k := connect(t)
	put(t, k, "insert into a values (1, 'uno')")
	insert := "insert into a values (1, 'ancora')"
	for range 2 {
		if _, err := k.ExecContext(context.Background(), insert, nil); err == nil {
			t.Fatal("a second row by the same key")
		}
	}
	put(t, k, "delete from a where word = 'uno'")
	put(t, k, insert)
	put(t, k, "alter table a add column more text default 'e poi'")
	if got := fmt.Sprint(rows(t, ask(t, k, "select * from a where word = 'ancora'"))); got != "[1 ancora e poi]" {
		t.Errorf("after the change: %s", got)
	}
	if _, err := k.QueryContext(context.Background(), "select nothing from nowhere where a = 'b'", nil); err == nil {
		t.Error("a wrong statement was answered")
	}
}

// TestAnIndexWithACondition is used by a kept statement that has the values of
// the condition, and not by the same statement with others.
func TestAnIndexWithACondition(t *testing.T) {
	k := connect(t)
	put(t, k, "create index some on a (n, word) where word <> 'uno' and (word <> '' or n > 0)")
	for range 2 {
		for word, want := range map[string]bool{"uno": true, "due": false} {
			plan := fmt.Sprint(rows(t, ask(t, k, "explain query plan select word from a where n < 9 and word <> '"+word+"' and (word <> '' or n > 0)")))
			if strings.Contains(plan, "INDEX some") != want {
				t.Errorf("%s: %s", word, plan)
			}
		}
	}
}

// TestOnlySoManyAreKept also holds the busy one.
func TestOnlySoManyAreKept(t *testing.T) {
	k := connect(t)
	put(t, k, "insert into a values (1, 'uno')")
	busy := ask(t, k, "select word from a where word = 'uno'")
	for i := range 3 * mostKept {
		rows(t, ask(t, k, fmt.Sprintf("select %d from a", i)))
	}
	if len(k.kept) != mostKept {
		t.Errorf("%d kept, want %d", len(k.kept), mostKept)
	}
	if got := fmt.Sprint(rows(t, busy)); got != "[uno]" {
		t.Errorf("the busy one answers %s", got)
	}
}

// TestArgumentsOfTheirOwn are bound by the driver.
func TestArgumentsOfTheirOwn(t *testing.T) {
	db := sql.OpenDB(keeping{sqliteConnector{"file:" + filepath.Join(t.TempDir(), "a.db")}})
	defer db.Close()
	var got string
	if err := db.QueryRow("select ? || 'b'", "a").Scan(&got); err != nil || got != "ab" {
		t.Errorf("%q, %v", got, err)
	}
}
