package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"cassacomune/app/sandbox/outside"
	"cassacomune/app/sandbox/treasurer"
	"cassacomune/app/sandbox/xpay"
)

// record keeps what the outside was asked to do, so that a demo started again
// on its folder has the same outside: the sandbox itself keeps everything in
// memory. A nil record keeps nothing.
type record struct {
	mu    sync.Mutex
	file  *os.File
	clock *demoClock
}

// asked is one thing that the outside was asked.
type asked struct {
	At       time.Time           `json:"at"`
	Path     string              `json:"path"`
	Type     string              `json:"type,omitempty"`
	Body     []byte              `json:"body,omitempty"`
	Location string              `json:"location,omitempty"` // where the browser was sent
	Credit   *treasurer.Movement `json:"credit,omitempty"`   // no request: money for the town named by the path
}

func openRecord(dir string, clock *demoClock) (*record, error) {
	f, err := os.OpenFile(filepath.Join(dir, "sandbox.jsonl"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	return &record{file: f, clock: clock}, err
}

func (r *record) close() {
	if r != nil {
		r.file.Close()
	}
}

// note writes one line. The caller holds mu where requests may race.
func (r *record) note(a asked) error {
	if r == nil {
		return nil
	}
	if a.At.IsZero() {
		a.At = r.clock.Now()
	}
	line, err := json.Marshal(a)
	if err != nil {
		return err
	}
	_, err = r.file.Write(append(line, '\n'))
	return err
}

// changes reports whether a request moves the outside: log-ins and questions
// do not.
func changes(method, address string) bool {
	return method == fiber.MethodPost && !strings.HasPrefix(address, "/idp/") && !strings.HasSuffix(address, "/situazioneOrdine")
}

// around notes the requests that visitors make to the sandbox, one at a time.
func (r *record) around(next fasthttp.RequestHandler) fasthttp.RequestHandler {
	return func(c *fasthttp.RequestCtx) {
		host, _, _ := strings.Cut(strings.ToLower(string(c.Host())), ":")
		if host != sandboxHost || !changes(string(c.Method()), string(c.Path())) {
			next(c)
			return
		}
		r.mu.Lock()
		defer r.mu.Unlock()
		a := asked{At: r.clock.Now(), Path: string(c.Path()), Type: string(c.Request.Header.ContentType()), Body: bytes.Clone(c.Request.Body())}
		next(c)
		if a.Location = string(c.Response.Header.Peek(fiber.HeaderLocation)); a.Location != "" {
			if err := r.note(a); err != nil {
				c.Error("il registro della sandbox non si scrive", fasthttp.StatusInternalServerError)
			}
		}
	}
}

// inProcess carries requests to the sandbox while nobody serves it yet.
type inProcess struct {
	app    *fiber.App
	record *record
}

// RoundTrip answers a request.
func (t inProcess) RoundTrip(r *http.Request) (*http.Response, error) {
	var body []byte
	if r.Body != nil {
		var err error
		if body, err = io.ReadAll(r.Body); err != nil {
			return nil, err
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
	}
	res, err := t.app.Test(r, -1)
	if err != nil || !changes(r.Method, r.URL.Path) {
		return res, err
	}
	return res, t.record.note(asked{Path: r.URL.Path, Type: r.Header.Get(fiber.HeaderContentType), Body: body, Location: res.Header.Get(fiber.HeaderLocation)})
}

// firstAsked is when the outside was asked first; new where it never was.
func firstAsked(dir string, new time.Time) time.Time {
	f, err := os.Open(filepath.Join(dir, "sandbox.jsonl"))
	if err != nil {
		return new
	}
	defer f.Close()
	var a asked
	if json.NewDecoder(f).Decode(&a) != nil {
		return new
	}
	return a.At
}

// replay asks a fresh outside everything again, each thing at its instant.
func replay(world *outside.World, clock *demoClock, base, dir string) error {
	f, err := os.Open(filepath.Join(dir, "sandbox.jsonl"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer f.Close()
	world.Acquirer.Behave(xpay.Behaviour{Drop: true}) // the town was told then
	defer world.Acquirer.Behave(xpay.Behaviour{})
	again := replaying{world: world, base: base, pages: map[string]string{}}
	lines := bufio.NewReader(f)
	for n := 1; ; n++ {
		line, err := lines.ReadBytes('\n')
		if errors.Is(err, io.EOF) { // a last line without end was cut by a crash
			return nil
		}
		if err != nil {
			return err
		}
		var a asked
		if err := json.Unmarshal(line, &a); err != nil {
			return fmt.Errorf("sandbox.jsonl, line %d: %w", n, err)
		}
		clock.set(a.At)
		if err := again.ask(a); err != nil {
			return fmt.Errorf("sandbox.jsonl, line %d, %s: %w", n, a.Path, err)
		}
	}
}

type replaying struct {
	world *outside.World
	base  string
	pages map[string]string // hosted page of then -> of now
}

func (r replaying) ask(a asked) error {
	if a.Credit != nil {
		bank, err := r.world.Treasurer(a.Path)
		if err != nil {
			return err
		}
		_, err = bank.Credit(*a.Credit)
		return err
	}
	if a.Path == "/notifiche" { // how notifications are delivered begins anew
		return nil
	}
	if now, ok := r.pages[path.Base(a.Path)]; ok {
		a.Path = path.Join(path.Dir(a.Path), now)
	}
	request, err := http.NewRequest(http.MethodPost, r.base+a.Path, bytes.NewReader(a.Body))
	if err != nil {
		return err
	}
	request.Header.Set(fiber.HeaderContentType, a.Type)
	res, err := inProcess{app: r.world.App()}.RoundTrip(request)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if was, is := a.Location, res.Header.Get(fiber.HeaderLocation); was != "" && is != "" {
		r.pages[path.Base(was)] = path.Base(is)
	}
	return nil
}
