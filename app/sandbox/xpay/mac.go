package xpay

import (
	"crypto/sha1"
	"crypto/subtle"
	"encoding/hex"
	"strings"
)

// pair is one name and value of a text under a MAC; order matters.
type pair struct{ name, value string }

// mac is the SHA-1, in lower-case hex, of name=value pairs one after the other
// and then the key, with nothing between them.
func mac(key string, pairs ...pair) string {
	var text strings.Builder
	for _, p := range pairs {
		text.WriteString(p.name + "=" + p.value)
	}
	sum := sha1.Sum([]byte(text.String() + key))
	return hex.EncodeToString(sum[:])
}

func startMAC(key, codTrans, divisa, importo string) string {
	return mac(key, pair{"codTrans", codTrans}, pair{"divisa", divisa}, pair{"importo", importo})
}

func outcomeMAC(key, codTrans, esito, importo, divisa, data, orario, codAut string) string {
	return mac(key, pair{"codTrans", codTrans}, pair{"esito", esito}, pair{"importo", importo},
		pair{"divisa", divisa}, pair{"data", data}, pair{"orario", orario}, pair{"codAut", codAut})
}

func statusMAC(key, apiKey, code, timeStamp string) string {
	return mac(key, pair{"apiKey", apiKey}, pair{"codiceTransazione", code}, pair{"timeStamp", timeStamp})
}

func captureMAC(key, apiKey, code, divisa, importo, timeStamp string) string {
	return mac(key, pair{"apiKey", apiKey}, pair{"codiceTransazione", code}, pair{"divisa", divisa},
		pair{"importo", importo}, pair{"timeStamp", timeStamp})
}

func answerMAC(key, esito, operation, timeStamp string) string {
	return mac(key, pair{"esito", esito}, pair{"idOperazione", operation}, pair{"timeStamp", timeStamp})
}

func equal(got, want string) bool {
	return subtle.ConstantTimeCompare([]byte(got), []byte(want)) == 1
}
