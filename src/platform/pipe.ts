// A pipe of the system: what Node itself makes for a child is a socket, which programs can tell from a pipe.
// Promises null where there can be none, and a write end that nobody but the child sees.
// Must not know what flows in it.
import { closeSync, write } from 'node:fs'
import { Socket } from 'node:net'
import type { Clock } from './clock.ts'

export interface Pipe {
  readonly reader: Socket
  /** The descriptor for the child. */
  readonly writer: number
  /** After the child has it. */
  closeWriter(): void
}

const closeOnExec = 0o2000000

/** Linux; elsewhere, and where the library cannot be loaded, null. */
export async function openPipe(): Promise<Pipe | null> {
  if (process.platform !== 'linux') return null
  const koffi = await import('koffi').catch(() => null)
  if (koffi === null) return null
  const pipe = koffi.load(null).func('int pipe2(int *, int)') as (ends: Int32Array, flags: number) => number
  const ends = new Int32Array(2)
  if (pipe(ends, closeOnExec) !== 0) return null
  const [read = -1, writer = -1] = ends
  return {
    reader: new Socket({ fd: read, readable: true, writable: false }),
    writer,
    closeWriter: () => closeSync(writer),
  }
}

const againMs = 5

/**
 * Writes to a descriptor that others hold as well: never made to answer at once, as Node's own stdout would make it.
 * Resolves when all of it is written; rejects when nobody reads.
 */
export async function writeAll(descriptor: number, bytes: Uint8Array, clock: Clock): Promise<void> {
  for (let at = 0; at < bytes.length;) {
    const written = await new Promise<number>((resolve, reject) => {
      write(descriptor, bytes, at, bytes.length - at, null, (error, count) => {
        if (error === null) resolve(count)
        else if (error.code === 'EAGAIN') clock.after(againMs, () => resolve(0))
        else reject(error)
      })
    })
    at += written
  }
}
