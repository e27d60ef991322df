package tenants

import (
	"time"

	"github.com/uptrace/bun"
)

// Municipality (Comune) is the one row that holds a town's own set-up.
type Municipality struct {
	bun.BaseModel `bun:"table:municipality"`
	Row

	Slug      string
	Name      string
	Settings  Settings
	ChangedAt time.Time
}

// Settings is what a municipality sets up that has no list of its own.
type Settings struct {
	Title       string     `json:"title"`        // "Comune di Livorno"
	TitleDE     string     `json:"title_de"`     // bilingual towns
	Languages   []string   `json:"languages"`    // "it", then others; documents carry all of them
	Region      string     `json:"region"`       // shown in the slim header
	RegionDE    string     `json:"region_de"`    // bilingual towns
	Address     string     `json:"address"`      // printed on documents
	FiscalCode  string     `json:"fiscal_code"`  // 11 digits
	IPA         string     `json:"ipa"`          // codice IPA
	ISTAT       string     `json:"istat"`        // 6 digits
	Segregation int        `json:"segregation"`  // pagoPA, 0 to 99
	Application string     `json:"application"`  // reserved for notices with issue 0
	Contact     string     `json:"contact"`      // office that answers: phone, e-mail
	Privacy     string     `json:"privacy"`      // address of the privacy notice
	Access      string     `json:"access"`       // address of the accessibility statement
	Postal      Postal     `json:"postal"`       // the account of the slips
	Treasurer   Treasurer  `json:"treasurer"`    // tesoriere
	UploadLimit int64      `json:"upload_limit"` // bytes; 0: 256 MB
	KeptUnpaid  int        `json:"kept_unpaid"`  // days; 0: 90
	Identity    Identity   `json:"identity"`     // where citizens log in
	Sender      string     `json:"sender"`       // e-mail address of letters
	Year        int        `json:"year"`         // esercizio being managed
	Defaults    Imputation `json:"defaults"`     // where excess, unknown and others' money goes
}

// Postal is the postal account printed on the slips.
type Postal struct {
	Account       string `json:"account"`       // up to 12 digits
	Holder        string `json:"holder"`        // intestazione
	Authorisation string `json:"authorisation"` // Poste's "AUT. ..."; empty: fac-simile
	IBAN          string `json:"iban"`
}

// Treasurer (tesoriere) is the bank that keeps the municipality's money.
type Treasurer struct {
	Name     string `json:"name"`
	ABI      string `json:"abi"`       // 5 digits
	BodyCode string `json:"body_code"` // codice_ente_BT
	IBAN     string `json:"iban"`
}

// Identity is the OpenID Connect provider, or the broker in front of SPID and
// CIE, at which citizens prove who they are. Its client secret is a secret of
// the channel table, named "oidc".
type Identity struct {
	Issuer   string `json:"issuer"`
	ClientID string `json:"client_id"`
	Level    string `json:"level"` // acr that is demanded
}

// Imputation (imputazione) names the assessments that take money whose debt
// type does not say where it goes.
type Imputation struct {
	Excess  string `json:"excess"`  // "year/number"
	Unknown string `json:"unknown"` // "year/number"
	Others  string `json:"others"`  // "year/number": others' money, partite di giro
}

// Limit is the largest file that may be uploaded, in bytes.
func (s Settings) Limit() int64 {
	if s.UploadLimit > 0 {
		return s.UploadLimit
	}
	return 256 << 20
}

// Unpaid is for how long it is remembered who would have made a payment that
// never came, after the last sign that it may: by default 90 days, long enough
// for a slip paid after its term, and for a postal flow that nobody has
// imported for weeks.
func (s Settings) Unpaid() time.Duration {
	if s.KeptUnpaid > 0 {
		return time.Duration(s.KeptUnpaid) * 24 * time.Hour
	}
	return 90 * 24 * time.Hour
}

// Municipality returns the town's own row.
func (tx *Tx) Municipality() (m Municipality, err error) {
	return m, tx.One(tx.Select(&m), "Comune non configurato.")
}

// SaveSettings replaces the town's settings.
func (tx *Tx) SaveSettings(s Settings) error {
	m := &Municipality{Settings: s, ChangedAt: tx.now}
	if _, err := tx.Update(m).Column("settings", "changed_at").Where("tenant_id = ?", tx.Tenant).Exec(tx.Ctx); err != nil {
		return err
	}
	return tx.Audit("settings.save", "municipality", "")
}
