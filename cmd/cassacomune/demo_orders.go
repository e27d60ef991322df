package main

import (
	"bytes"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"

	"cassacomune/app/accounting"
	"cassacomune/app/formats/all"
	"cassacomune/tenants"
)

// order exports the orders of the credits explained so far, and hands the file
// to the Treasurer, whose next journal says that they are regularised.
func (s *seeding) order(t *demoTown) error {
	var x accounting.Export
	err := s.db.Within(s.ctx, t.id, accountant, func(tx *tenants.Tx) error {
		proposed, err := accounting.Propose(tx)
		if err != nil {
			return err
		}
		var keys []string
		for _, o := range proposed {
			if len(o.Problems) > 0 {
				return fmt.Errorf("order on chapter %s: %v", o.Chapter, o.Problems)
			}
			keys = append(keys, o.Key)
		}
		x, err = accounting.ExportOrders(tx, keys, all.WriteOrders)
		return err
	})
	if err != nil {
		return fmt.Errorf("export orders: %w", err)
	}
	file, err := s.db.OpenBlob(s.ctx, t.id, x.CSV)
	if err != nil {
		return err
	}
	return s.handOver(t, file)
}

// handOver uploads a file of orders at the Treasurer's counter.
func (s *seeding) handOver(t *demoTown, file io.Reader) error {
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, err := form.CreateFormFile("file", "reversali.csv")
	if err != nil {
		return err
	}
	if _, err := io.Copy(part, file); err != nil {
		return err
	}
	if err := form.Close(); err != nil {
		return err
	}
	address := s.place.url(sandboxHost) + "/comune/" + t.slug + "/ordinativi"
	r, err := http.NewRequestWithContext(s.ctx, http.MethodPost, address, &body)
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", form.FormDataContentType())
	res, err := s.browser().Do(r)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusSeeOther {
		why, _ := io.ReadAll(io.LimitReader(res.Body, 1<<12))
		return fmt.Errorf("the Treasurer answers %d: %s", res.StatusCode, why)
	}
	return nil
}
