// Templates of incidents: `{{ name }}` and `{{ incident.name }}` become what they stand for, and nothing else happens.
// Promises no logic at all, so that no template runs, loops or reads what it was not given; bounded in size. Pure.

const longest = 20_000
const place = /\{\{\s*([A-Za-z_]\w{0,60}(?:\.[A-Za-z_]\w{0,60}){0,3})\s*(?:\|\s*(?:e|escape)\s*)?\}\}/g

/** The text with its places filled in; what is not known is left out. */
export function filledIn(template: string, values: Readonly<Record<string, unknown>>): string {
  let length = 0
  return template.slice(0, longest).replaceAll(place, (_, path: string) => {
    const text = say(path.split('.').reduce<unknown>(within, values)).slice(0, Math.max(0, longest - length))
    length += text.length
    return text
  })
}

function within(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Readonly<Record<string, unknown>>)[name]
    : undefined
}

const say = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : ''
