// Whether a request without a token may be taken for one of an allowed network's own.
// Promises that what a page of another site makes a browser send is never taken for that. Must not know what it asks.
import type { IncomingMessage } from 'node:http'
import type { Gate } from './gate.ts'
import type { Requests } from './ports.ts'

/** It comes from an allowed network, and no page of another site made a browser in there send it. */
export const isFromHere = (request: IncomingMessage, gate: Gate, requests: Pick<Requests, 'clientOf'>): boolean =>
  gate.isOpen(requests.clientOf(request).address) && !fromAnotherSite(request)

/** A browser in an allowed network may be sent here by any page it shows; that page is not in the network. */
export function fromAnotherSite({ headers }: IncomingMessage): boolean {
  const site = headers['sec-fetch-site']
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return true
  const { origin } = headers
  return origin !== undefined && (!URL.canParse(origin) || new URL(origin).host !== headers.host)
}
