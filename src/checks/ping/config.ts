// The settings of the kind `ping`: whom, how many, how far apart, how large, and what is too much.
// Promises that what makes no sense is refused with the reason. Must not know how pings are sent.
import { isIP } from 'node:net'
import { z } from 'zod'
import { duration } from '#core/duration.ts'
import { clash, ipSetting } from '../address.ts'
import { latencySetting } from '../latency.ts'

const host = z
  .string({ error: 'expected a host name or an address, such as gw.example.test or 192.0.2.1' })
  .transform((text, context) => {
    const bare = text.trim().replace(/^\[(.*)\]$/, '$1')
    const wrong = complain(bare)
    if (wrong === null) return bare
    context.addIssue({ code: 'custom', message: wrong })
    return z.NEVER
  })
  .meta({
    title: 'Host',
    description: 'A host name, an IPv4 or an IPv6 address.',
    examples: ['gw.example.test', '192.0.2.1', '2001:db8::1'],
  })

function complain(text: string): string | null {
  if (isIP(text) !== 0) return null
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) return `${text} is a URL; write only the host, such as example.test`
  const withPort = /^(?:\[(.+)\]|([^:]+)):\d+$/.exec(text)
  if (withPort) return `a ping has no port; write only ${withPort[1] ?? withPort[2]}, or use tcp to look at the port`
  if (/^(?!-)[\p{L}\p{N}_.-]{1,253}$/u.test(text)) return null
  return `“${text.slice(0, 80)}” is neither a host name nor an address`
}

/** A share written with its sign, `20%`, as a number of percent. A bare number could mean a share of one as well. */
const percent = z.string({ error: 'expected a percentage with its sign, such as 20%' }).transform((text, context) => {
  const match = /^(\d+(?:\.\d+)?)\s*%$/.exec(text.trim())
  const value = Number(match?.[1])
  if (match && value > 0 && value <= 100) return value
  const message = match
    ? `${text} is out of range; allowed is more than 0% and up to 100%`
    : `"${text}" is not a percentage; write a number with a %, such as 20%`
  context.addIssue({ code: 'custom', message })
  return z.NEVER
})

export interface Thresholds {
  readonly degraded?: number | undefined
  readonly down?: number | undefined
}

const inOrder = ({ degraded, down }: Thresholds) =>
  typeof degraded !== 'number' || typeof down !== 'number' || degraded < down
const outOfOrder = { error: 'degraded must be less than down, or it would never apply', path: ['degraded'] }
const share = (title: string, description: string) =>
  percent.meta({ title, description, examples: ['20%'], pattern: String.raw`^\d+(\.\d+)?\s*%$` })
const time = (title: string, description: string) => duration({ min: 1, max: 600_000 }).meta({ title, description })

const loss = z
  .strictObject({
    degraded: share('Degraded from', 'So much loss, or more, is degraded.').optional(),
    down: share('Down from', 'So much loss, or more, is down.').prefault('100%'),
  })
  .refine(inOrder, outOfOrder)
  .prefault({})
  .meta({ title: 'Loss', description: 'How many unanswered pings are too many, as a percentage.' })

const jitter = z
  .strictObject({
    degraded: time('Degraded above', 'Times that vary by more are degraded.').optional(),
    down: time('Down above', 'Times that vary by more are down.').optional(),
  })
  .refine(inOrder, outOfOrder)
  .meta({ title: 'Jitter', description: 'How much the time may differ from one ping to the next, on average.' })

export const config = z
  .strictObject({
    host,
    ip: ipSetting.meta({
      title: 'IP version',
      description: 'Which version of IP is used: 4, 6, or any, which is the first that this machine has a route for.',
    }),
    count: z.int().min(1).max(100).default(3).meta({ title: 'Count', description: 'How many pings are sent.' }),
    every: duration({ min: 10, max: 60_000 }).prefault('200ms').meta({
      title: 'Every',
      description: 'The time from one ping to the next; shortened where the timeout needs it.',
    }),
    size: z
      .int()
      .min(8)
      .max(65_000)
      .default(56)
      .meta({ title: 'Size', description: 'Bytes of data in each ping; 1472 just fit an Ethernet frame over IPv4.' }),
    loss,
    latency: latencySetting
      .meta({ title: 'Latency', description: 'How slow is too slow, on the average of the pings.' })
      .optional(),
    jitter: jitter.optional(),
  })
  .transform((settings, context) => {
    const wrong = clash(settings.host, settings.ip)
    if (wrong !== null) context.addIssue({ code: 'custom', message: wrong, path: ['ip'] })
    if (settings.jitter !== undefined && settings.count === 1)
      context.addIssue({
        code: 'custom',
        message: 'needs a count of 2 or more: one ping varies from none',
        path: ['jitter'],
      })
    return settings
  })

export type PingConfig = z.output<typeof config>
