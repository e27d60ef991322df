package page

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"
)

// Listing says what a list offers: the filters it takes from the address, the
// columns it may be sorted by (the first is the default, "-due" is downwards),
// and its page size. Nothing else of the address reaches a query.
type Listing struct {
	Filters []string
	Sorts   []string
	Size    int
	Path    string // where the list stands, if not where it was asked
}

// List is one page of a list, as its address asks. The same address with .csv
// before the query is the whole list as a file.
type List struct {
	Words
	Page, Size int
	Sort       string // a name of the allowed ones
	Down       bool
	CSV        bool
	path       string
	filters    map[string]string
	offered    Listing
	shown      int
	total      int
	more       bool
}

// Column is a head of a table; with a Sort it is a link that sorts by it.
type Column struct {
	Name, Sort string
	Money      bool
	URL, Order string // filled by Columns
}

// Columns are heads that do not sort; " €" behind a name makes one of money.
func Columns(names ...string) (all []Column) {
	for _, n := range names {
		name, amount := strings.CutSuffix(n, " €")
		all = append(all, Column{Name: name, Money: amount})
	}
	return all
}

const defaultSize = 50

// ReadList reads a list's state from the address.
func ReadList(c *fiber.Ctx, w Words, l Listing) List {
	path, csv := strings.CutSuffix(strings.Clone(c.Path()), ".csv")
	if l.Path != "" {
		path = l.Path
	}
	list := List{Words: w, Page: 1, Size: l.Size, CSV: csv, path: path, offered: l, filters: map[string]string{}, total: -1}
	if list.Size == 0 {
		list.Size = defaultSize
	}
	for _, name := range l.Filters {
		if v := strings.TrimSpace(strings.Clone(c.Query(name))); v != "" {
			list.filters[name] = v
		}
	}
	if n, err := strconv.Atoi(c.Query("pagina")); err == nil && n > 1 && n <= 1_000_000 {
		list.Page = n
	}
	if n, err := strconv.Atoi(c.Query("righe")); err == nil && slices.Contains([]int{20, 50, 100, 200}, n) {
		list.Size = n
	}
	list.sortBy(strings.Clone(c.Query("ordina")))
	return list
}

func (l *List) sortBy(wanted string) {
	if len(l.offered.Sorts) == 0 {
		return
	}
	name, down := strings.CutPrefix(wanted, "-")
	for _, s := range l.offered.Sorts {
		if strings.TrimPrefix(s, "-") == name {
			l.Sort, l.Down = name, down
			return
		}
	}
	l.Sort, l.Down = strings.CutPrefix(l.offered.Sorts[0], "-")
}

// Filter returns the value of an offered filter.
func (l List) Filter(name string) string { return l.filters[name] }

// Filtered reports whether the list is limited by any filter.
func (l List) Filtered() bool { return len(l.filters) > 0 }

// Form returns the filters as a form's values, for the fields that show them.
func (l List) Form() Form { return FillForm(l.Words, l.filters) }

// Offset returns how many rows come before this page.
func (l List) Offset() int { return (l.Page - 1) * l.Size }

// Found notes the rows of this page and the total, or a total of -1 when it
// is not counted; then more says whether a further page exists. On the last
// page the total is known without counting.
func (l *List) Found(shown, total int, more bool) {
	if total < 0 && !more && shown > 0 {
		total = l.Offset() + shown
	}
	l.shown, l.total = shown, total
	l.more = more || total > l.Offset()+shown
}

// Shown keeps, of rows of which one more than a page was asked for, those of
// the page, and tells the list what was found.
func Shown[T any](l *List, rows []T) []T {
	more := len(rows) > l.Size
	if more {
		rows = rows[:l.Size]
	}
	l.Found(len(rows), -1, more)
	return rows
}

// Paged keeps, of all the rows of a list that is read whole, those of the page.
func Paged[T any](l *List, all []T) []T {
	from := min(l.Offset(), len(all))
	shown := all[from:min(from+l.Size, len(all))]
	l.Found(len(shown), len(all), false)
	return shown
}

// Summary says which results are shown.
func (l List) Summary() string {
	switch {
	case l.shown == 0:
		return l.T("list.none|Nessun risultato")
	case l.total == 1:
		return l.T("list.one|Un risultato")
	case l.total < 0:
		return l.T("list.some_open|Risultati %s-%s", Count(l.Offset()+1), Count(l.Offset()+l.shown))
	}
	return l.T("list.some|Risultati %s-%s di %s", Count(l.Offset()+1), Count(l.Offset()+l.shown), Count(l.total))
}

// PrevURL and NextURL are empty at the ends of the list.
func (l List) PrevURL() string {
	if l.Page <= 1 {
		return ""
	}
	return l.path + l.query(l.order(), l.Page-1)
}

// NextURL is the address of the following page.
func (l List) NextURL() string {
	if !l.more {
		return ""
	}
	return l.path + l.query(l.order(), l.Page+1)
}

// CSVURL is the address of the whole filtered list as a file.
func (l List) CSVURL() string {
	if l.shown == 0 {
		return ""
	}
	return l.path + ".csv" + l.query(l.order(), 1)
}

// Columns fills the addresses and the order of the table's heads.
func (l List) Columns(columns ...Column) []Column {
	for i, c := range columns {
		if !l.sorts(c.Sort) {
			continue
		}
		next := c.Sort
		if c.Sort == l.Sort {
			columns[i].Order = "ascending"
			next = "-" + c.Sort
			if l.Down {
				columns[i].Order, next = "descending", c.Sort
			}
		}
		columns[i].URL = l.path + l.query(next, 1)
	}
	return columns
}

func (l List) sorts(name string) bool {
	return name != "" && (slices.Contains(l.offered.Sorts, name) || slices.Contains(l.offered.Sorts, "-"+name))
}

func (l List) order() string {
	if l.Down {
		return "-" + l.Sort
	}
	return l.Sort
}

func (l List) query(order string, page int) string {
	q := url.Values{}
	for name, v := range l.filters {
		q.Set(name, v)
	}
	if order != "" && (len(l.offered.Sorts) == 0 || order != l.offered.Sorts[0]) {
		q.Set("ordina", order)
	}
	if l.Size != l.offered.Size && l.Size != defaultSize {
		q.Set("righe", strconv.Itoa(l.Size))
	}
	if page > 1 {
		q.Set("pagina", strconv.Itoa(page))
	}
	if len(q) == 0 {
		return ""
	}
	return "?" + q.Encode()
}
