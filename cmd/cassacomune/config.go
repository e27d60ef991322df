package main

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/google/uuid"

	"cassacomune/tenants"
)

// data says where the data is; every command that needs it embeds this.
type data struct {
	Data     string `help:"Folder of the SQLite files." env:"CASSACOMUNE_DATA" default:"data" type:"path"`
	Database string `help:"PostgreSQL address, as the application's role; takes the place of --data." env:"CASSACOMUNE_DATABASE" placeholder:"URL"`
	Owner    string `help:"PostgreSQL address as the owner of the schema; for migrations only." env:"CASSACOMUNE_OWNER_DATABASE" placeholder:"URL"`
	Redis    string `help:"Redis address (host:port or redis://...); with --database only, and then required where runs are worked on or waited for." env:"CASSACOMUNE_REDIS" placeholder:"ADDRESS"`
	Key      string `help:"Master key, 64 hex digits, which seals the secrets of the channels; in --data it is made by itself." env:"CASSACOMUNE_KEY" placeholder:"HEX"`
	LogLevel string `help:"debug, info, warn or error." env:"CASSACOMUNE_LOG_LEVEL" default:"info" enum:"debug,info,warn,error"`

	clock func() time.Time // nil: the time; the demo seeds the past
}

// open opens the data; announce is told of committed runs, and may be nil.
func (d data) open(announce func(tenants.ID, uuid.UUID)) (*tenants.DB, error) {
	key, err := d.key()
	if err != nil {
		return nil, err
	}
	cfg := tenants.Config{URL: d.Database, OwnerURL: d.Owner, Clock: d.clock, Log: d.logger(), Key: key, Announce: announce}
	if cfg.URL == "" {
		cfg.Dir = d.Data
	}
	return tenants.Open(cfg)
}

func (d data) logger() *slog.Logger {
	var level slog.Level
	_ = level.UnmarshalText([]byte(d.LogLevel)) // the flag's enum holds only levels
	return slog.New(slog.NewJSONHandler(os.Stderr, &slog.HandlerOptions{Level: level}))
}

// there refuses a folder that holds no instance, for the commands that begin
// none: a misspelt --data would make one.
func (d data) there() error {
	if d.Database != "" {
		return nil
	}
	if _, err := os.Stat(filepath.Join(d.Data, "platform.db")); errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("there is no instance in %s: name its folder with --data, or begin one with \"cassacomune tenant add\"", d.Data)
	}
	return nil
}

// openThere is open for an instance that is there.
func (d data) openThere() (*tenants.DB, error) {
	if err := d.there(); err != nil {
		return nil, err
	}
	return d.open(nil)
}

// key returns the master key. An embedded instance makes one at first and
// keeps it beside its data, readable by its owner only.
func (d data) key() ([]byte, error) {
	text := d.Key
	if text == "" && d.Database == "" {
		path := filepath.Join(d.Data, "master.key")
		b, err := os.ReadFile(path)
		if errors.Is(err, fs.ErrNotExist) {
			b, err = newKey(path)
		}
		if err != nil {
			return nil, fmt.Errorf("master key: %w", err)
		}
		text = string(b)
	}
	if text == "" {
		return nil, nil // secrets cannot be opened; the rest works
	}
	key, err := hex.DecodeString(strings.TrimSpace(text))
	if err != nil || len(key) != 32 {
		return nil, errors.New("master key: it must be 64 hex digits")
	}
	return key, nil
}

func newKey(path string) ([]byte, error) {
	raw := make([]byte, 32)
	if _, err := rand.Read(raw); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, err
	}
	text := []byte(hex.EncodeToString(raw) + "\n")
	return text, os.WriteFile(path, text, 0o600)
}

// secretsFromFiles gives each CASSACOMUNE_X_FILE variable's content to
// CASSACOMUNE_X, so that a secret needs to stand in no environment.
func secretsFromFiles(environ []string) error {
	for _, e := range environ {
		name, path, _ := strings.Cut(e, "=")
		target, ok := strings.CutSuffix(name, "_FILE")
		if !ok || !strings.HasPrefix(name, "CASSACOMUNE_") {
			continue
		}
		b, err := os.ReadFile(path)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		if err := os.Setenv(target, strings.TrimSpace(string(b))); err != nil {
			return err
		}
	}
	return nil
}
