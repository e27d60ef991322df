package app_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "cassacomune/"

const (
	// leaves may be imported by anyone.
	leaves = "app/fault app/money app/day app/codes app/price"

	// The rooms stand on the path of the money, in this order.
	rooms = "app/ledger app/debts app/payments app/collections app/treasury app/reconcile app/accounting app/fulfilment"

	// commons is what every room may use.
	commons = "tenants jobs app/ledger app/formats"

	// tests holds what only tests use: nothing that runs may import it.
	tests = "tenants/tenantstest app/shared app/ledger/ledgertest app/web/webtest app/formats/internal/golden app/formats/internal/xmllint app/formats/internal/cms/cmstest"

	roles = "app/web/page tenants app/auth " + rooms + " app/trace app/channels app/channels/all app/formats app/formats/all jobs app/documents app/paper"
)

// may says which packages of this module each folder may import; the leaves
// are open to all. A name ending in /... covers the folder and all below it.
// The most specific entry wins; a folder without an entry fails.
var may = map[string]string{
	"app":       "",
	"app/fault": "", "app/money": "", "app/day": "", "app/codes": "", "app/price": "",
	"views": "", "static": "", "migrations": "",
	"app/shared": "", // finds others' samples, for tests

	"tenants":              "migrations",
	"tenants/tenantstest":  "tenants", // opens empty data for tests
	"jobs":                 "tenants",
	"app/auth":             "tenants",
	"app/ledger":           "tenants",
	"app/debts":            commons,
	"app/payments":         commons + " app/debts",
	"app/collections":      commons + " app/debts app/payments",
	"app/treasury":         commons,
	"app/reconcile":        commons + " app/debts app/payments app/collections app/treasury",
	"app/accounting":       commons + " app/debts app/payments app/collections app/treasury app/reconcile",
	"app/fulfilment":       commons + " app/debts app/payments app/collections app/treasury app/reconcile app/accounting",
	"app/documents":        "app/formats",
	"app/paper":            "tenants jobs app/formats app/ledger app/debts app/payments app/collections app/treasury app/reconcile app/accounting app/documents",
	"app/mail":             "tenants jobs views",
	"app/trace":            "tenants jobs " + rooms + " app/documents app/paper app/mail app/channels app/formats",
	"app/formats":          "",
	"app/formats/internal": "", // and below: scanners, fixed width, charset

	"app/formats/internal/...":    "app/formats/internal/...",
	"app/formats/internal/golden": "app/formats", // holds readers against their samples, in tests
	"app/formats/...":             "app/formats app/formats/internal/...",
	"app/formats/all":             "app/formats/...",

	"app/channels":     commons + " app/debts app/payments app/collections",
	"app/channels/...": commons + " app/debts app/payments app/collections app/channels",
	"app/channels/all": "app/channels/...",

	"app/sandbox/...": "app/formats app/sandbox/...",

	"jobs/worker": "tenants jobs " + rooms + " app/documents app/paper app/mail app/channels app/formats app/trace app/channels/all app/formats/all",

	// For tests alone.
	"app/ledger/ledgertest": "app/ledger tenants tenants/tenantstest",
	"app/web/webtest":       "tenants tenants/tenantstest app/auth app/web app/web/page views",

	"app/web/page": "tenants app/auth views static",
	"app/web/...":  roles,
	"app/web":      "tenants app/auth app/web/... static app/channels/all app/formats/all",
	"cmd/...":      "...",
}

// only says which folders may import a library.
var only = map[string]string{
	"github.com/gofiber/":           "app/web/... app/sandbox/... cmd/...",
	"github.com/hibiken/asynq":      "jobs/... cmd/...",
	"github.com/casbin/":            "app/auth",
	"html/template":                 "app/web/page views",
	"database/sql":                  "tenants migrations app/auth cmd/...", // auth: no row on the platform
	"github.com/uptrace/bun/":       "tenants migrations cmd/...",          // dialects, drivers, migrator
	"github.com/jackc/pgx/":         "tenants/... migrations cmd/...",
	"modernc.org/sqlite":            "tenants migrations cmd/...",
	"github.com/alicebob/miniredis": "cmd/...",
}

// interfaces is standard vocabulary that a value needs to be stored: no driver.
const interfaces = "database/sql/driver"

func TestImports(t *testing.T) {
	for _, breach := range breaches(packages(t, "..")) {
		t.Error(breach)
	}
}

// TestImportsSeesViolations plants violations and expects each to be named.
func TestImportsSeesViolations(t *testing.T) {
	planted := map[string]string{
		"app/money":            module + "tenants",                 // a leaf looks at a room
		"app/debts":            module + "app/payments",            // rightward on the line
		"app/treasury":         module + "app/debts",               // treasury sees no debts
		"app/formats/opi":      module + "app/formats/poste",       // another family
		"app/channels/vpos":    module + "app/channels/slip",       // another channel
		"app/sandbox/xpay":     module + "app/channels",            // a counterpart with our code
		"app/web/citizen":      module + "app/web/desk",            // another role
		"app/web/desk":         "github.com/casbin/casbin/v2",      // casbin lives in auth
		"app/collections":      "github.com/gofiber/fiber/v2",      // fiber lives in web
		"app/reconcile":        "modernc.org/sqlite",               // drivers live in tenants
		"app/nowhere":          "strings",                          // a package that no row names
		"app/documents":        module + "app/debts",               // documents take plain structs
		"jobs":                 module + "app/collections",         // only the worker sees rooms
		"app/formats/newcomer": module + "tenants",                 // a format knows no database
		"cmd/cassacomune":      module + "app/shared",              // a test's finder in what runs
		"views":                module + "app/money/../../tenants", // assets import nothing of ours
	}
	for dir, imp := range planted {
		if got := breaches(map[string][]string{dir: {imp}}); len(got) == 0 {
			t.Errorf("%s importing %s was not noticed", dir, imp)
		}
	}
}

func breaches(pkgs map[string][]string) (found []string) {
	for _, dir := range slices.Sorted(maps.Keys(pkgs)) {
		rule, ok := ruleFor(dir)
		if !ok {
			found = append(found, dir+": no rule; a new package is a decision, written in docs/adr")
		}
		for _, imp := range pkgs[dir] {
			if in, ours := strings.CutPrefix(imp, module); ours {
				if in != dir && !matches(leaves, in) && !matches(rule, in) || matches(tests, in) && !matches(tests, dir) {
					found = append(found, dir+" must not import "+in)
				}
				continue
			}
			for lib, where := range only {
				if strings.HasPrefix(imp, lib) && imp != interfaces && !matches(where, dir) {
					found = append(found, dir+" must not import "+imp)
				}
			}
		}
	}
	return found
}

// TestListed checks that a format or channel folder is in its list.
func TestListed(t *testing.T) {
	pkgs := packages(t, "..")
	for _, kind := range []string{"app/formats", "app/channels"} {
		for dir := range pkgs {
			if path.Dir(dir) == kind && dir != kind+"/all" && dir != "app/formats/internal" && !slices.Contains(pkgs[kind+"/all"], module+dir) {
				t.Errorf("%s is not listed in %s/all", dir, kind)
			}
		}
	}
}

// TestLength holds files to one subject: none over 500 lines.
func TestLength(t *testing.T) {
	walk(t, "..", func(name string) {
		b, err := os.ReadFile(filepath.Join("..", name))
		if err != nil {
			t.Fatal(err)
		}
		if n := strings.Count(string(b), "\n"); n > 500 {
			t.Errorf("%s has %d lines; one subject fits in 500", name, n)
		}
	})
}

// TestNoFloats keeps floating point away from money: no file of app/ outside
// the drawing of paper and pictures names it, tests and what they use aside.
func TestNoFloats(t *testing.T) {
	walk(t, "..", func(name string) {
		if !strings.HasPrefix(name, "app/") || strings.HasPrefix(name, "app/documents/") || strings.HasSuffix(name, "_test.go") || matches(tests, path.Dir(name)) {
			return
		}
		b, err := os.ReadFile(filepath.Join("..", name))
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(b), "float"+"64") {
			t.Errorf("%s uses floating point", name)
		}
	})
}

func packages(t *testing.T, root string) map[string][]string {
	t.Helper()
	pkgs := map[string][]string{}
	walk(t, root, func(name string) {
		if strings.HasSuffix(name, "_test.go") {
			return
		}
		f, err := parser.ParseFile(token.NewFileSet(), filepath.Join(root, name), nil, parser.ImportsOnly)
		if err != nil {
			t.Fatal(err)
		}
		dir := path.Dir(name)
		pkgs[dir] = append(pkgs[dir], []string{}...)
		for _, imp := range f.Imports {
			p, err := strconv.Unquote(imp.Path.Value)
			if err != nil {
				t.Fatal(err)
			}
			pkgs[dir] = append(pkgs[dir], p)
		}
	})
	return pkgs
}

func walk(t *testing.T, root string, each func(name string)) {
	t.Helper()
	err := fs.WalkDir(os.DirFS(root), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "node_modules" || d.Name() == "testdata" || name != "." && strings.HasPrefix(d.Name(), ".")) {
			return fs.SkipDir
		}
		if !d.IsDir() && strings.HasSuffix(name, ".go") {
			each(name)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func ruleFor(dir string) (string, bool) {
	if r, ok := may[dir]; ok {
		return r, true
	}
	if strings.HasPrefix(dir, "app/web/") && dir != "app/web/page" {
		return roles, matches("app/web/citizen app/web/desk app/web/accounts app/web/files app/web/admin app/web/operator app/web/api app/web/callbacks", dir)
	}
	for d := dir; d != "."; d = path.Dir(d) {
		if r, ok := may[d+"/..."]; ok {
			return r, true
		}
	}
	return "", false
}

func matches(patterns, dir string) bool {
	for _, p := range strings.Fields(patterns) {
		if base, all := strings.CutSuffix(p, "/..."); p == "..." || p == dir || all && (dir == base || strings.HasPrefix(dir, base+"/")) {
			return true
		}
	}
	return false
}
