package auth

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"runtime"
	"strings"
	"sync/atomic"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"

	"cassacomune/app/fault"
)

// Parameters of argon2id: OWASP Password Storage Cheat Sheet, second choice.
const (
	hashMemory  = 19 * 1024 // KiB
	hashTime    = 2
	hashThreads = 1
	hashBytes   = 32

	shortest = 12  // characters of a password
	longest  = 512 // bytes of one: a hash of a megabyte is an attack
	queue    = 256 // how many may wait for a hash; more are sent away
)

// ErrBusy says that too many are logging in at once.
var ErrBusy = fault.New(fault.TooMany, "auth.busy", "Troppi accessi in questo momento: riprovare tra poco.")

// hashing bounds how many hashes are computed at once: each takes 19 MiB and a
// core for some 40 ms, so that without a bound the log-in page is a lever to
// stop the instance.
type hashing struct {
	slots    chan struct{}
	waiting  atomic.Int64
	computed atomic.Int64
	running  atomic.Int64
	peak     atomic.Int64
}

var hashes = newHashing(max(2, runtime.GOMAXPROCS(0)))

func newHashing(slots int) *hashing { return &hashing{slots: make(chan struct{}, slots)} }

func (h *hashing) derive(ctx context.Context, password string, p phc) ([]byte, error) {
	if h.waiting.Add(1) > queue {
		h.waiting.Add(-1)
		return nil, ErrBusy
	}
	defer h.waiting.Add(-1)
	select {
	case h.slots <- struct{}{}:
		defer func() { <-h.slots }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	now := h.running.Add(1)
	defer h.running.Add(-1)
	for old := h.peak.Load(); now > old && !h.peak.CompareAndSwap(old, now); old = h.peak.Load() {
	}
	h.computed.Add(1)
	return argon2.IDKey([]byte(password), p.salt, p.time, p.memory, p.threads, uint32(len(p.hash))), nil
}

// phc is a stored hash with its parameters.
type phc struct {
	memory, time uint32
	threads      uint8
	salt, hash   []byte
}

func (p phc) String() string {
	b64 := base64.RawStdEncoding.EncodeToString
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, p.memory, p.time, p.threads, b64(p.salt), b64(p.hash))
}

// readPHC reads what String writes, within bounds.
func readPHC(s string) (p phc, err error) {
	parts := strings.Split(s, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" || parts[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return p, fmt.Errorf("stored password hash: unknown form")
	}
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &p.memory, &p.time, &p.threads); err != nil {
		return p, fmt.Errorf("stored password hash: %w", err)
	}
	if p.memory > 1<<17 || p.time < 1 || p.time > 16 || p.threads < 1 || p.threads > 16 {
		return p, fmt.Errorf("stored password hash: parameters out of bounds")
	}
	if p.salt, err = base64.RawStdEncoding.DecodeString(parts[4]); err != nil {
		return p, fmt.Errorf("stored password hash: %w", err)
	}
	if p.hash, err = base64.RawStdEncoding.DecodeString(parts[5]); err != nil {
		return p, fmt.Errorf("stored password hash: %w", err)
	}
	if len(p.salt) < 8 || len(p.hash) < 16 || len(p.hash) > 64 {
		return p, fmt.Errorf("stored password hash: too short or too long")
	}
	return p, nil
}

// nobody is the hash against which the password of an unknown person is
// compared: the answer is no, after the same work.
var nobody = phc{memory: hashMemory, time: hashTime, threads: hashThreads,
	salt: make([]byte, 16), hash: make([]byte, hashBytes)}.String()

// hashPassword returns the PHC string of a new password.
func hashPassword(ctx context.Context, password string) (string, error) {
	p := phc{memory: hashMemory, time: hashTime, threads: hashThreads, salt: make([]byte, 16), hash: make([]byte, hashBytes)}
	if _, err := rand.Read(p.salt); err != nil {
		return "", err
	}
	hash, err := hashes.derive(ctx, password, p)
	if err != nil {
		return "", err
	}
	p.hash = hash
	return p.String(), nil
}

// rightPassword compares a password with a stored hash; with none it does the
// same work and says no.
func rightPassword(ctx context.Context, stored, password string) (bool, error) {
	known := stored != ""
	if !known {
		stored = nobody
	}
	if len(password) > longest {
		password, known = "", false
	}
	p, err := readPHC(stored)
	if err != nil {
		return false, err
	}
	hash, err := hashes.derive(ctx, password, p)
	if err != nil {
		return false, err
	}
	return subtle.ConstantTimeCompare(hash, p.hash) == 1 && known, nil
}

// common are passwords long enough that everybody tries; a start, no more.
var common = []string{
	"123456789012", "1234567890123", "12345678901234", "123456123456", "111111111111", "000000000000",
	"qwertyuiop12", "qwertyuiop123", "qwerty123456", "1q2w3e4r5t6y", "password1234", "password12345",
	"password123456", "passwordpassword", "administrator", "amministratore", "cambiami1234", "comune123456",
	"cassacomune1", "benvenuto123", "benvenuta123", "ciaociaociao", "tiamotiamotiamo", "juventus1234",
	"abcdefghijkl", "iloveyou1234", "letmein12345",
}

// checkPassword refuses what anybody would guess.
func checkPassword(password, email, name string) error {
	weak := func(key, text string) error { return fault.New(fault.Invalid, key, "%s", text).On("password") }
	folded := strings.ToLower(password)
	if !utf8.ValidString(password) || strings.ContainsRune(password, 0) {
		return weak("auth.password.form", "La password contiene caratteri non validi.")
	}
	if utf8.RuneCountInString(password) < shortest {
		return weak("auth.password.short", "La password deve avere almeno 12 caratteri.")
	}
	if len(password) > longest {
		return weak("auth.password.long", "La password è troppo lunga: al massimo 512 caratteri.")
	}
	local, _, _ := strings.Cut(email, "@")
	if one := []rune(folded); strings.Count(folded, string(one[0])) == len(one) {
		return weak("auth.password.common", "La password è troppo comune: sceglierne un'altra.")
	}
	for _, c := range append([]string{email, strings.ToLower(name), local + local}, common...) {
		if folded == c {
			return weak("auth.password.common", "La password è troppo comune: sceglierne un'altra.")
		}
	}
	return nil
}
