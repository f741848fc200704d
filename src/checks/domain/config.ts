// The settings of a domain check. Form, validation, manual and manifest schema follow from here.
// Promises that what makes no sense together is refused with the reason. Must not know how a registry is asked.
import { isIP } from 'node:net'
import { domainToASCII } from 'node:url'
import { z } from 'zod'
import { clash, ipSetting } from '../address.ts'

/** Statuses that a registry gives a domain, as EPP writes them (RFC 5731, 3915, 8056). */
const statuses = [
  'inactive',
  'clientHold',
  'serverHold',
  'redemptionPeriod',
  'pendingCreate',
  'pendingDelete',
  'pendingRenew',
  'pendingRestore',
  'pendingTransfer',
  'pendingUpdate',
  'addPeriod',
  'autoRenewPeriod',
  'renewPeriod',
  'transferPeriod',
  'clientDeleteProhibited',
  'clientRenewProhibited',
  'clientTransferProhibited',
  'clientUpdateProhibited',
  'serverDeleteProhibited',
  'serverRenewProhibited',
  'serverTransferProhibited',
  'serverUpdateProhibited',
] as const
export type DomainStatus = (typeof statuses)[number]

const label = /^(?!-)[a-z0-9-]{1,63}(?<!-)$/
const nameMost = 253

const name = z
  .string({ error: 'expected a domain such as example.com' })
  .transform((text, context) => {
    const bare = text.trim().replace(/\.$/, '')
    const wrong = faultOf(bare)
    if (wrong === null) return { said: bare, ascii: domainToASCII(bare).toLowerCase() }
    context.addIssue({ code: 'custom', message: wrong })
    return z.NEVER
  })
  .meta({
    title: 'Domain',
    description: 'The domain as it is registered, without a host before it; letters of any script.',
    examples: ['example.com', 'bücher.example'],
  })

function faultOf(text: string): string | null {
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) {
    const host = URL.canParse(text) ? new URL(text).hostname : 'example.com'
    return `${text.slice(0, 80)} is a URL; write only the domain, such as ${host}`
  }
  if (isIP(text.replace(/^\[(.*)\]$/, '$1')) !== 0) return `${text} is an address; only names are registered as domains`
  const ascii = /[\s:/@_]/.test(text) ? '' : domainToASCII(text)
  const isName = ascii !== '' && ascii.length <= nameMost && ascii.split('.').every((one) => label.test(one))
  if (!isName) return `“${text.slice(0, 80)}” is not a domain such as example.com`
  return ascii.includes('.') ? null : `${text} is a whole top-level domain; write one below it, such as example.${text}`
}

const server = z
  .string({ error: 'expected the URL of an RDAP server, such as https://rdap.example.net/' })
  .max(2_000)
  .transform((text, context) => {
    const url = URL.canParse(text) ? new URL(text) : null
    const wrong =
      url === null || !/^https?:$/.test(url.protocol)
        ? `${text.slice(0, 80)} is not a URL with https or http, such as https://rdap.example.net/`
        : url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== ''
          ? 'only the base URL stands here: no credentials, no ? and no #'
          : null
    if (wrong === null && url !== null) return url.href
    context.addIssue({ code: 'custom', message: wrong ?? 'is not valid' })
    return z.NEVER
  })
  .meta({
    title: 'Server',
    description:
      'Base URL of the registry’s RDAP server; left out: the one that IANA lists for the top-level domain. ' +
      'For registries of one’s own, and those that IANA does not list.',
  })

const days = z.int({ error: 'expected a whole number of days' }).min(0).max(3_650)
const daysLeft = z
  .union(
    [
      z
        .strictObject({
          degraded: days.default(30).meta({ title: 'Degraded below', description: 'Fewer days left is degraded.' }),
          down: days.default(7).meta({ title: 'Down below', description: 'Fewer days left is down.' }),
        })
        .refine(({ degraded, down }) => degraded >= down, {
          error: 'degraded must not be fewer days than down (7 unless set), or it would never apply',
          path: ['degraded'],
        }),
      z.literal(false),
    ],
    { error: 'expected { degraded, down } in days, or false where the registry tells no expiry' },
  )
  .prefault({})
  .meta({
    title: 'Days left',
    description: 'How many days it must still be registered; false where the registry tells no expiry.',
  })

const someStatuses = z.array(z.enum(statuses).meta({ title: 'statuses of EPP, such as clientHold' }))
const status = z
  .strictObject({
    down: someStatuses
      .default(['inactive', 'clientHold', 'serverHold', 'redemptionPeriod', 'pendingDelete'])
      .meta({ title: 'Down', description: 'Statuses that make it down: with these the domain does not work.' }),
    degraded: someStatuses
      .default(['pendingTransfer', 'pendingRestore'])
      .meta({ title: 'Degraded', description: 'Statuses that make it degraded: somebody should look.' }),
    needed: someStatuses.default([]).meta({
      title: 'Needed',
      description: 'Statuses without which it is degraded, such as clientTransferProhibited, the lock against theft.',
    }),
  })
  .prefault({})
  .meta({ title: 'Status', description: 'What the registry’s status of the domain means, as EPP writes it.' })

export const domainConfig = z
  .strictObject({ name, server: server.optional(), ip: ipSetting, days_left: daysLeft, status })
  .transform((settings, context) => {
    const { down, degraded, needed } = settings.status
    const fault = (message: string, ...path: string[]) => context.addIssue({ code: 'custom', message, path })
    const twice = degraded.find((one) => down.includes(one))
    if (twice) fault(`${twice} is down already; leave it out in one of them`, 'status', 'degraded')
    const both = needed.find((one) => down.includes(one) || degraded.includes(one))
    if (both) fault(`${both} cannot be needed and be trouble`, 'status', 'needed')
    const wrong = settings.server === undefined ? null : clash(new URL(settings.server).hostname, settings.ip)
    if (wrong !== null) fault(wrong, 'ip')
    return settings
  })

export type DomainConfig = z.output<typeof domainConfig>
