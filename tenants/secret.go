package tenants

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"errors"
	"fmt"
)

// ErrNoKey says that the instance was started without a master key.
var ErrNoKey = errors.New("tenants: no master key (CASSACOMUNE_KEY)")

// seal encrypts with AES-256-GCM under the instance's key. The municipality
// and the purpose are associated data: a secret copied to another town, or
// used for another thing, does not open.
func (db *DB) seal(tenant ID, purpose string, plain []byte) ([]byte, error) {
	gcm, err := db.cipher()
	if err != nil {
		return nil, err
	}
	nonce := make([]byte, gcm.NonceSize(), gcm.NonceSize()+len(plain)+gcm.Overhead())
	if _, err := rand.Read(nonce); err != nil {
		return nil, err
	}
	return gcm.Seal(nonce, nonce, plain, associated(tenant, purpose)), nil
}

func (db *DB) unseal(tenant ID, purpose string, sealed []byte) ([]byte, error) {
	gcm, err := db.cipher()
	if err != nil {
		return nil, err
	}
	if len(sealed) < gcm.NonceSize() {
		return nil, errors.New("tenants: sealed secret is cut")
	}
	plain, err := gcm.Open(nil, sealed[:gcm.NonceSize()], sealed[gcm.NonceSize():], associated(tenant, purpose))
	if err != nil {
		return nil, fmt.Errorf("open secret of %s: %w", purpose, err)
	}
	return plain, nil
}

func (db *DB) cipher() (cipher.AEAD, error) {
	if len(db.key) != 32 {
		return nil, ErrNoKey
	}
	block, err := aes.NewCipher(db.key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}

func associated(tenant ID, purpose string) []byte {
	return []byte("cassacomune/" + tenant.String() + "/" + purpose)
}
