// Values as YAML, as one would write them into the configuration file. Pure.
// Promises text that reads back as the same value, whatever the strings hold.

const plain = /^[A-Za-z_/][\w ./@+-]*$/
/** Such as 30s, which no reader takes for a number. */
const duration = /^\d+(?:ms|s|m|h|d|w)$/
const looksLikeElse = /^(?:true|false|null|yes|no|on|off|y|n|~|[-+.\d].*)$/i

function scalar(value: unknown): string {
  if (typeof value !== 'string') return JSON.stringify(value ?? null)
  if (duration.test(value)) return value
  return plain.test(value) && !looksLikeElse.test(value) && !value.endsWith(' ') ? value : quoted(value)
}

/** JSON's strings are YAML's, but for signs that YAML wants escaped and JSON does not. */
const quoted = (text: string): string =>
  JSON.stringify(text).replaceAll(
    /[\u007f-\u009f\u2028\u2029\ufeff\ud800-\udfff]/gu,
    (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )

const isMap = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The lines of a value below a key, or beside a dash. */
function lines(value: unknown): string[] {
  if (Array.isArray(value)) return value.length === 0 ? ['[]'] : value.flatMap((one) => hang('- ', lines(one)))
  if (!isMap(value)) return typeof value === 'string' && value.includes('\n') ? block(value) : [scalar(value)]
  const entries = Object.entries(value)
  return entries.length === 0 ? ['{}'] : entries.flatMap(([name, one]) => entry(scalar(name), one))
}

function entry(name: string, value: unknown): string[] {
  const below = lines(value)
  const nested = (isMap(value) && Object.keys(value).length > 0) || (Array.isArray(value) && value.length > 0)
  if (nested) return [`${name}:`, ...below.map((line) => `  ${line}`)]
  const [first = '', ...rest] = below
  return [`${name}: ${first}`, ...rest.map((line) => (line === '' ? line : `  ${line}`))]
}

const hang = (mark: string, [first = '', ...rest]: string[]): string[] => [
  `${mark}${first}`,
  ...rest.map((line) => (line === '' ? line : `  ${line}`)),
]

/** A text of several lines as a block, where YAML can tell its end and its first blanks. */
function block(text: string): string[] {
  const body = text.replace(/\n$/, '')
  // oxlint-disable-next-line no-control-regex -- what stands in a block as it is must be printable
  if (/^\s|\n$|[^\P{C}\n]|[ \t]$/mu.test(body) || body === '') return [quoted(text)]
  return [text.endsWith('\n') ? '|' : '|-', ...body.split('\n')]
}

export const toYaml = (value: unknown): string => `${lines(value).join('\n')}\n`
