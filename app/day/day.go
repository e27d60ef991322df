// Package day holds calendar days, without hour or time zone, and the Italian
// calendar of working days. Due dates, value dates and booking dates are days;
// instants are time.Time in UTC. The two meet only here, in Europe/Rome.
package day

import (
	"database/sql/driver"
	"errors"
	"fmt"
	"time"
	_ "time/tzdata" // Europe/Rome must be there in an empty container
)

// Rome is the time zone of every Italian legal day.
var Rome = mustLoad("Europe/Rome")

func mustLoad(name string) *time.Location {
	loc, err := time.LoadLocation(name)
	if err != nil {
		panic(err)
	}
	return loc
}

// Date is a day of the calendar. The zero Date is no day: it prints as "" and
// is stored as NULL.
type Date struct{ y, m, d int16 }

// ErrFormat is the reason of every text that is no day, 31/02/2026 included.
var ErrFormat = errors.New("data inesistente o non leggibile")

// New returns the day, or the zero Date when there is no such day.
func New(year int, month time.Month, dayOfMonth int) Date {
	t := time.Date(year, month, dayOfMonth, 0, 0, 0, 0, time.UTC)
	if t.Year() != year || t.Month() != month || t.Day() != dayOfMonth || year < 1 || year > 9999 {
		return Date{}
	}
	return Date{int16(year), int16(month), int16(dayOfMonth)}
}

// Of returns the day on which the instant falls in Europe/Rome.
func Of(t time.Time) Date {
	y, m, d := t.In(Rome).Date()
	return New(y, m, d)
}

// Parse reads an ISO day ("2026-07-01") or an Italian one ("01/07/2026").
func Parse(s string) (Date, error) {
	year, month, dayOfMonth := -1, -1, -1
	switch {
	case len(s) != 10:
	case s[4] == '-' && s[7] == '-':
		year, month, dayOfMonth = digits(s[:4]), digits(s[5:7]), digits(s[8:])
	case s[2] == '/' && s[5] == '/':
		year, month, dayOfMonth = digits(s[6:]), digits(s[3:5]), digits(s[:2])
	}
	if year < 1 || month < 1 || dayOfMonth < 1 {
		return Date{}, ErrFormat
	}
	d := New(year, time.Month(month), dayOfMonth)
	if d.IsZero() {
		return d, ErrFormat
	}
	return d, nil
}

// digits reads a number of digits and nothing else, or returns -1.
func digits(s string) (n int) {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return -1
		}
		n = n*10 + int(s[i]-'0')
	}
	return n
}

// IsZero reports whether d is no day.
func (d Date) IsZero() bool { return d == Date{} }

// String prints the day in ISO form, "2026-07-01".
func (d Date) String() string {
	if d.IsZero() {
		return ""
	}
	return fmt.Sprintf("%04d-%02d-%02d", d.y, d.m, d.d)
}

// Italian prints the day as in tables, "01/07/2026".
func (d Date) Italian() string {
	if d.IsZero() {
		return ""
	}
	digit := func(n int16) byte { return '0' + byte(n%10) }
	return string([]byte{digit(d.d / 10), digit(d.d), '/', digit(d.m / 10), digit(d.m), '/',
		digit(d.y / 1000), digit(d.y / 100), digit(d.y / 10), digit(d.y)})
}

var months = [...]string{"gennaio", "febbraio", "marzo", "aprile", "maggio", "giugno",
	"luglio", "agosto", "settembre", "ottobre", "novembre", "dicembre"}

// Long prints the day as in text, "1 luglio 2026".
func (d Date) Long() string {
	if d.IsZero() {
		return ""
	}
	return fmt.Sprintf("%d %s %d", d.d, months[d.m-1], d.y)
}

// Year, Month and Day return the parts of the day.
func (d Date) Year() int         { return int(d.y) }
func (d Date) Month() time.Month { return time.Month(d.m) }
func (d Date) Day() int          { return int(d.d) }

// Weekday returns the day of the week.
func (d Date) Weekday() time.Weekday { return d.utc().Weekday() }

func (d Date) utc() time.Time {
	return time.Date(int(d.y), time.Month(d.m), int(d.d), 0, 0, 0, 0, time.UTC)
}

// Start returns the instant at which the day begins in Europe/Rome.
func (d Date) Start() time.Time {
	return time.Date(int(d.y), time.Month(d.m), int(d.d), 0, 0, 0, 0, Rome)
}

// End returns the first instant after the day in Europe/Rome.
func (d Date) End() time.Time { return d.AddDays(1).Start() }

// AddDays returns the day n days later.
func (d Date) AddDays(n int) Date {
	t := d.utc().AddDate(0, 0, n)
	return New(t.Year(), t.Month(), t.Day())
}

// AddMonths returns the same day n months later, or the last day of that
// month when it is shorter.
func (d Date) AddMonths(n int) Date {
	first := time.Date(int(d.y), time.Month(d.m)+time.Month(n), 1, 0, 0, 0, 0, time.UTC)
	last := first.AddDate(0, 1, -1).Day()
	return New(first.Year(), first.Month(), min(int(d.d), last))
}

// Before, After and Compare order days; the zero Date comes first.
func (d Date) Before(o Date) bool { return d.Compare(o) < 0 }
func (d Date) After(o Date) bool  { return d.Compare(o) > 0 }

// Equal reports whether the two are the same day, as == does.
func (d Date) Equal(o Date) bool { return d == o }

// Compare returns -1, 0 or 1.
func (d Date) Compare(o Date) int {
	a, b := int(d.y)*10000+int(d.m)*100+int(d.d), int(o.y)*10000+int(o.m)*100+int(o.d)
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// Sub returns the days from o to d. It counts seconds, since a time.Duration
// ends at 292 years.
func (d Date) Sub(o Date) int { return int((d.utc().Unix() - o.utc().Unix()) / (24 * 60 * 60)) }

// Value stores the day as text, 'YYYY-MM-DD', which both engines compare
// rightly. A time.Time on a date column would be moved to UTC and lose a day.
func (d Date) Value() (driver.Value, error) {
	if d.IsZero() {
		return nil, nil
	}
	return d.String(), nil
}

// Scan reads what either engine returns for a date column.
func (d *Date) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*d = Date{}
	case string:
		return d.scan(v)
	case []byte:
		return d.scan(string(v))
	case time.Time:
		*d = New(v.Year(), v.Month(), v.Day())
	default:
		return fmt.Errorf("scan day from %T", src)
	}
	return nil
}

func (d *Date) scan(s string) (err error) {
	if len(s) > 10 {
		s = s[:10]
	}
	*d, err = Parse(s)
	return err
}

// MarshalText and UnmarshalText use the ISO form.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads what MarshalText wrote.
func (d *Date) UnmarshalText(b []byte) (err error) {
	if len(b) == 0 {
		*d = Date{}
		return nil
	}
	*d, err = Parse(string(b))
	return err
}
