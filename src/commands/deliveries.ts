// Sending a message now: one that was given up or has arrived before, or one that waits for its time.
// Promises the same idempotency key, so that who got it already can tell. Must not send anything itself.
import type { Delivery } from '#store/store.ts'
import type { CommandParts } from './ports.ts'
import { Refused } from './refused.ts'

/** Puts a finished delivery back into the queue, due now; one that waits is tried now, after those before it. */
export async function resendDelivery(parts: CommandParts, id: number): Promise<Delivery> {
  const sent = await parts.store.deliveries.resend(id, parts.clock.now())
  const delivery = await parts.store.deliveries.get(id)
  if (delivery === null) throw new Refused({ kind: 'missing', what: 'delivery', key: String(id) })
  if (!sent) {
    throw new Refused({ kind: 'impossible', why: `The delivery ${id} is being sent at this moment.` })
  }
  parts.engine.nudgeDeliveries()
  const at = parts.clock.now()
  await parts.store.audit.record({ at, action: 'sent_again', type: 'delivery', subject: String(id), changes: [] })
  return delivery
}
