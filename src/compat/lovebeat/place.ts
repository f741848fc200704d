// What a request's address means to lovebeat: services, views, alarms, their status, the version.
// Promises that nothing but a name comes out as one, however the path was spelt. Pure.
import { isKeyText, type Named, namedBy } from '#core/key.ts'

export type Place =
  /** `bare`: with a slash at its end, which the older generation answered in its own form. */
  | { readonly at: 'services'; readonly bare: boolean }
  | { readonly at: 'service' | 'mute' | 'unmute' | 'view' | 'alarm' | 'alarm-status'; readonly named: Named }
  | { readonly at: 'views' | 'alarms' | 'version' }
  /** `warnings`: the older generation's six lines, which tell of them. */
  | { readonly at: 'status'; readonly warnings: boolean }
  | { readonly at: 'moved'; readonly to: string }
  | { readonly at: 'nowhere' }

/** One of ours begins so; everything else is left to others. */
const ours = /^\/+(?:api\/+(?:services|views|alarms|status)|status|version)(?=[/?]|$)/

/** Reads a request's URL; null: it is none of lovebeat's. */
export function placeOf(url: string): Place | null {
  if (!ours.test(url)) return null
  const mark = url.indexOf('?')
  const path = mark < 0 ? url : url.slice(0, mark)
  if (path.includes('//')) return { at: 'moved', to: path.replaceAll(/\/{2,}/g, '/') + url.slice(path.length) }
  const known = fixed.get(path)
  if (known !== undefined) return known
  const [, , list, text = '', verb, ...more] = path.split('/')
  const named = text === '' || more.length > 0 ? null : nameIn(text)
  const at = named === null ? null : meaning(list, verb)
  return named === null || at === null ? { at: 'nowhere' } : { at, named }
}

const fixed: ReadonlyMap<string, Place> = new Map<string, Place>([
  ['/api/services', { at: 'services', bare: false }],
  ['/api/services/', { at: 'services', bare: true }],
  ['/api/views', { at: 'views' }],
  ['/api/views/', { at: 'views' }],
  ['/api/alarms', { at: 'alarms' }],
  ['/api/alarms/', { at: 'alarms' }],
  ['/api/status', { at: 'status', warnings: false }],
  ['/status', { at: 'status', warnings: true }],
  ['/version', { at: 'version' }],
])

function meaning(list: string | undefined, verb: string | undefined) {
  if (list === 'services') {
    if (verb === undefined) return 'service'
    return verb === 'mute' || verb === 'unmute' ? verb : null
  }
  if (list === 'views') return verb === undefined ? 'view' : null
  if (list === 'alarms') return verb === undefined ? 'alarm' : verb === 'status' ? 'alarm-status' : null
  return null
}

/** What a part of a path, or a parameter, names; null: nothing. */
function nameIn(text: string): Named | null {
  if (isKeyText(text)) return { key: text, name: text }
  const bytes = Buffer.from(text, 'latin1')
  let length = 0
  for (let index = 0; index < bytes.length; index += 1) {
    let byte = bytes[index] as number
    if (byte === percent) {
      const hex = text.slice(index + 1, index + 3)
      if (!/^[0-9a-fA-F]{2}$/.test(hex)) return null
      byte = Number.parseInt(hex, 16)
      index += 2
    }
    bytes[length] = byte
    length += 1
  }
  return namedBy(bytes, 0, length)
}

const percent = 0x25

/** What a text names, such as the value of a parameter; null: nothing. */
export function namedIn(text: string): Named | null {
  const bytes = Buffer.from(text)
  return namedBy(bytes, 0, bytes.length)
}
