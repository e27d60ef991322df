package admin

import (
	"slices"

	"github.com/gofiber/fiber/v2"

	"cassacomune/app/channels"
	"cassacomune/app/channels/all"
	"cassacomune/app/fault"
	"cassacomune/app/reconcile"
	"cassacomune/app/web/page"
	"cassacomune/tenants"
)

var channelsLink = page.Link{Name: "Canali", URL: "/admin/canali"}

func channelList(c *fiber.Ctx) error {
	s := start(c, "Canali di pagamento")
	s.Lead = "I modi di pagare che il Comune offre. Un canale vale per un tipo dovuto solo se questo lo ammette, con il suo fondamento di legge."
	s.Table = &page.Table{ID: "canali", Caption: "Canali", Columns: page.Columns("Canale", "Stato", "Impostazioni")}
	err := page.At(c).Read(c, func(tx *tenants.Tx) error {
		for _, ch := range all.List {
			set, missing, err := channelState(tx, ch)
			if err != nil {
				return err
			}
			complete := page.Cell{Text: "complete"}
			if len(missing) > 0 {
				complete.Text = "manca: " + list(missing)
			}
			s.Table.Rows = append(s.Table.Rows, []page.Cell{{Text: ch.Title(), URL: "/admin/canali/" + ch.Key()}, badge(set.Enabled, "attivo", "non attivo"), complete})
		}
		return nil
	})
	if err != nil {
		return err
	}
	return s.show(c)
}

// channelState is what is set of a channel, and the labels of what it still
// needs.
func channelState(tx *tenants.Tx, ch channels.Channel) (set tenants.Channel, missing []string, err error) {
	set, err = tx.Channel(ch.Key())
	if fault.Is(err, fault.NotFound) {
		set, err = tenants.Channel{Key: ch.Key()}, nil
	}
	for _, field := range ch.Fields() {
		if err != nil {
			return set, nil, err
		}
		value := set.Settings[field.Key]
		if field.Secret {
			value, err = tx.Secret(ch.Key(), field.Key)
		}
		if field.Required && value == "" && field.Default == "" {
			missing = append(missing, field.Label)
		}
	}
	return set, missing, err
}

// known are the settings of every channel by which its credits are known.
var known = []string{reconcile.SettingWords, reconcile.SettingWindow}

func channel(c *fiber.Ctx) error {
	ch := all.Find(c.Params("key"))
	if ch == nil {
		return fault.New(fault.NotFound, "channel", "Canale non trovato.")
	}
	s := start(c, ch.Title(), channelsLink)
	err := page.At(c).Read(c, func(tx *tenants.Tx) error {
		set, _, err := channelState(tx, ch)
		values := map[string]string{"enabled": ticked(set.Enabled)}
		for _, field := range ch.Fields() {
			if value := set.Settings[field.Key]; !field.Secret && value != "" {
				values["set_"+field.Key] = value
			} else if !field.Secret {
				values["set_"+field.Key] = field.Default
			}
		}
		for _, name := range known {
			values["set_"+name] = set.Settings[name]
		}
		s.fill(values)
		return err
	})
	if err != nil {
		return err
	}
	return showChannel(c, s, ch)
}

func showChannel(c *fiber.Ctx, s sheet, ch channels.Channel) error {
	s.Lead, s.Back = ch.Hint(), channelsLink.URL
	_, missing, err := stateOf(c, ch)
	if err != nil {
		return err
	}
	settings := section{Name: "Impostazioni"}
	for _, field := range ch.Fields() {
		f := s.text("set_"+field.Key, field.Label, field.Hint)
		f.Required = field.Required
		if field.Secret { // never shown again
			f.Type, f.Value, f.Autocomplete = "password", "", "new-password"
			f.Hint = "Già impostata. Lascia vuoto per non cambiarla."
			if slices.Contains(missing, field.Label) {
				f.Hint = "Non ancora impostata."
			}
		}
		settings.Fields = append(settings.Fields, f)
	}
	s.Sections = []section{{Fields: []page.Field{s.tick("enabled", "Canale attivo", "chi paga lo vede solo se è attivo")}}}
	if len(settings.Fields) > 0 {
		s.Sections = append(s.Sections, settings)
	} else {
		s.Sections[0].Lead = "Questo canale non ha impostazioni proprie: usa i dati del Comune."
	}
	s.Sections = append(s.Sections, section{Name: "Riconoscere i suoi accrediti", Lead: "Come la riconciliazione sa che un accredito del Tesoriere viene da questo canale.", Fields: []page.Field{
		s.text("set_"+reconcile.SettingWords, "Parole dell'ordinante", "separate da virgole, per esempio NEXI, POS; vuoto: quelle consuete"),
		s.number("set_"+reconcile.SettingWindow, "Giorni entro cui accredita", "vuoto: quelli consueti")}})
	return s.show(c)
}

func stateOf(c *fiber.Ctx, ch channels.Channel) (set tenants.Channel, missing []string, err error) {
	err = page.At(c).Read(c, func(tx *tenants.Tx) (err error) {
		set, missing, err = channelState(tx, ch)
		return err
	})
	return set, missing, err
}

func saveChannel(c *fiber.Ctx) error {
	ch := all.Find(c.Params("key"))
	if ch == nil {
		return fault.New(fault.NotFound, "channel", "Canale non trovato.")
	}
	s := start(c, ch.Title(), channelsLink)
	f := s.read(c)
	set, missing, err := stateOf(c, ch)
	if err != nil {
		return err
	}
	if set.Enabled = f.Value("enabled") != ""; set.Settings == nil {
		set.Settings = map[string]string{}
	}
	for _, name := range known {
		set.Settings[name] = f.Value("set_" + name)
	}
	if days := f.Value("set_" + reconcile.SettingWindow); days != "" {
		between(f, "set_"+reconcile.SettingWindow, "Giorni entro cui accredita", 1, 60)
	}
	for _, field := range ch.Fields() {
		value := f.Value("set_" + field.Key)
		if !field.Secret {
			set.Settings[field.Key] = value
		}
		if set.Enabled && field.Required && value == "" && field.Default == "" && (!field.Secret || slices.Contains(missing, field.Label)) {
			f.Wrong("set_"+field.Key, field.Label+": serve per attivare il canale")
		}
	}
	if f.Failed() {
		return showChannel(c, s, ch)
	}
	err = page.At(c).Within(c, func(tx *tenants.Tx) error {
		for _, field := range ch.Fields() {
			if secret := f.Value("set_" + field.Key); field.Secret && secret != "" {
				if err := tx.SaveSecret(ch.Key(), field.Key, secret); err != nil {
					return err
				}
			}
		}
		return tx.SaveChannel(set)
	})
	if err != nil {
		return err
	}
	return saved(c, channelsLink.URL, "Canale salvato.")
}
