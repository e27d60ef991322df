package tenants_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"cassacomune/migrations"
)

// field is a column as a model declares it.
type field struct{ where, table, column, kind string }

// TestModelsFitTheSchema reads every model in the source, exported or not, and
// compares its fields with the columns that the migrations make: a day is a
// day.Date, an instant is a time.Time, and nothing else holds either.
func TestModelsFitTheSchema(t *testing.T) {
	columns, fields := declaredColumns(t), modelFields(t, "..")
	if len(columns) < 30 || len(fields) < 200 {
		t.Fatalf("only %d tables and %d fields seen", len(columns), len(fields))
	}
	for _, f := range fields {
		if breach := misfit(columns, f); breach != "" {
			t.Error(breach)
		}
	}
}

// TestModelsLintSeesBreaches plants one misfit of each sort.
func TestModelsLintSeesBreaches(t *testing.T) {
	columns := map[string]map[string]string{"debt": {"due_on": "date", "at": "timestamptz", "cents": "bigint", "name": "text"}}
	for _, f := range []field{
		{"x", "debt", "due_on", "time.Time"}, {"x", "debt", "due_on", "string"}, {"x", "debt", "at", "day.Date"},
		{"x", "debt", "name", "day.Date"}, {"x", "debt", "name", "time.Time"}, {"x", "debt", "name", "money.Cents"},
		{"x", "debt", "cents", "float64"}, {"x", "debt", "gone", "string"}, {"x", "nowhere", "at", "time.Time"},
	} {
		if misfit(columns, f) == "" {
			t.Errorf("%v was not noticed", f)
		}
	}
	for _, f := range []field{{"x", "debt", "due_on", "day.Date"}, {"x", "debt", "at", "time.Time"}, {"x", "debt", "cents", "money.Cents"}, {"x", "debt", "name", "string"}} {
		if got := misfit(columns, f); got != "" {
			t.Error(got)
		}
	}
}

func misfit(columns map[string]map[string]string, f field) string {
	table, ok := columns[f.table]
	if !ok {
		return fmt.Sprintf("%s: no migration makes the table %s", f.where, f.table)
	}
	kind, ok := table[f.column]
	if !ok {
		return fmt.Sprintf("%s: %s has no column %s", f.where, f.table, f.column)
	}
	want := map[string]string{"date": "day.Date", "timestamptz": "time.Time"}[kind]
	wants := map[string]string{"day.Date": "date", "time.Time": "timestamptz", "money.Cents": "bigint"}[f.kind]
	if want != "" && f.kind != want || wants != "" && kind != wants || strings.HasPrefix(f.kind, "float") {
		return fmt.Sprintf("%s: %s.%s is %s and its field %s", f.where, f.table, f.column, kind, f.kind)
	}
	return ""
}

var (
	tableText  = regexp.MustCompile(`(?ms)^create table (\w+) \((.*?)^\);`)
	columnText = regexp.MustCompile(`(?m)^  (\w+) (\w+)`)
	addedText  = regexp.MustCompile(`(?m)^alter table (\w+) add column (\w+) (\w+)`)
	noColumn   = regexp.MustCompile(`^(primary|unique|foreign|constraint|check|exclude)$`)
)

// declaredColumns are the columns of every table and their types on PostgreSQL.
func declaredColumns(t *testing.T) map[string]map[string]string {
	t.Helper()
	columns := map[string]map[string]string{}
	for _, set := range []migrations.Set{migrations.ForPlatform, migrations.ForTenant} {
		files, err := migrations.Render(set, "pg", 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			for _, table := range tableText.FindAllStringSubmatch(f.SQL, -1) {
				columns[table[1]] = map[string]string{}
				for _, c := range columnText.FindAllStringSubmatch(table[2], -1) {
					if !noColumn.MatchString(c[1]) {
						columns[table[1]][c[1]] = c[2]
					}
				}
			}
			for _, c := range addedText.FindAllStringSubmatch(f.SQL, -1) {
				columns[c[1]][c[2]] = c[3]
			}
		}
	}
	return columns
}

// modelFields reads the models out of the source.
func modelFields(t *testing.T, root string) (fields []field) {
	t.Helper()
	err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && strings.HasPrefix(d.Name(), ".") && name != root {
			return filepath.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return nil
		}
		src, err := os.ReadFile(name)
		if err != nil || !strings.Contains(string(src), "bun.BaseModel") {
			return err
		}
		set := token.NewFileSet()
		file, err := parser.ParseFile(set, name, src, 0)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if s, ok := n.(*ast.StructType); ok {
				fields = append(fields, fieldsOf(s, func(n ast.Node) string {
					return string(src[set.Position(n.Pos()).Offset:set.Position(n.End()).Offset])
				}, func(n ast.Node) string { return set.Position(n.Pos()).String() })...)
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return fields
}

func fieldsOf(s *ast.StructType, text, where func(ast.Node) string) (fields []field) {
	table := ""
	for _, f := range s.Fields.List {
		name, options, _ := strings.Cut(tagOf(f), ",")
		if len(f.Names) == 0 {
			if text(f.Type) == "bun.BaseModel" {
				table = strings.TrimPrefix(name, "table:")
			}
			continue
		}
		if table == "" || name == "-" || strings.Contains(options, "scanonly") || strings.HasPrefix(name, "rel:") {
			continue
		}
		for _, id := range f.Names {
			column := name
			if column == "" {
				column = underscored(id.Name)
			}
			if id.IsExported() {
				fields = append(fields, field{where: where(id), table: table, column: column, kind: strings.TrimPrefix(text(f.Type), "*")})
			}
		}
	}
	return fields
}

func tagOf(f *ast.Field) string {
	if f.Tag == nil {
		return ""
	}
	raw, err := strconv.Unquote(f.Tag.Value)
	if err != nil {
		return ""
	}
	return reflect.StructTag(raw).Get("bun")
}

// underscored is the column that bun makes of a field's name.
func underscored(name string) string {
	lower := func(i int) bool { return i < len(name) && 'a' <= name[i] && name[i] <= 'z' }
	var b strings.Builder
	for i := range len(name) {
		c := name[i]
		if 'A' <= c && c <= 'Z' {
			if i > 0 && i+1 < len(name) && (lower(i-1) || lower(i+1)) {
				b.WriteByte('_')
			}
			c += 'a' - 'A'
		}
		b.WriteByte(c)
	}
	return b.String()
}
