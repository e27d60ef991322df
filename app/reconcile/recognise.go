package reconcile

import (
	"slices"
	"strconv"
	"strings"

	"cassacomune/app/collections"
	"cassacomune/app/day"
	"cassacomune/app/debts"
	"cassacomune/app/treasury"
	"cassacomune/tenants"
)

// Settings of a channel that reconciliation reads, where the town has set them.
const (
	SettingWords  = "ordering_party"  // words, separated by commas, by which a credit's party or text is known
	SettingWindow = "settlement_days" // days after the batch in which its credit comes
)

// recogniser knows the credits of a channel by who orders them.
type recogniser struct {
	words  []string
	window int
}

// defaults for the families of channels, for a town that has set nothing.
var defaults = map[string]recogniser{
	"vpos": {[]string{"POS", "CARTE", "ACQUIRER", "NEXI", "WORLDLINE"}, 5},
	"pos":  {[]string{"POS", "CARTE", "ACQUIRER", "NEXI", "WORLDLINE"}, 5},
	"slip": {[]string{"POSTE ITALIANE", "BANCA POSTALE", "BANCOPOSTA", "BOLLETTINI", "TD 896"}, 7},
	"sdd":  {[]string{"SDD", "ADDEBITI DIRETTI"}, 5},
}

const defaultWindow = 5

func recognisers(tx *tenants.Tx) (map[string]recogniser, error) {
	all := map[string]recogniser{}
	for key, r := range defaults {
		all[key] = r
	}
	set, err := tx.Channels()
	if err != nil {
		return nil, err
	}
	for _, c := range set {
		r, ok := all[c.Key]
		if !ok {
			r.window = defaultWindow
		}
		if words := c.Settings[SettingWords]; words != "" {
			r.words = nil
			for _, w := range strings.Split(words, ",") {
				if w = debts.Fold(w); w != "" {
					r.words = append(r.words, w)
				}
			}
		}
		if n, err := strconv.Atoi(c.Settings[SettingWindow]); err == nil && n > 0 {
			r.window = n
		}
		all[c.Key] = r
	}
	return all, nil
}

func (s *state) window(channel string) int {
	if r, ok := s.channels[channel]; ok {
		return r.window
	}
	return defaultWindow
}

// recognises tells by which word a credit is the channel's; "" if by none.
func (s *state) recognises(channel string, p treasury.Provisional) string {
	text := " " + words(p.PartyName+" "+p.Text) + " "
	for _, w := range s.channels[channel].words {
		if strings.Contains(text, " "+w+" ") {
			return w
		}
	}
	return ""
}

// words folds a text into capitals with one blank between words.
func words(text string) string {
	return strings.Join(tokens(text), " ")
}

// tokens are the runs of letters and digits of a text.
func tokens(text string) []string {
	return strings.FieldsFunc(debts.Fold(text), func(r rune) bool { return (r < 'A' || r > 'Z') && (r < '0' || r > '9') })
}

const (
	minKey   = 6  // a shorter key says nothing
	maxJoins = 10 // a key may have been torn into so many pieces
)

// dictionary maps the keys of the open remittances to them. A key that two
// remittances share is in it twice.
type dictionary map[string][]int

func dictionaryOf(batches []batch) dictionary {
	d := dictionary{}
	for i, b := range batches {
		mine := map[string]bool{}
		for _, key := range keysOfBatch(b.Remittance) {
			if len(key) >= minKey && !mine[key] {
				mine[key] = true
				d[key] = append(d[key], i)
			}
		}
	}
	return d
}

// keysOfBatch are the names that a transfer's text may carry: the reference,
// the flow, and the account or terminal with its day.
func keysOfBatch(r collections.Remittance) []string {
	account, stamp := strings.Join(tokens(r.Account), ""), strings.ReplaceAll(r.RemittedOn.String(), "-", "")
	keys := []string{strings.Join(tokens(r.Reference), ""), strings.Join(tokens(r.Flow), "")}
	if account != "" {
		keys = append(keys, account+stamp)
	}
	for _, k := range keys {
		keys = append(keys, strings.TrimLeft(k, "0"))
	}
	return keys
}

// find returns the remittances whose longest key stands in the text, and the
// key. Keys torn by blanks, dots or slashes are joined again.
func (d dictionary) find(texts ...string) (key string, found []int) {
	for _, text := range texts {
		parts := tokens(text)
		for i := range parts {
			joined := ""
			for _, part := range parts[i:min(len(parts), i+maxJoins)] {
				joined += part
				for _, k := range []string{joined, strings.TrimLeft(joined, "0")} {
					hit, ok := d[k]
					switch {
					case ok && len(k) > len(key):
						key, found = k, slices.Clone(hit)
					case ok && len(k) == len(key) && k != key: // two keys as long: neither wins
						found = append(found, hit...)
					}
				}
			}
		}
	}
	return key, found
}

// completeness is the last day told by every journal.
type completeness struct{ until day.Date }

// completeUntil reads how far the journals have come: the least of the last
// days of the treasury accounts. The clock has no part in it, so that the same
// files give the same matches whenever they are read.
func completeUntil(tx *tenants.Tx) (completeness, error) {
	days, err := treasury.Days(tx, 0)
	if err != nil {
		return completeness{}, err
	}
	last := map[string]day.Date{}
	for _, d := range days {
		if last[d.Account].Before(d.ToOn) {
			last[d.Account] = d.ToOn
		}
	}
	var c completeness
	for _, d := range last {
		if c.until.IsZero() || d.Before(c.until) {
			c.until = d
		}
	}
	return c, nil
}

// closed reports whether no further credit of the batch can come to light.
func (s *state) closed(r collections.Remittance) bool {
	return !s.complete.until.IsZero() && !s.complete.until.Before(r.RemittedOn.AddDays(s.window(r.Channel)))
}

// near reports whether a credit's day is one on which the batch's may come.
func (s *state) near(r collections.Remittance, p treasury.Provisional) bool {
	days := p.EffectiveOn.Sub(r.RemittedOn)
	return days >= 0 && days <= s.window(r.Channel)
}
