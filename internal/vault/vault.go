// Package vault encrypts what must not be readable in the database: the
// secrets of keys, answers that hold them, and the key of the transfer chain.
package vault

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/tink-crypto/tink-go/v2/aead/subtle"
)

// keySize is the length of a master key in bytes.
const keySize = 32

// tagSize is how much of a master key's hash marks what it encrypted.
const tagSize = 8

// ErrKey says that no master key at hand opens a ciphertext.
var ErrKey = errors.New("encrypted under another master key, or damaged")

// Vault holds the master keys: the first encrypts, all decrypt.
type Vault struct {
	keys []masterKey
}

type masterKey struct {
	tag  [tagSize]byte
	aead *subtle.XChaCha20Poly1305
}

// New makes a vault of one or more master keys of 32 bytes each.
func New(keys ...[]byte) (*Vault, error) {
	if len(keys) == 0 {
		return nil, errors.New("vault: no master key")
	}
	v := &Vault{}
	for _, key := range keys {
		if len(key) != keySize {
			return nil, fmt.Errorf("vault: a master key is %d bytes, not %d", keySize, len(key))
		}
		aead, err := subtle.NewXChaCha20Poly1305(key)
		if err != nil {
			return nil, fmt.Errorf("vault: %w", err)
		}
		digest := sha256.Sum256(append([]byte("tael master key "), key...))
		v.keys = append(v.keys, masterKey{[tagSize]byte(digest[:tagSize]), aead})
	}
	return v, nil
}

// Seal encrypts a text for one place, such as the secret id it belongs to: a
// ciphertext moved elsewhere does not open.
func (v *Vault) Seal(plain []byte, place string) ([]byte, error) {
	first := &v.keys[0]
	sealed, err := first.aead.Encrypt(plain, []byte(place))
	if err != nil {
		return nil, fmt.Errorf("vault: %w", err)
	}
	return append(first.tag[:], sealed...), nil
}

// Open decrypts what Seal encrypted for the same place, or returns ErrKey.
func (v *Vault) Open(sealed []byte, place string) ([]byte, error) {
	for i := range v.keys {
		if tagged, ok := bytes.CutPrefix(sealed, v.keys[i].tag[:]); ok {
			plain, err := v.keys[i].aead.Decrypt(tagged, []byte(place))
			if err != nil {
				return nil, ErrKey
			}
			return plain, nil
		}
	}
	return nil, ErrKey
}

// Current reports whether a ciphertext was made with the first key.
func (v *Vault) Current(sealed []byte) bool {
	return bytes.HasPrefix(sealed, v.keys[0].tag[:])
}

// ParseKeys reads master keys as base64, separated by white space.
func ParseKeys(text string) ([][]byte, error) {
	var keys [][]byte
	for i, word := range strings.Fields(text) {
		key, err := base64.StdEncoding.DecodeString(word)
		if err != nil || len(key) != keySize {
			return nil, fmt.Errorf("master key %d is not the base64 of %d bytes", i+1, keySize)
		}
		keys = append(keys, key)
	}
	return keys, nil
}

// ReadKeys reads master keys from a file, one a line.
func ReadKeys(path string) ([][]byte, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	keys, err := ParseKeys(string(text))
	if err == nil && len(keys) == 0 {
		err = errors.New("no master key in it")
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return keys, nil
}

// CreateKey writes a new master key to a file that only its owner can read. It
// fails where the file exists. The file appears with the key in it or not at
// all, whenever the program is killed.
func CreateKey(path string) ([]byte, error) {
	key := make([]byte, keySize)
	rand.Read(key) // never fails: crypto/rand ends the program instead
	// With mode 0600, as all temporary files.
	draft, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.Remove(draft.Name()) }() // what is left has another name by then
	_, err = fmt.Fprintln(draft, base64.StdEncoding.EncodeToString(key))
	if err := errors.Join(err, draft.Sync(), draft.Close()); err != nil {
		return nil, err
	}
	return key, os.Link(draft.Name(), path) // fails where the file exists
}
