package access

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"strings"
)

// temporaryPrefix begins the ids of temporary keys. Those of others have no
// lower-case letters behind AKID, or were chosen by the operator.
const temporaryPrefix = "AKIDtmp"

// temporaryLength is that of the id of a temporary key.
const temporaryLength = len(temporaryPrefix) + 32

// TemporaryID makes the id of a temporary key of 32 random characters.
func TemporaryID(random string) string { return temporaryPrefix + random }

// IsTemporary tells the ids of temporary keys from others.
func IsTemporary(secretID string) bool {
	return len(secretID) == temporaryLength && strings.HasPrefix(secretID, temporaryPrefix)
}

// Session is everything about a temporary key. It travels sealed in the key's
// token and is stored nowhere, so that no number of them fills a database.
type Session struct {
	SecretKey string `json:"k"`
	Parent    string `json:"p"` // id of the key that asked for it
	Proof     string `json:"f"` // of that key's secret
	Expires   int64  `json:"e"` // Unix seconds
	Policy    string `json:"d,omitempty"`
	// Of an assumed role: where it is, and its id, since a role that is made anew
	// under the same name is another one.
	RoleOwner int64  `json:"o,omitempty"`
	RoleName  string `json:"n,omitempty"`
	RoleID    int64  `json:"r,omitempty"`
}

// Encode writes a session.
func (s *Session) Encode() ([]byte, error) { return json.Marshal(s) }

// DecodeSession reads what Encode wrote.
func DecodeSession(text []byte) (*Session, error) {
	s := new(Session)
	return s, json.Unmarshal(text, s)
}

// Proof stands for a secret key without giving it away: a temporary key ends
// when its parent's id gets another secret.
func Proof(secretKey string) string {
	digest := sha256.Sum256([]byte("tael parent " + secretKey))
	return base64.RawURLEncoding.EncodeToString(digest[:12])
}
