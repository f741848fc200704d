// Whether the name under which a request came is one of this server's. A web page whose name its owner lets point to
// an address in here (DNS rebinding) reaches us through the browser of somebody in here; only the name gives it away.
// Promises that names which nobody outside can own pass unconfigured. Must not know what is allowed to whom.
import { plainAddress } from './client-address.ts'

/** Endings that no public registry gives out: RFC 6761, 6762, 8375, ICANN's `.internal`, and what sites use inside. */
const insideEndings =
  /\.(localhost|local|internal|lan|home\.arpa|localdomain|intranet|corp|home|private|test|invalid|svc|consul)$/

/** For one who need not be bothered with names: `networks.hosts: [any]`. */
export const anyHost = 'any'
/** Names of which the judgement is remembered; browsers and scripts use few. */
const remembered = 1_000

/** `names`: further names, in small letters. Another list than before is looked at anew. */
export function openOwnHosts(names: () => readonly string[]): (host: string | undefined) => boolean {
  let known: readonly string[] = []
  let judged = new Map<string, boolean>()
  return (host) => {
    // Browsers always send one.
    if (host === undefined) return true
    if (names() !== known || judged.size >= remembered) [known, judged] = [names(), new Map()]
    const before = judged.get(host)
    if (before !== undefined) return before
    const own = isOwn(host, known)
    judged.set(host, own)
    return own
  }
}

function isOwn(host: string, known: readonly string[]): boolean {
  if (known.includes(anyHost) || plainAddress(host) !== null) return true
  const name = host
    .toLowerCase()
    .replace(/:\d{1,5}$/, '')
    .replace(/\.$/, '')
  return !name.includes('.') || insideEndings.test(name) || known.includes(name)
}
