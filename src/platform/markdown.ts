// Markdown as people write it in news: paragraphs, lists, quotes, code, emphasis and links, as HTML.
// Promises that no character of the text becomes markup of its own (each is escaped), that links lead by http, https or
// mailto alone, and time that grows with the text. Must not know what the words are about.
import { Html, html, raw } from './html.ts'

/** Longer texts are cut off here. */
const most = 20_000
/** Quotes within quotes. */
const deepest = 4

/** The HTML of a text; headings are bold lines, pictures are links. */
export function markdown(text: string): Html {
  const lines = text.slice(0, most).replaceAll('\r\n', '\n').replaceAll('\r', '\n').split('\n')
  return joined(blocks(lines, 0))
}

/** The same as one line of plain text. */
export function plainMarkdown(text: string): string {
  return text
    .slice(0, most)
    .replaceAll(/^ {0,3}(?:#{1,6} |>|[-*+] |\d{1,9}[.)] |```.*$)/gm, '')
    .replaceAll(/!?\[([^\][]{0,500})\]\([^()\s]{0,2000}\)/g, '$1')
    .replaceAll(/[*_`]{1,3}/g, '')
    .replaceAll(/\s+/g, ' ')
    .trim()
}

const joined = (parts: readonly Html[]) => new Html(parts.map(({ text }) => text).join(''))

type Starts = (line: string) => boolean
const fence: Starts = (line) => /^ {0,3}```/.test(line)
const quoted: Starts = (line) => /^ {0,3}>/.test(line)
const heading: Starts = (line) => /^ {0,3}#{1,6} /.test(line)
const ruled: Starts = (line) => /^ {0,3}(?:-{3,}|\*{3,}|_{3,}) *$/.test(line)
const bullet = /^ {0,3}[-*+] +/
const number = /^ {0,3}\d{1,9}[.)] +/
const item: Starts = (line) => bullet.test(line) || number.test(line)
const blank: Starts = (line) => line.trim() === ''
const other: readonly Starts[] = [fence, quoted, heading, ruled, item, blank]

function blocks(lines: readonly string[], depth: number): Html[] {
  const made: Html[] = []
  for (let at = 0; at < lines.length;) {
    const line = lines[at] ?? ''
    const end = endOf(lines, at)
    const some = lines.slice(at, end)
    if (fence(line)) made.push(html`<pre tabindex="0"><code>${code(some)}</code></pre>`)
    else if (quoted(line) && depth < deepest)
      made.push(
        html`<blockquote>
          ${blocks(
            some.map((one) => one.replace(/^ {0,3}> ?/, '')),
            depth + 1,
          )}
        </blockquote>`,
      )
    else if (heading(line))
      made.push(html`<p><strong>${inline(line.replace(/^ *#+ +/, '').replace(/ +#+ *$/, ''))}</strong></p>`)
    else if (ruled(line)) made.push(raw('<hr>'))
    else if (item(line)) made.push(list(some))
    else if (!blank(line)) made.push(html`<p dir="auto">${broken(some)}</p>`)
    at = end
  }
  return made
}

/** Where the block that begins here ends. */
function endOf(lines: readonly string[], from: number): number {
  const first = lines[from] ?? ''
  const until = (stop: (line: string, at: number) => boolean) => {
    let at = from + 1
    while (at < lines.length && !stop(lines[at] ?? '', at)) at += 1
    return at
  }
  if (fence(first)) return Math.min(lines.length, until(fence) + 1)
  if (quoted(first)) return until((line) => !quoted(line))
  if (heading(first) || ruled(first) || blank(first)) return from + 1
  if (item(first)) return until((line) => blank(line) || (!item(line) && !/^ {2,}/.test(line)))
  return until((line) => other.some((starts) => starts(line)))
}

const code = (lines: readonly string[]) => lines.slice(1, fence(lines.at(-1) ?? '') ? -1 : undefined).join('\n')

function list(lines: readonly string[]): Html {
  const items: string[][] = []
  for (const line of lines) {
    if (item(line)) items.push([line.replace(bullet, '').replace(number, '')])
    else items.at(-1)?.push(line.trim())
  }
  const rows = items.map((one) => html`<li dir="auto">${broken(one)}</li>`)
  return number.test(lines[0] ?? '')
    ? html`<ol>
        ${rows}
      </ol>`
    : html`<ul>
        ${rows}
      </ul>`
}

/** Lines with breaks between them. */
const broken = (lines: readonly string[]) =>
  lines.map((line, index) => html`${index > 0 && raw('<br>')}${inline(line.trim())}`)

/** Each alternative begins with another sign and has a bound, so that nothing is looked through twice. */
const marks = new RegExp(
  [
    '`([^`\\n]{1,500})`',
    '\\*\\*([^*\\n]{1,500})\\*\\*',
    '\\*([^*\\s][^*\\n]{0,500})\\*',
    '(?<![\\p{L}\\p{N}])_([^_\\s][^_\\n]{0,500})_(?![\\p{L}\\p{N}])',
    '!?\\[([^\\]\\[\\n]{1,500})\\]\\(([^()\\s]{1,2000})\\)',
    '(https?://[^\\s<>()"\']{1,2000}[^\\s<>()"\'.,;:!?])',
  ].join('|'),
  'gu',
)

function inline(text: string): readonly (Html | string)[] {
  const parts: (Html | string)[] = []
  let from = 0
  for (const found of text.matchAll(marks)) {
    const [whole, code, strong, em, under, words, target, url] = found
    parts.push(text.slice(from, found.index))
    from = found.index + whole.length
    if (code !== undefined) parts.push(html`<code>${code}</code>`)
    else if (strong !== undefined) parts.push(html`<strong>${inline(strong)}</strong>`)
    else if (em !== undefined || under !== undefined) parts.push(html`<em>${inline(em ?? under ?? '')}</em>`)
    else if (words !== undefined && target !== undefined) parts.push(link(target, words) ?? whole)
    else if (url !== undefined) parts.push(link(url, url) ?? whole)
  }
  parts.push(text.slice(from))
  return parts
}

/** Null: it leads where nobody should be led. */
function link(target: string, words: string): Html | null {
  if (!URL.canParse(target)) return null
  const { protocol, href } = new URL(target)
  if (protocol !== 'http:' && protocol !== 'https:' && protocol !== 'mailto:') return null
  return html`<a href="${href}" rel="noopener noreferrer nofollow">${words}</a>`
}
