package admin

import (
	"strconv"

	"github.com/gofiber/fiber/v2"

	"cassacomune/app/web/page"
	"cassacomune/tenants"
)

var defaultNames = []struct{ field, label, hint string }{
	{"excess", "Eccedenze", "quello che è stato pagato più del dovuto"},
	{"unknown", "Incassi da attribuire", "denaro arrivato di cui non si conosce ancora il debito"},
	{"others", "Somme di altri enti", "quello che il Comune incassa per conto di altri: partite di giro"},
}

func defaults(c *fiber.Ctx) error {
	s := start(c, "Imputazioni predefinite", assessmentsLink)
	if err := page.At(c).Read(c, func(tx *tenants.Tx) error {
		m, err := tx.Municipality()
		d := m.Settings.Defaults
		s.fill(map[string]string{"excess": d.Excess, "unknown": d.Unknown, "others": d.Others})
		return err
	}); err != nil {
		return err
	}
	return showDefaults(c, s)
}

func showDefaults(c *fiber.Ctx, s sheet) error {
	s.Lead = "Gli accertamenti su cui va il denaro che nessun tipo dovuto sa imputare."
	return page.At(c).Read(c, func(tx *tenants.Tx) error {
		options, err := assessmentOptions(tx, page.Option{Name: "Nessuno"})
		if err != nil {
			return err
		}
		fields := []page.Field{}
		for _, d := range defaultNames {
			fields = append(fields, s.choice(d.field, d.label, d.hint, options...))
		}
		s.Sections = []section{{Fields: fields}}
		return s.show(c)
	})
}

// assessmentOptions offers every assessment as "year/number".
func assessmentOptions(tx *tenants.Tx, first page.Option) ([]page.Option, error) {
	all, err := tx.Assessments()
	options := []page.Option{first}
	for _, a := range all {
		key := strconv.Itoa(a.Year) + "/" + a.Number
		options = append(options, page.Option{Value: key, Name: key + " - " + a.Name + " (capitolo " + chapterName(a) + ")"})
	}
	return options, err
}

func saveDefaults(c *fiber.Ctx) error {
	s := start(c, "Imputazioni predefinite", assessmentsLink)
	f := s.read(c)
	err := page.At(c).Within(c, func(tx *tenants.Tx) error {
		options, err := assessmentOptions(tx, page.Option{})
		if err != nil {
			return err
		}
		for _, d := range defaultNames {
			if v := f.Value(d.field); !offered(options, v) {
				f.Wrong(d.field, d.label+": scegli un accertamento dell'elenco")
			}
		}
		m, err := tx.Municipality()
		if err != nil || f.Failed() {
			return err
		}
		m.Settings.Defaults = tenants.Imputation{Excess: f.Value("excess"), Unknown: f.Value("unknown"), Others: f.Value("others")}
		return tx.SaveSettings(m.Settings)
	})
	return s.end(c, err, "/admin/imputazioni", "Imputazioni salvate.", showDefaults)
}

func offered(options []page.Option, value string) bool {
	for _, o := range options {
		if o.Value == value {
			return true
		}
	}
	return false
}
