// The name server of the small service, which knows where its web shop is.
// Promises to be gone with the scene. Must not know who asks.
import { a, openDns, reply } from '#test/dns-server.ts'
import type { Owner } from '#test/program/program.ts'

export const shopName = 'shop.example.test'
export const shopAddress = '192.0.2.1'
/** Where somebody else sits. */
export const wrongAddress = '203.0.113.66'

export interface Names {
  readonly port: number
  break(): void
  mend(): void
}

/** Says where the shop is; while it is broken, a wrong place. It knows nothing else. */
export async function openNames(owner: Owner): Promise<Names> {
  let address = shopAddress
  const { port } = await openDns(owner, (asked) =>
    reply(asked, asked.name === shopName ? { answers: [a(shopName, address)] } : { rcode: 3 }),
  )
  return {
    port,
    break: () => void (address = wrongAddress),
    mend: () => void (address = shopAddress),
  }
}
