// Links in messages by which whoever reads one takes the trouble on, or puts it off, without signing in.
// Promises that what a link allows cannot be changed, that it is for one outage, and that nothing of it is stored.
// Must not know how a link is shown, nor whether its outage still runs.
import { createHmac, timingSafeEqual } from 'node:crypto'

export const deeds = ['acknowledge', 'snooze'] as const
export type DeedName = (typeof deeds)[number]

/** What a link allows. */
export interface DeedClaim {
  readonly deed: DeedName
  /** The monitor's number. */
  readonly monitor: number
  /** The outage: `seq` of its first event, and when it began, since a number may come again after a power cut. */
  readonly outage: number
  readonly outageAt: number
  /** To whom it was sent. */
  readonly channel: string
  /** Epoch ms. */
  readonly expiresAt: number
}

export interface DeedLinks {
  /** The last part of the link's address. */
  make(claim: DeedClaim): string
  /** Null: not made here, or changed since. Whether it has expired is for the caller to see. */
  read(token: string): DeedClaim | null
}

const version = '1'
const longest = 400
const form = /^1\.([as])\.([0-9a-z]{1,11})\.([0-9a-z]{1,11})\.([0-9a-z]{1,11})\.([0-9a-z]{1,11})\.([\w.-]{1,128})$/

/** `keys`: the newest first; it signs, and all are believed. */
export function openDeedLinks(keys: readonly Uint8Array[]): DeedLinks {
  const macs = (text: string) => keys.map((key) => createHmac('sha256', key).update(text).digest())
  return {
    make({ deed, monitor, outage, outageAt, channel, expiresAt }) {
      const numbers = [monitor, outage, Math.round(outageAt), Math.round(expiresAt)].map((one) => one.toString(36))
      const text = [version, deed.charAt(0), ...numbers, channel].join('.')
      return `${text}.${macs(text)[0]?.toString('base64url') ?? ''}`
    },
    read(token) {
      const dot = token.lastIndexOf('.')
      if (token.length > longest || dot < 0) return null
      const text = token.slice(0, dot)
      const given = Buffer.from(token.slice(dot + 1), 'base64url')
      // All are compared, so that the time tells nothing.
      const genuine = macs(text).map((mac) => mac.length === given.length && timingSafeEqual(mac, given))
      const fields = genuine.includes(true) ? form.exec(text) : null
      return fields === null ? null : claimOf(fields)
    },
  }
}

function claimOf(fields: RegExpExecArray): DeedClaim {
  const number = (index: number) => Number.parseInt(fields[index] ?? '', 36)
  return {
    deed: fields[1] === 'a' ? 'acknowledge' : 'snooze',
    monitor: number(2),
    outage: number(3),
    outageAt: number(4),
    expiresAt: number(5),
    channel: fields[6] ?? '',
  }
}
