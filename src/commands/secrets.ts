// Secrets in specs: hidden as `***` wherever a spec is shown, and put back where a spec comes back with them hidden.
// Promises that what was shown can be sent back unchanged without losing a secret, and that no secret follows a changed
// URL or address to another server. Must not know any kind.
import type { Fault } from '#manifest/model.ts'

export const hidden = '***'

type Path = readonly (string | number)[]
/** Whether all text at and below a path is secret. */
export type IsSecret = (path: Path) => boolean

const secretName = new RegExp(
  '^(auth|authorization|proxy[-_]authorization|cookie|pass|passwd|passphrase)$' +
    '|password|secret|token|(api|private|access)[-_]?key',
  'i',
)

/** By the name of the setting or header, whatever the kind. */
export const byName: IsSecret = (path) => path.some((step) => typeof step === 'string' && secretName.test(step))

/** By the list of a kind: dotted paths below the kind's own key; `*` is any one step. */
export function byList(kind: string, list: readonly string[]): IsSecret {
  const listed = list.map((text) => [kind, ...text.split('.')])
  return (path) => listed.some((steps) => steps.every((step, at) => step === '*' || step === String(path[at])))
}

/** The spec as it may be shown: secrets, and passwords and query values of URLs, hidden. */
export function mask(spec: unknown, isSecret: IsSecret, path: Path = []): unknown {
  if (Array.isArray(spec)) return spec.map((item, index) => mask(item, isSecret, [...path, index]))
  if (isMapping(spec)) {
    return Object.fromEntries(
      Object.entries(spec).map(([name, value]) => [name, mask(value, isSecret, [...path, name])]),
    )
  }
  if (spec === null || spec === '' || typeof spec === 'boolean') return spec
  if (path.length > 0 && isSecret(path)) return hidden
  return typeof spec === 'string' ? maskUrl(spec) : spec
}

/** `https://user:password@host/?a=b` → `https://***@host/?a=***`, also within text; other text as it is. */
export function maskUrl(text: string): string {
  if (!text.includes('://')) return text
  const words = text.split(/(\s+)/).map((word) => (word.includes('://') ? maskQuery(word) : word))
  return words.join('').replaceAll(/(?<=[a-z0-9+.-]:\/\/)[^/?#\s]+@/gi, `${hidden}@`)
}

function maskQuery(url: string): string {
  const from = url.indexOf('?', url.indexOf('://')) + 1
  if (from === 0) return url
  const hash = url.indexOf('#', from)
  const to = hash < 0 ? url.length : hash
  const query = url
    .slice(from, to)
    .replaceAll(/([^&;=]+)(=?)([^&;]*)/g, (_, name: string, is: string, value: string) =>
      is === '' ? hidden : `${name}=${value === '' ? '' : hidden}`,
    )
  return url.slice(0, from) + query + url.slice(to)
}

/** Whether a URL in the text has a piece that `maskUrl` put there, or a password in that manner. */
const hasHidden = (text: string) => text.includes('://') && pieces.test(text)
const pieces = /:\/\/(?:[^@/?#\s]*:)?\*\*\*@|[?&;](?:[^?&;=#\s]*=)?\*\*\*(?=[&;#\s]|$)/

/**
 * What was sent, with each hidden secret put back from what is stored. Faults where nothing is stored to put back, or
 * where a setting beside it leads to another server than the secret was given for.
 */
export function unmask(
  sent: unknown,
  stored: unknown,
  isSecret: IsSecret,
): { spec: unknown; faults: readonly Fault[] } {
  const faults: Fault[] = []
  const kept: Path[] = []
  const walk = (value: unknown, old: unknown, path: Path): unknown => {
    if (Array.isArray(value)) {
      return value.map((item, index) => walk(item, Array.isArray(old) ? old[index] : undefined, [...path, index]))
    }
    if (isMapping(value)) {
      const before = isMapping(old) ? old : {}
      return Object.fromEntries(
        Object.entries(value).map(([name, one]) => [
          name,
          walk(one, Object.hasOwn(before, name) ? before[name] : undefined, [...path, name]),
        ]),
      )
    }
    if (typeof value !== 'string' || !value.includes(hidden)) return value
    if (old !== undefined && typeof old !== 'object' && mask(old, isSecret, path) === value) {
      kept.push(path)
      return old
    }
    if (value === hidden ? isSecret(path) : hasHidden(value)) {
      faults.push({ path, message: 'stands for a stored secret, but none is stored for this; write the secret itself' })
    }
    return value
  }
  const spec = walk(sent, stored, [])
  for (const path of kept) {
    const name = movedIn(ownValue(stored, path[0]), ownValue(spec, path[0]))
    if (name === null) continue
    faults.push({ path, message: `was given for another server than "${name}" leads to now; write it anew` })
  }
  return { spec, faults }
}

/**
 * The setting (a URL, or an address with a port) that leads to another server than before, its own or one of a list;
 * null: none. What stands in mappings below is what is expected there, and leads nowhere.
 */
function movedIn(before: unknown, now: unknown): string | null {
  if (!isMapping(before) || !isMapping(now)) return null
  const names = [...new Set([...Object.keys(before), ...Object.keys(now)])]
  return names.find((name) => isMoved(ownValue(before, name), ownValue(now, name))) ?? null
}

function isMoved(before: unknown, now: unknown): boolean {
  if (!Array.isArray(before) && !Array.isArray(now)) return serverOf(before) !== serverOf(now)
  const [old, fresh]: unknown[][] = [before, now].map((list) => (Array.isArray(list) ? list : []))
  const longer = Math.max(old?.length ?? 0, fresh?.length ?? 0)
  return Array.from({ length: longer }, (_, index) => [old?.[index], fresh?.[index]]).some(
    ([one, other]) => serverOf(one) !== serverOf(other) || movedIn(one ?? {}, other ?? {}) !== null,
  )
}

function serverOf(value: unknown): string | null {
  if (typeof value !== 'string') return null
  const url = URL.canParse(value) ? new URL(value) : null
  if (url !== null && url.host !== '') return `${url.protocol}//${url.host}`
  return /^\S+:\d{1,5}$/.test(value) ? value : null
}

const ownValue = (value: unknown, name: string | number | undefined): unknown =>
  isMapping(value) && name !== undefined && Object.hasOwn(value, name) ? value[name] : undefined

function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}
