// Times as Cachet writes and reads them: without a zone, in that of the page or of the request's Time-Zone header.
// Promises that what was written is read as the same moment. Pure.

/** Whether it names a time zone. */
export function isZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}

const formats = new Map<string, Intl.DateTimeFormat>()
const formatsMost = 500

function formatOf(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone)
  if (known) return known
  const fields = { year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit' } as const
  const made = new Intl.DateTimeFormat('sv-SE', { ...fields, second: '2-digit', hourCycle: 'h23', timeZone: zone })
  if (formats.size >= formatsMost) formats.clear()
  formats.set(zone, made)
  return made
}

/** `2026-11-21 14:05:00` */
export const stamp = (at: number, zone: string): string => formatOf(zone).format(at).replace(',', '')

/** The moment of a time of that zone's wall clocks. */
function momentOf(wall: number, zone: string): number {
  const offset = (at: number) => Date.parse(`${stamp(at, zone).replace(' ', 'T')}Z`) - Math.floor(at / 1_000) * 1_000
  const first = wall - offset(wall)
  return wall - offset(first)
}

const clock = String.raw`(?<h>\d{1,2}):(?<i>\d{2})(?::(?<s>\d{2})(?:\.\d{1,9})?)?`
const forms: readonly RegExp[] = [
  new RegExp(String.raw`^(?<y>\d{4})-(?<m>\d{1,2})-(?<d>\d{1,2})(?:[ T]${clock}(?<z>Z|[+-]\d{2}:?\d{2})?)?$`),
  new RegExp(String.raw`^(?<d>\d{1,2})/(?<m>\d{1,2})/(?<y>\d{4})(?: ${clock})?$`),
]

/** Epoch ms of `2026-11-21 14:05`, `21/11/2026 14:05`, RFC 3339 or unix seconds; null for what is none. */
export function readTime(text: string, zone: string): number | null {
  if (/^\d{9,11}$/.test(text)) return Number(text) * 1_000
  for (const form of forms) {
    const found = form.exec(text.trim())?.groups
    if (!found) continue
    const { y, m = '', d = '', h = '0', i = '0', s = '0', z } = found
    const two = (part: string) => part.padStart(2, '0')
    const wall = Date.parse(`${y}-${two(m)}-${two(d)}T${two(h)}:${two(i)}:${two(s)}Z`)
    if (Number.isNaN(wall)) return null
    if (z !== undefined)
      return Date.parse(
        `${y}-${two(m)}-${two(d)}T${two(h)}:${two(i)}:${two(s)}${z === 'Z' ? 'Z' : z.replace(/^(...):?/, '$1:')}`,
      )
    return momentOf(wall, zone)
  }
  return null
}

const units = [
  ['year', 31_536_000_000],
  ['month', 2_592_000_000],
  ['week', 604_800_000],
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1_000],
] as const

/** `34 minutes ago` */
export function ago(at: number, now: number): string {
  const away = Math.abs(now - at)
  const [unit, ms] = units.find(([, least]) => away >= least) ?? ['second', 1_000]
  const count = Math.floor(away / ms)
  return `${count} ${unit}${count === 1 ? '' : 's'} ${at > now ? 'from now' : 'ago'}`
}
