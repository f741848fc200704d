// How many datagrams the system itself has thrown away since a port was opened, its buffer being full.
// Promises null where the system does not tell. Linux. Must not know what datagrams hold.
import { readFileSync } from 'node:fs'

/** Of all sockets that are bound to this port now. */
export function droppedBySystem({ port, family }: { readonly port: number; readonly family: string }): number | null {
  const wanted = `:${port.toString(16).toUpperCase().padStart(4, '0')}`
  try {
    const table = readFileSync(family === 'IPv6' ? '/proc/net/udp6' : '/proc/net/udp', 'utf8')
    const rows = table.split('\n').map((line) => line.trim().split(/\s+/))
    const own = rows.filter(([, local]) => local?.endsWith(wanted) === true)
    // The last column, which is called drops.
    return own.length === 0 ? null : own.reduce((sum, row) => sum + Number(row.at(-1)), 0)
  } catch {
    return null
  }
}
