package main

import (
	"fmt"
	"strings"
	"time"

	"cassacomune/app/codes"
	"cassacomune/app/debts"
	"cassacomune/app/sandbox/idp"
)

var (
	women    = []string{"Anna", "Maria", "Giulia", "Francesca", "Elena", "Sofia", "Martina", "Paola", "Silvia", "Caterina", "Ingrid", "Laura"}
	men      = []string{"Marco", "Luca", "Andrea", "Giovanni", "Paolo", "Stefano", "Roberto", "Matteo", "Niccolò", "Franz", "Davide", "Enrico"}
	families = []string{"Rossi", "Bianchi", "Ferri", "Conti", "Galli", "Moretti", "Fontana", "Marini", "Greco", "D'Angelo", "De Luca", "Huber",
		"Gruber", "Costa", "Rinaldi", "Caruso", "Leone", "Testa", "Grassi", "Pellegrini", "Niccolai", "Mayr", "Serra", "Lombardi"}
	firms = []string{"Panificio Il Forno S.r.l.", "Edil Scoglio S.p.A.", "Autofficina Ruota Libera S.n.c.", "Albergo La Baia S.r.l.",
		"Cooperativa Il Ponte", "Gasthof Zum Brunnen OHG", "Bar Centrale di Prova S.a.s.", "Studio Geometri Associati"}
)

// citizens are the people who can log in at the sandbox's identity provider.
func citizens() (all []debts.Party) {
	for _, p := range idp.Invented() {
		all = append(all, debts.Party{Kind: "person", Code: p.FiscalCode, Name: p.Given + " " + p.Family, Email: p.Email})
	}
	return all
}

// debtor invents somebody who owes.
func (t *demoTown) debtor() debts.Party {
	address := fmt.Sprintf("%s %d", pick(t, t.streets), 1+t.random.IntN(120))
	if t.random.IntN(9) == 0 {
		return debts.Party{Kind: "organisation", Code: t.firmCode(), Name: pick(t, firms), Address: address}
	}
	given, female := pick(t, men), t.random.IntN(2) == 0
	if female {
		given = pick(t, women)
	}
	family := pick(t, families)
	return debts.Party{Kind: "person", Code: t.personCode(family, given, female), Name: given + " " + family, Address: address}
}

func pick[T any](t *demoTown, from []T) T { return from[t.random.IntN(len(from))] }

// personCode makes a fiscal code whose check letter is right, of a birthplace
// that no register has.
func (t *demoTown) personCode(family, given string, female bool) string {
	born := time.Date(1940+t.random.IntN(66), time.January, 1+t.random.IntN(365), 0, 0, 0, 0, time.UTC)
	date := born.Day()
	if female {
		date += 40
	}
	stem := fmt.Sprintf("%s%s%02d%c%02dX%03d", three(family), three(given), born.Year()%100, "ABCDEHLMPRST"[born.Month()-1], date, 100+t.random.IntN(900))
	for last := 'A'; last <= 'Z'; last++ {
		if _, err := codes.ReadPerson(stem + string(last)); err == nil {
			return stem + string(last)
		}
	}
	return ""
}

// three letters of a name: consonants first, then vowels, then X.
func three(name string) string {
	var consonants, vowels string
	for _, r := range debts.Fold(name) {
		switch {
		case strings.ContainsRune("AEIOU", r):
			vowels += string(r)
		case r >= 'A' && r <= 'Z':
			consonants += string(r)
		}
	}
	return (consonants + vowels + "XXX")[:3]
}

func (t *demoTown) firmCode() string {
	stem := fmt.Sprintf("99%08d", t.random.IntN(100_000_000))
	for last := '0'; last <= '9'; last++ {
		if codes.CheckFiscalCode(stem+string(last)) == nil {
			return stem + string(last)
		}
	}
	return ""
}
