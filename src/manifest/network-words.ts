// Networks as people write them: addresses, CIDR, and words that stand for several.
// Promises a fault that says what would be right. Must not know what a network is for.
import type { z } from 'zod'
import { suggest } from '#core/suggest.ts'
import { parseNetworks } from '#platform/networks.ts'
import { quote } from './faults.ts'

export const networkWords = ['loopback', 'private', 'any', 'metadata']

/** Adds what is wrong with text that should be a network or one of the words. */
export function checkNetwork(text: string, context: z.RefinementCtx): void {
  if (networkWords.includes(text)) return
  try {
    parseNetworks([text])
  } catch {
    const near = suggest(text, networkWords)
    const hint =
      near === null
        ? '; write an address, a network such as 10.0.0.0/8, or loopback, private, any'
        : `; did you mean ${quote(near)}?`
    context.addIssue({ code: 'custom', message: `${quote(text)} is not a network${hint}` })
  }
}
