package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"cassacomune/app/day"
	"cassacomune/app/formats"
	"cassacomune/app/formats/debtcsv"
	"cassacomune/app/money"
)

// leaveFiles writes what the visitor may drop in: the outside's files of the
// last working day, and debts of an office, once right and once with mistakes.
func (s *seeding) leaveFiles(t *demoTown) error {
	folder := filepath.Join(s.dir, "files", t.slug)
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	var good bytes.Buffer
	if err := debtcsv.Write(&good, slices.Values(t.rows(s.today))); err != nil {
		return fmt.Errorf("write debts: %w", err)
	}
	files := map[string][]byte{"posizioni-mensa.csv": good.Bytes(), "posizioni-con-errori.csv": []byte(t.mistakes(s.today))}
	for _, f := range t.left {
		files[f.Name] = f.Bytes
	}
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(folder, name), content, 0o600); err != nil {
			return err
		}
	}
	return nil
}

// rows are a month of the canteen, not loaded yet.
func (t *demoTown) rows(today day.Date) (rows []formats.DebtRow) {
	for range 40 {
		p := t.debtor()
		rows = append(rows, formats.DebtRow{Body: t.fiscal, Action: formats.Load, DebtType: "MENSA", Position: t.position("MF", today.Year()),
			Instalment: 1, DueOn: today.AddDays(30), Cents: money.Cents(380 * (8 + t.random.IntN(15))), Reason: "Ristorazione scolastica, mese in corso",
			DebtorKind: p.Kind, DebtorCode: p.Code, DebtorName: p.Name, DebtorAddress: p.Address, Item: "retta"})
	}
	return rows
}

// mistakes are rows of which only the first and the last can be loaded.
func (t *demoTown) mistakes(today day.Date) string {
	due := today.AddDays(20).Italian()
	lines := []string{
		"ente;tipo_dovuto;codice_posizione;scadenza;importo;causale;debitore_tipo;debitore_codice;debitore_nome",
		t.fiscal + ";MENSA;ME-1;" + due + ";57,00;Retta mensile;F;PRVNNA80A41H501D;Anna Prova",
		t.fiscal + ";MENSA;ME-2;31/02/2026;57,00;Retta mensile;F;PRVNNA80A41H501D;Anna Prova",
		t.fiscal + ";MENSA;ME-3;" + due + ";12..34;Retta mensile;F;SMPMRA75E12E625O;Mario Esempio",
		t.fiscal + ";MENSA;ME-4;" + due + ";-5,00;Retta mensile;F;SMPMRA75E12E625O;Mario Esempio",
		t.fiscal + ";PISCINA;ME-5;" + due + ";30,00;Ingresso;F;NVNLCU90R63F205G;Lucia Inventati",
		t.fiscal + ";MENSA;ME-6;" + due + ";57,00;Retta mensile;F;;",
		t.fiscal + ";MENSA;ME-7;" + due + ";61,50;Retta mensile;F;NVNLCU90R63F205G;Lucia Inventati",
	}
	return strings.Join(lines, "\r\n") + "\r\n"
}
