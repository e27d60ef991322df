package admin

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"cassacomune/app/channels/all"
	"cassacomune/app/day"
	"cassacomune/app/money"
	"cassacomune/app/price"
	"cassacomune/app/web/page"
	"cassacomune/tenants"
)

var (
	priceKinds = []page.Option{{Value: string(price.Fixed), Name: "importo dovuto, sempre uguale"}, {Value: string(price.RoadFine), Name: "sanzione del Codice della Strada"},
		{Value: string(price.LocalFine), Name: "sanzione amministrativa (legge 689/1981)"}, {Value: string(price.LateTax), Name: "tributo con ravvedimento operoso"}}
	grounds = []page.Option{{Name: "non ammesso"}, {Value: string(tenants.GroundPagoPA), Name: "pagoPA"}, {Value: string(tenants.GroundOutside), Name: "fuori da pagoPA, ammesso dalla legge"},
		{Value: string(tenants.GroundHistorical), Name: "storico: solo per gli avvisi già emessi"}}
	grades = []page.Option{{Value: "0", Name: "nessuna erogazione da autorizzare"}, {Value: "3", Name: "confermato dal canale"},
		{Value: "4", Name: "riversato"}, {Value: "5", Name: "accreditato dal Tesoriere"}}
	reversals   = []page.Option{{Value: "tell", Name: "avvisa l'ufficio"}, {Value: "suspend", Name: "sospende il servizio"}, {Value: "revoke", Name: "revoca il servizio"}}
	imputations = []page.Option{{Value: "costs interest principal", Name: "spese, interessi, capitale"}, {Value: "costs principal interest", Name: "spese, capitale, interessi"},
		{Value: "interest costs principal", Name: "interessi, spese, capitale"}, {Value: "interest principal costs", Name: "interessi, capitale, spese"},
		{Value: "principal costs interest", Name: "capitale, spese, interessi"}, {Value: "principal interest costs", Name: "capitale, interessi, spese"}}
	fieldKinds = []page.Option{{Value: "text", Name: "testo"}, {Value: "date", Name: "data"}, {Value: "number", Name: "numero"}, {Value: "amount", Name: "importo"}}
)

// offeredGrade is the grade of the form that does what one of the catalogue
// does: less than the channel's word does not come, nor more than the credit.
func offeredGrade(g tenants.Grade) string {
	if g != 0 {
		g = min(max(g, tenants.Confirmed), tenants.Credited)
	}
	return strconv.Itoa(int(g))
}

// spare is how many further questions the form offers.
const spare, mostFields = 2, 20

func channelsOf(d tenants.DebtType) string {
	var names []string
	for _, p := range d.Setup.Channels {
		if ch := all.Find(p.Channel); ch != nil {
			names = append(names, ch.Title())
		}
	}
	return list(names)
}

func revenueOf(d tenants.DebtType) string {
	r := d.Setup.Revenue
	switch {
	case r.Assessment != "":
		return "accertamento " + strconv.Itoa(r.Year) + "/" + r.Assessment
	case r.Chapter != "":
		return "capitolo " + r.Chapter
	}
	return "manca"
}

func list(names []string) string { return strings.Join(names, ", ") }

func typeValues(d tenants.DebtType) map[string]string {
	p, r := d.Setup.Price, d.Setup.Revenue
	v := map[string]string{"code": d.Code, "name": d.Name, "name_de": d.NameDE, "office": d.Office, "active": ticked(d.Active), "spontaneous": ticked(d.Spontaneous),
		"kind": string(p.Kind), "no_early": ticked(p.NoEarly), "whole_fractions": ticked(p.WholeFractions), "whole_euro": ticked(p.WholeEuro), "rates": ratesText(p.Rates),
		"imputation": strings.Join(d.Setup.Imputation, " "), "grade": offeredGrade(d.Setup.Fulfilment.Grade), "partial": ticked(d.Setup.Fulfilment.Partial), "reversal": d.Setup.Fulfilment.Reversal}
	if p.Minimum != 0 {
		v["minimum"] = p.Minimum.Comma()
	}
	for _, ch := range d.Setup.Channels {
		v["channel_"+ch.Channel] = string(ch.Ground)
	}
	if r.Assessment != "" {
		v["assessment"] = strconv.Itoa(r.Year) + "/" + r.Assessment
	} else if r.Chapter != "" {
		v["chapter"] = chapterKey(r.Year, r.Chapter, r.Article)
	}
	for i, q := range d.Setup.Fields {
		n := strconv.Itoa(i)
		v["field_key_"+n], v["field_label_"+n], v["field_label_de_"+n], v["field_kind_"+n], v["field_required_"+n] = q.Key, q.Label, q.LabelDE, q.Kind, ticked(q.Required)
	}
	return v
}

func ratesText(rates []price.Rate) string {
	var lines []string
	for _, r := range rates {
		lines = append(lines, fmt.Sprintf("%s %d,%02d", r.From.Italian(), r.BasisPoints/100, r.BasisPoints%100))
	}
	return strings.Join(lines, "\n")
}

// showType shows the form of an entry; a new one has no code yet.
func showType(c *fiber.Ctx, s sheet, code string, questions []tenants.Field) error {
	s.Back, s.Action = typesLink.URL, "/admin/tipi"
	if code != "" {
		s.Action, s.Lead = "/admin/tipi/"+code, "Codice "+code
	}
	return page.At(c).Read(c, func(tx *tenants.Tx) error {
		offices, err := tx.Offices()
		if err != nil {
			return err
		}
		owners := []page.Option{{Name: "Scegli l'ufficio"}}
		for _, o := range offices {
			if tx.Actor.Sees(o.Code) {
				owners = append(owners, page.Option{Value: o.Code, Name: o.Name})
			}
		}
		assessments, err := assessmentOptions(tx, page.Option{Name: "Nessuno: si accerta all'incasso"})
		if err != nil {
			return err
		}
		chapters, err := chapterOptions(tx, page.Option{Name: "Nessuno"})
		if err != nil {
			return err
		}
		s.Sections = typeSections(&s, code == "", owners, assessments, chapters)
		s.Sections = append(s.Sections, questionSections(&s)...)
		return s.show(c)
	})
}

func typeSections(s *sheet, fresh bool, owners, assessments, chapters []page.Option) []section {
	first := []page.Field{s.need("name", "Nome", "come lo legge chi paga"), s.text("name_de", "Nome in tedesco", "solo per i Comuni bilingui"), s.choice("office", "Ufficio", "", owners...),
		s.tick("active", "Attivo", "chi paga e gli uffici lo vedono"), s.tick("spontaneous", "Pagamento spontaneo", "il cittadino può aprirlo da sé, insieme al pagamento")}
	if fresh {
		first = append([]page.Field{s.need("code", "Codice", "breve e stabile: è quello dei file, per esempio MENSA")}, first...)
	}
	rates := s.text("rates", "Tassi d'interesse propri", "una riga per tasso: data d'inizio e percentuale, per esempio 01/01/2026 2,50. Vuoto: il tasso legale")
	rates.Rows, rates.Type = 3, "wide"
	channels := section{Name: "Dove si paga", Lead: "Per ogni canale, il fondamento di legge che lo ammette."}
	for _, ch := range all.List {
		channels.Fields = append(channels.Fields, s.choice("channel_"+ch.Key(), ch.Title(), "", grounds...))
	}
	return []section{
		{Fields: first},
		{Name: "Prezzo", Fields: []page.Field{s.choice("kind", "Regola", "", priceKinds...), s.text("minimum", "Importo minimo", "sotto il quale il regolamento non chiede nulla"),
			s.tick("no_early", "Senza riduzione del 30%", "sanzioni per cui la legge la esclude"), s.tick("whole_fractions", "Semestre iniziato conta intero", "maggiorazione dell'art. 27 della legge 689/1981"),
			s.tick("whole_euro", "Arrotonda all'euro", "come le righe dell'F24"), rates}},
		channels,
		{Name: "Dove va il denaro", Fields: []page.Field{s.choice("assessment", "Accertamento", "", assessments...), s.choice("chapter", "Capitolo", "solo se non c'è un accertamento", chapters...),
			s.choice("imputation", "Pagamenti in acconto", "in quale ordine si imputano", imputations...)}},
		{Name: "Erogazione del servizio", Fields: []page.Field{s.choice("grade", "Si può erogare quando l'incasso è", "", grades...), s.choice("reversal", "Se l'incasso viene stornato", "", reversals...),
			s.tick("partial", "Basta un pagamento parziale", "")}},
	}
}

// questionSections are the questions put to who opens a debt of this type.
func questionSections(s *sheet) (sections []section) {
	last := -1
	for i := range mostFields {
		if s.Form.Value("field_key_"+strconv.Itoa(i))+s.Form.Value("field_label_"+strconv.Itoa(i)) != "" {
			last = i
		}
	}
	for i := range min(last+1+spare, mostFields) {
		n := strconv.Itoa(i)
		sections = append(sections, section{Name: "Domanda " + strconv.Itoa(i+1), Fields: []page.Field{
			s.text("field_key_"+n, "Nome del campo", "senza spazi, per esempio targa; vuoto: nessuna domanda"), s.choice("field_kind_"+n, "Che cosa si scrive", "", fieldKinds...),
			s.text("field_label_"+n, "Testo della domanda", ""), s.text("field_label_de_"+n, "Testo in tedesco", ""), s.tick("field_required_"+n, "Risposta obbligatoria", "")}})
	}
	sections[0].Lead = "Quello che si chiede, oltre all'importo, a chi apre una posizione di questo tipo."
	return sections
}

// readType checks the form over an entry as it is.
func readType(tx *tenants.Tx, f *page.Form, d tenants.DebtType) (tenants.DebtType, error) {
	d.Name, d.NameDE, d.Office = f.Need("name", "Nome"), f.Value("name_de"), f.Need("office", "Ufficio")
	d.Active, d.Spontaneous = f.Value("active") != "", f.Value("spontaneous") != ""
	if _, err := findOffice(tx, d.Office); d.Office != "" && (err != nil || !tx.Actor.Sees(d.Office)) {
		f.Wrong("office", "Ufficio: sceglilo dall'elenco")
	}
	d.Setup.Price = readPrice(f)
	d.Setup.Channels = nil
	for _, ch := range all.List {
		ground := f.Value("channel_" + ch.Key())
		if !offered(grounds, ground) {
			f.Wrong("channel_"+ch.Key(), ch.Title()+": scegli un fondamento dell'elenco")
		}
		if ground != "" {
			d.Setup.Channels = append(d.Setup.Channels, tenants.Permitted{Channel: ch.Key(), Ground: tenants.Ground(ground)})
		}
	}
	if d.Setup.Imputation = strings.Fields(f.Value("imputation")); !offered(imputations, f.Value("imputation")) {
		d.Setup.Imputation = nil
	}
	grade, err := strconv.Atoi(f.Value("grade"))
	if reversal := f.Value("reversal"); err != nil || !offered(grades, f.Value("grade")) || !offered(reversals, reversal) {
		f.Wrong("grade", "Erogazione: scegli un grado di certezza dell'elenco")
	}
	d.Setup.Fulfilment = tenants.Policy{Grade: tenants.Grade(grade), Partial: f.Value("partial") != "", Reversal: f.Value("reversal")}
	d.Setup.Fields = readQuestions(f)
	d.Setup.Revenue, err = readRevenue(tx, f)
	return d, err
}

func readPrice(f *page.Form) price.Rule {
	r := price.Rule{Kind: price.Kind(f.Value("kind")), NoEarly: f.Value("no_early") != "", WholeFractions: f.Value("whole_fractions") != "", WholeEuro: f.Value("whole_euro") != ""}
	if f.Value("minimum") != "" {
		r.Minimum = f.Money("minimum", "Importo minimo")
	}
	for line := range strings.Lines(f.Value("rates")) {
		words := strings.Fields(strings.ReplaceAll(line, "%", ""))
		if len(words) == 0 {
			continue
		}
		from, err := day.Parse(words[0])
		points := money.Cents(0)
		if err == nil && len(words) == 2 {
			points, err = money.Parse(words[1])
		}
		if err != nil || len(words) != 2 {
			f.Wrong("rates", fmt.Sprintf("Tassi d'interesse: la riga «%s» non è una data e una percentuale, per esempio 01/01/2026 2,50", strings.TrimSpace(line)))
			return r
		}
		r.Rates = append(r.Rates, price.Rate{From: from, BasisPoints: int(points)})
	}
	return r
}

func readQuestions(f *page.Form) (questions []tenants.Field) {
	seen := map[string]bool{}
	for i := range mostFields {
		n := strconv.Itoa(i)
		q := tenants.Field{Key: f.Value("field_key_" + n), Label: f.Value("field_label_" + n), LabelDE: f.Value("field_label_de_" + n),
			Kind: f.Value("field_kind_" + n), Required: f.Value("field_required_"+n) != ""}
		if q.Key == "" && q.Label == "" {
			continue
		}
		if !plain(q.Key) || q.Label == "" || !offered(fieldKinds, q.Kind) || seen[q.Key] {
			f.Wrong("field_key_"+n, fmt.Sprintf("Domanda %d: servono un nome diverso dagli altri, senza spazi, e il testo", i+1))
		}
		seen[q.Key] = true
		questions = append(questions, q)
	}
	return slices.Clip(questions)
}

// readRevenue finds where the money goes: an assessment, which has its chapter,
// or a chapter alone.
func readRevenue(tx *tenants.Tx, f *page.Form) (r tenants.Revenue, err error) {
	if key := f.Value("assessment"); key != "" {
		all, err := tx.Assessments()
		for _, a := range all {
			if strconv.Itoa(a.Year)+"/"+a.Number == key {
				return tenants.Revenue{Year: a.Year, Assessment: a.Number, Chapter: a.Chapter, Article: a.Article}, nil
			}
		}
		f.Wrong("assessment", "Accertamento: sceglilo dall'elenco")
		return r, err
	}
	key := f.Value("chapter")
	if key == "" {
		return r, nil
	}
	ok := false
	if r.Year, r.Chapter, r.Article, ok = splitKey(key); ok {
		_, err = tx.Chapter(r.Year, r.Chapter, r.Article)
	}
	if !ok || err != nil {
		f.Wrong("chapter", "Capitolo: sceglilo dall'elenco")
	}
	return r, nil
}
