// Reading a request's JSON body within bounds.
// Promises that a body too large is refused without being kept, and nesting too deep before anything walks it.
import { Problem } from './problem.ts'

/** An API body may be so large, bytes, unless its route says otherwise. */
export const bodyMost = 1_000_000
/** What is too large is read to here and dropped: most clients look for the answer only when they have sent it all. */
const droppedMost = 64_000_000
const depthMost = 64

/** The parsed JSON of a request; throws a Problem. `optional`: without a body it is undefined. */
export async function readJson(request: Request, most = bodyMost, optional = false): Promise<unknown> {
  const text = await readText(request, most)
  if (optional && text.trim() === '') return undefined
  if (text.trim() === '') throw new Problem('bad-json', 'The body is empty; send a JSON object.')
  if (depth(text) > depthMost) {
    throw new Problem('bad-json', `The body is nested more than ${depthMost} levels deep.`)
  }
  try {
    return JSON.parse(text) as unknown
  } catch (error) {
    throw new Problem('bad-json', `The body is not JSON: ${(error as Error).message}.`)
  }
}

async function readText(request: Request, most: number): Promise<string> {
  const declared = Number(request.headers.get('content-length') ?? 0)
  if (declared > droppedMost) throw tooLarge(most)
  const bytes = await readBytes(request, most)
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new Problem('bad-json', 'The body is not UTF-8 text.')
  }
}

async function readBytes(request: Request, most: number): Promise<Uint8Array> {
  let chunks: Uint8Array[] = []
  let size = 0
  try {
    for await (const chunk of request.body ?? []) {
      size += chunk.byteLength
      if (size > droppedMost) throw tooLarge(most)
      if (size > most) chunks = []
      else chunks.push(chunk)
    }
    if (size > most) throw tooLarge(most)
  } catch (error) {
    throw error instanceof Problem ? error : new Problem('bad-request', 'The body did not arrive as a whole.')
  }
  return Buffer.concat(chunks)
}

const tooLarge = (most: number) =>
  new Problem('too-large', `The body is larger than ${most / 1000} kB, which is the most taken here.`)

/** How deep brackets outside of strings nest. */
function depth(text: string): number {
  let [now, most, inString] = [0, 0, false]
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    if (inString) {
      if (code === 92) at += 1
      else if (code === 34) inString = false
    } else if (code === 34) inString = true
    else if (code === 91 || code === 123) most = Math.max(most, (now += 1))
    else if (code === 93 || code === 125) now -= 1
  }
  return most
}
