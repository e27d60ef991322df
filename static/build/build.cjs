// Writes bi.css, fonts.css, fonts/ and sprites.svg into static/ from the
// Bootstrap Italia package. Run by `make assets`; its outputs are committed.
const fs = require('fs')
const path = require('path')
const { PurgeCSS } = require('purgecss')

const root = path.resolve(__dirname, '../..')
const out = path.resolve(__dirname, '..')
const dist = path.join(__dirname, 'node_modules/bootstrap-italia/dist')

// Families of classes that are kept whether or not a page uses them today, so
// that a new page rarely needs a new build. Components that need script of
// their own to be seen (carousel, video, map) are left out on purpose.
const families = [
  /^(container|row|col|row-cols|g|gx|gy|gap|offset|order)(-|$)/,
  /^(m|p)[tbsexy]?-/, /^d-/, /^(flex|justify|align|float|overflow|position|top|bottom|start|end|sticky)(-|$)/,
  /^(w|h|mw|mh|vw|min-vw)-\d/, /^(border|rounded|shadow)(-|$)/, /^(small|lead|mark|clearfix|visually-hidden|h[1-6]|display-\d)/,
  /^text-(start|end|center|sm|md|lg|xl|nowrap|wrap|break|truncate|uppercase|lowercase|capitalize|decoration|body|black|white|muted|primary|secondary|success|danger|warning|info|light|dark)/,
  /^(fw|fs|fst|lh|font)-/, /^bg-(primary|secondary|success|danger|warning|info|light|dark|white|body|transparent)$/,
  /^(primary|neutral-1)-(bg|color|border-color)-(a1|a2|b1|b2|c1|c2)$/,
  /^badge/, /^btn/, /^table/, /^caption/, /^(form|input|select|check|toggles|is|valid|invalid|just-validate|col-form)(-|$)/,
  /^alert/, /^it-card/, /^steppers/, /^nav/, /^dropdown/, /^(page|pagination|pager)(-|$)/,
  /^progress/, /^chip/, /^(link-list|list-(inline|unstyled)|point-list|timeline)(-|$)/, /^callout/, /^breadcrumb/, /^(icon|rounded-icon)/,
  /^it-(header|footer|brand|nav|right|search|socials|list|page|timeline|date|point)/, /^(sidebar|section|avatar|rating|accordion|collapse|tab|upload|overview|skiplinks|focus|menu|overlay|vr|hstack|vstack|ratio|stretched)(-|$)/,
  /^(show|active|disabled|fade|collapsed|confirmed|separator|expanded|selected)$/,
]

// Icons in the sprite. The icon function of the pages refuses any other name.
const icons = `it-arrow-down it-arrow-down-triangle it-arrow-left it-arrow-right it-arrow-up it-arrow-up-triangle it-ban it-bookmark
it-box it-burger it-calendar it-card it-chart-line it-check it-check-circle it-chevron-left it-chevron-right
it-close it-close-big it-close-circle it-code-circle it-copy it-delete it-designers-italia it-download it-error it-exchange-circle
it-expand it-funnel it-cart it-clock it-external-link it-file it-file-csv it-file-pdf-ext it-files it-flag it-folder it-hearing
it-help it-help-circle it-horn it-inbox it-info-circle it-key it-link it-list it-locked it-logout it-mail it-map-marker it-minus
it-minus-circle it-more-items it-pa it-password-visible it-pencil it-piattaforme it-plus it-plus-circle it-presentation
it-print it-refresh it-restore it-search it-settings it-share it-star-full it-star-outline it-telephone
it-unlocked it-upload it-user it-video it-warning it-warning-circle`.split(/\s+/)

const fonts = [
  ['Titillium Web', 300, 'normal', 'Titillium_Web/titillium-web-v10-latin-ext_latin-300'],
  ['Titillium Web', 400, 'normal', 'Titillium_Web/titillium-web-v10-latin-ext_latin-regular'],
  ['Titillium Web', 400, 'italic', 'Titillium_Web/titillium-web-v10-latin-ext_latin-italic'],
  ['Titillium Web', 600, 'normal', 'Titillium_Web/titillium-web-v10-latin-ext_latin-600'],
  ['Titillium Web', 700, 'normal', 'Titillium_Web/titillium-web-v10-latin-ext_latin-700'],
  ['Roboto Mono', 400, 'normal', 'Roboto_Mono/roboto-mono-v13-latin-ext_latin-regular'],
  ['Roboto Mono', 700, 'normal', 'Roboto_Mono/roboto-mono-v13-latin-ext_latin-700'],
  ['Lora', 400, 'normal', 'Lora/lora-v20-latin-ext_latin-regular'],
  ['Lora', 700, 'normal', 'Lora/lora-v20-latin-ext_latin-700'],
]

async function style() {
  const [result] = await new PurgeCSS().purge({
    content: [`${root}/views/**/*.html`, `${out}/cc.js`],
    css: [path.join(dist, 'css/bootstrap-italia.min.css')],
    variables: false, // --bootstrap-italia-version must stay
    fontFace: true,
    keyframes: true,
    safelist: { standard: families },
  })
  fs.writeFileSync(path.join(out, 'bi.css'), result.css)
  return result.css.length
}

function typefaces() {
  fs.mkdirSync(path.join(out, 'fonts'), { recursive: true })
  const rules = fonts.map(([family, weight, kind, file]) => {
    const name = path.basename(file) + '.woff2'
    fs.copyFileSync(path.join(dist, 'fonts', file + '.woff2'), path.join(out, 'fonts', name))
    return `@font-face{font-family:'${family}';font-style:${kind};font-weight:${weight};font-display:swap;src:url('fonts/${name}') format('woff2')}`
  })
  for (const [from, to] of [['Titillium_Web/OFL.txt', 'Titillium_Web-OFL.txt'], ['Lora/OFL.txt', 'Lora-OFL.txt'], ['Roboto_Mono/LICENSE.txt', 'Roboto_Mono-LICENSE.txt']]) {
    fs.copyFileSync(path.join(dist, 'fonts', from), path.join(out, 'fonts', to))
  }
  fs.writeFileSync(path.join(out, 'fonts.css'), rules.join('\n') + '\n')
}

function sprite() {
  const all = fs.readFileSync(path.join(dist, 'svg/sprites.svg'), 'utf8')
  const symbols = new Map([...all.matchAll(/<symbol\b[^>]*\bid="([^"]+)"[\s\S]*?<\/symbol>/g)].map((m) => [m[1], m[0]]))
  const missing = icons.filter((id) => !symbols.has(id))
  if (missing.length) console.warn('not in the package, left out:', missing.join(' '))
  const kept = icons.filter((id) => symbols.has(id)).map((id) => symbols.get(id))
  fs.writeFileSync(path.join(out, 'sprites.svg'), `<svg xmlns="http://www.w3.org/2000/svg">${kept.join('\n')}</svg>\n`)
  return kept.length
}

async function main() {
  typefaces()
  const icons = sprite()
  const bytes = await style()
  console.log(`bi.css ${bytes} bytes, ${icons} icons`)
}

main().catch((err) => { console.error(err); process.exit(1) })
