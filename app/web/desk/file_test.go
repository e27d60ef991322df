package desk_test

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"mime/multipart"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/uuid"

	"cassacomune/app/auth"
	"cassacomune/jobs"
	"cassacomune/jobs/worker"
	"cassacomune/tenants"
	"cassacomune/tenants/tenantstest"
)

const head = "ente;tipo_dovuto;codice_posizione;importo;debitore_nome;scadenza\r\n"

const badFile = head + "00000000000;MENSA;A;45,00;Ada Prova;31/03/2026\r\n" + "00000000000;MENSA;B;12..34;Ada Prova;31/03/2026\r\n" + "00000000000;MENSA;C;10,00;Ada Prova;31/02/2026\r\n"

// upload sends a file as a browser's form does.
func (o *office) upload(who, content string) answer {
	o.t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, err := form.CreateFormFile("file", "mensa marzo.csv")
	if err != nil {
		o.t.Fatal(err)
	}
	part.Write([]byte(content))
	form.Close()
	r := httptest.NewRequest("POST", "/desk/file?csrf="+o.csrf(who), &body)
	r.Header.Set("Content-Type", form.FormDataContentType())
	return o.send(r, who)
}

// work does the newest run that waits to its end, as the worker would.
func (o *office) work() {
	o.t.Helper()
	ctx := context.Background()
	for {
		var run jobs.Run
		var due []uuid.UUID
		o.within(func(tx *tenants.Tx) (err error) {
			if due, err = jobs.Due(tx, 1); err != nil || len(due) == 0 {
				return err
			}
			run, _, err = jobs.Claim(tx, due[0], "prova")
			return err
		})
		if len(due) == 0 {
			return
		}
		more, err := worker.ImportWork(ctx, o.DB, o.town.ID, &run)
		o.within(func(tx *tenants.Tx) error {
			switch {
			case err != nil:
				return run.Fail(tx, err)
			case more:
				return run.Yield(tx)
			}
			return nil
		})
	}
}

// TestSampleFile loads the file that we give to be filled in.
func TestSampleFile(t *testing.T) {
	o := open(t, tenantstest.SQLite(t))
	o.within(func(tx *tenants.Tx) error {
		m, err := tx.Municipality()
		if err != nil {
			return err
		}
		m.Settings.FiscalCode = "00000000000"
		return tx.SaveSettings(m.Settings)
	})
	o.reopen() // what is known of a town is kept for a moment
	o.get("clerk", "/desk/file").says(t, 200, "/desk/file/esempio.csv", "tracciato Cassa Comune")
	at := o.upload("clerk", o.get("clerk", "/desk/file/esempio.csv").body).header.Get("Location")
	o.work()
	o.get("clerk", at).says(t, 200, "Il file non ha errori", "1.291,50", "Carica tutto il file")
	o.get("accountant", "/desk/file/esempio.csv").says(t, 403)
}

func TestFile(t *testing.T) {
	tenantstest.Each(t, func(t *testing.T, db *tenantstest.Data) {
		o := open(t, db)
		o.get("clerk", "/desk/file").says(t, 200, "Al massimo 256 MB", "Nessun file finora")
		sent := o.upload("clerk", badFile)
		if sent.status != 303 {
			t.Fatalf("upload = %d: %s", sent.status, sent.body)
		}
		at := sent.header.Get("Location")
		for range 2 { // a reload changes nothing
			o.get("clerk", at).says(t, 200, "mensa marzo.csv", "Controllo in corso", `data-cc-poll="`+at+`/avanzamento"`, "Interrompi")
		}
		o.get("clerk", at+"/avanzamento").says(t, 200, "data-cc-poll")
		o.work()
		o.get("clerk", at+"/avanzamento").silent(t, "data-cc-poll")
		preview := o.get("clerk", at)
		preview.says(t, 200, "Da approvare", "Anteprima", "12..34", "importo", "31/02/2026", "scadenza", "Carica solo le righe buone", "scarti.csv")
		preview.silent(t, "Carica tutto il file", "data-cc-poll")
		o.get("clerk", "/desk").says(t, 200, "File da approvare")
		o.get("clerk", "/desk/file").says(t, 200, "Da approvare", "mensa marzo.csv")
		o.sameMissing("school", "/desk/file/", strings.TrimPrefix(at, "/desk/file/"))
		o.get("school", "/desk/file").silent(t, "mensa marzo.csv")
		rejected := o.get("clerk", at+"/scarti.csv")
		rejected.says(t, 200, "motivo;", "12..34", "31/02/2026")
		rejected.silent(t, ";A;45,00")

		o.post("clerk", at+"/approvazioni", "modo", "tutto").says(t, 422, "Il file ha 2 errori")
		o.post("accountant", at+"/approvazioni", "modo", "buone").says(t, 403)
		if got := o.post("clerk", at+"/approvazioni", "modo", "buone").status; got != 303 {
			t.Fatalf("approve = %d", got)
		}
		o.get("clerk", at).says(t, 200, "Caricamento in corso")
		o.work()
		o.get("clerk", at).says(t, 200, "Caricato", "Che cosa è stato fatto")
		list := o.get("clerk", "/desk/posizioni")
		list.says(t, 200, "· A<", "45,00")
		list.silent(t, "· B<", "· C<")
		o.get("clerk", "/segui?codice=A").says(t, 200, "Fonte: file mensa marzo.csv")
		o.get("clerk", "/desk/lavorazioni").says(t, 200, "Caricamento di un file", "Finita")
		o.get("clerk", "/desk/lavorazioni?che=import&stato=done").says(t, 200, "Caricamento di un file<", ">Finita<", "lavorazioni.csv?che=import")
		o.get("clerk", "/desk/lavorazioni?stato=failed").says(t, 200, "Nessuna lavorazione corrisponde")
		o.get("clerk", "/desk/lavorazioni.csv?stato=done").says(t, 200, ";Caricamento di un file;", ";Finita;")
		o.get("clerk", "/desk/lavorazioni.csv?stato=failed").silent(t, ";Finita;")
		for filter, found := range map[string]bool{"": true, "?nome=MARZO": true, "?nome=aprile": false, "?stato=Caricato": true, "?stato=Rifiutato": false} {
			for _, list := range []string{"/desk/file", "/desk/file.csv"} {
				if page := o.get("clerk", list+filter); strings.Contains(page.body, "mensa marzo.csv") != found {
					t.Errorf("GET %s%s shows the file: %t, want %t", list, filter, !found, found)
				}
			}
		}
	})
}

func TestFileWithoutErrors(t *testing.T) {
	o := open(t, tenantstest.SQLite(t))
	at := o.upload("school", head+"00000000000;MENSA;A;45,00;Ada Prova;31/03/2026\r\n").header.Get("Location")
	o.work()
	o.get("school", at).says(t, 200, "Carica tutto il file", "Il file non ha errori")
	o.get("clerk", at).says(t, 200, "Carica tutto il file")
	if got := o.post("school", at+"/approvazioni", "modo", "tutto").status; got != 303 {
		t.Fatalf("approve = %d", got)
	}
	o.work()
	o.get("school", at).says(t, 200, "Caricato")

	second := o.upload("school", head+"00000000000;MENSA;B;45,00;Ada Prova;31/03/2026\r\n").header.Get("Location")
	if got := o.post("school", second+"/cancellazioni").status; got != 303 {
		t.Fatalf("cancel = %d", got)
	}
	o.work()
	o.get("school", second).says(t, 200, "Interrotto")
	o.post("school", second+"/cancellazioni").says(t, 422, "già terminata")
	o.get("school", "/desk/posizioni").silent(t, "· B<")
}

// TestGovPayRowsComeBack downloads the refused rows of a file of GovPay, and
// loads them corrected.
func TestGovPayRowsComeBack(t *testing.T) {
	tenantstest.Each(t, func(t *testing.T, db *tenantstest.Data) {
		o := open(t, db)
		const columns = "idA2A,idPendenza,idDominio,tipoPendenza,causale,importo,tipoSoggettoPagatore,identificativoPagatore,anagraficaPagatore,idVoce1,importoVoce1\n"
		at := o.upload("clerk", columns+"U,P1,00000000000,MENSA,Mensa,10.00,F,ANONIMO,Ada Prova,1,10.00\n"+"U,P2,00000000000,MENSA,Mensa,1e3,F,ANONIMO,Ada Prova,1,20.00\n").header.Get("Location")
		o.work()
		o.get("clerk", at).says(t, 200, "Carica solo le righe buone", "Scarica le righe scartate con il motivo accanto")
		o.post("clerk", at+"/approvazioni", "modo", "buone")
		o.work()
		rejected := o.get("clerk", at+"/scarti.csv")
		rejected.says(t, 200, "motivo,idA2A,", "importo: ", ",U,P2,00000000000,MENSA,Mensa,1e3,")
		rejected.silent(t, "P1")
		at = o.upload("clerk", strings.Replace(rejected.body, ",1e3,", ",20.00,", 1)).header.Get("Location")
		o.work()
		o.get("clerk", at).says(t, 200, "Il file non ha errori")
		o.post("clerk", at+"/approvazioni", "modo", "tutto")
		o.work()
		o.get("clerk", "/desk/posizioni").says(t, 200, "· P1<", "· P2<")
	})
}

// TestJournalAtTheDesk shows that a clerk who brings a journal is told whose it
// is, and that other clerks see none of it.
func TestJournalAtTheDesk(t *testing.T) {
	o := open(t, tenantstest.SQLite(t))
	o.staff("colleague", auth.RoleClerk, nil)
	journal, err := os.ReadFile("../../formats/opi/testdata/giornale_1_7_1.xml")
	if err != nil {
		t.Fatal(err)
	}
	at := o.upload("clerk", string(journal)).header.Get("Location")
	o.work()
	o.get("clerk", at).says(t, 200, "Giornale di cassa")
	o.get("colleague", at).says(t, 404)
	o.get("colleague", "/desk/file").silent(t, "mensa marzo.csv")
	if got := o.post("clerk", at+"/approvazioni", "modo", "tutto"); got.status != 403 {
		t.Errorf("a clerk approves a journal: %d, want 403", got.status)
	}
}

func TestFileRefused(t *testing.T) {
	tenantstest.Each(t, func(t *testing.T, db *tenantstest.Data) {
		o := open(t, db)
		r := httptest.NewRequest("POST", "/desk/file?csrf="+o.csrf("clerk"), strings.NewReader("x"))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		o.send(r, "clerk").says(t, 422, "Scegli un file da caricare")
		o.upload("clerk", "").says(t, 422, "Il file è vuoto")
		o.upload("accountant", badFile).says(t, 403)

		o.within(func(tx *tenants.Tx) error {
			m, err := tx.Municipality()
			if err != nil {
				return err
			}
			m.Settings.UploadLimit = 1000
			return tx.SaveSettings(m.Settings)
		})
		o.reopen() // settings are kept for two seconds
		o.get("clerk", "/desk/file").says(t, 200, "Al massimo 1000 byte")
		o.upload("clerk", head+strings.Repeat("x", 1000)).says(t, 413, "Il file supera il limite di 1000 byte")
		o.upload("clerk", strings.Repeat("x", 200_000)).says(t, 413, "Il file supera il limite di 1000 byte")
		o.get("clerk", "/desk/file").says(t, 200, "Nessun file finora")
	})
}

// TestHugeUploadIsNotRead shows that a body that says it is too large is
// refused by its head: it never arrives whole.
func TestHugeUploadIsNotRead(t *testing.T) {
	o := open(t, tenantstest.SQLite(t))
	body := &counted{left: 300 << 20}
	r := httptest.NewRequest("POST", "/desk/file?csrf="+o.csrf("clerk"), body)
	r.ContentLength = 300 << 20
	r.Header = http.Header{"Content-Type": {"multipart/form-data; boundary=x"}, "Cookie": {"sessione=" + string(o.token["clerk"])}, "Sec-Fetch-Site": {"same-origin"}}
	r.Host = "alfa.localhost"
	got, err := o.serve(r)
	if err != nil {
		t.Fatal(err)
	}
	if read := body.read.Load(); got != 413 || read > 8<<20 {
		t.Errorf("upload of 300 MB = %d after %d bytes, want 413 after few", got, read)
	}
}

// counted is a body of zeros that counts what is taken of it, also while the
// answer is there already.
type counted struct {
	left int
	read atomic.Int64
}

func (c *counted) Read(p []byte) (int, error) {
	n := min(len(p), c.left)
	if n == 0 {
		return 0, io.EOF
	}
	clear(p[:n])
	c.left -= n
	c.read.Add(int64(n))
	return n, nil
}

// serve sends a request over a connection of its own, as a browser does.
func (o *office) serve(r *http.Request) (status int, err error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	go o.app.Listener(listener)
	defer o.app.Shutdown()
	c, err := net.Dial("tcp", listener.Addr().String())
	if err != nil {
		return 0, err
	}
	defer c.Close()
	go r.Write(c)
	answer, err := http.ReadResponse(bufio.NewReader(c), r)
	if err != nil {
		return 0, err
	}
	return answer.StatusCode, answer.Body.Close()
}
