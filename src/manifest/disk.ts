// A manifest on disk: its bytes and those of the files that it refers to.
// Promises bounded reads of regular files and valid UTF-8. Must not know what the text means.
import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { mostCharacters, type ReadManifest, readManifest } from './file.ts'
import type { Manifest } from './read.ts'
import type { World } from './references.ts'
import { openLines } from './show.ts'

/** Reads and checks the manifest at `path`; a file that cannot be read is a fault like any other. */
export function loadManifest(manifest: Manifest, path: string, env: World['env']): ReadManifest {
  const folder = dirname(resolve(path))
  try {
    const bytes = readBytes(path, mostCharacters)
    const text = decode(bytes)
    if (text === null) return refused(notUtf8, new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes))
    return readManifest(manifest, text, { env, readFile: (name) => readTextFile(resolve(folder, name)) })
  } catch (error) {
    return refused(`cannot be read: ${(error as Error).message}`, '')
  }
}

const notUtf8 = 'it is not text in UTF-8; save it in that encoding'

/** The place is that of the first character that could not be decoded, or the beginning. */
function refused(message: string, text: string): ReadManifest {
  const place = openLines(text)(Math.max(0, text.indexOf('\uFFFD')))
  return { ok: false, faults: [{ path: [], message, ...place }], warnings: [] }
}

/** Null: not UTF-8. */
function decode(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return null
  }
}

/** The text of a file as `${file:path}` puts it in; throws an Error whose message says why it cannot be read. */
export function readTextFile(path: string): string {
  const text = decode(readBytes(path, 1_000_000))
  if (text === null) throw new Error(notUtf8)
  return text
}

const words: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EACCES: 'this user may not read it',
  ENOTDIR: 'a part of its path is not a folder',
}

/** The bytes of a regular file of at most `most` bytes; throws an Error whose message says why not. */
function readBytes(path: string, most: number): Uint8Array {
  let file: number | null = null
  try {
    // Without waiting: opening a pipe that nobody writes to would block for ever.
    file = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
    const stat = fstatSync(file)
    if (!stat.isFile()) throw new Error('it is not a regular file')
    if (stat.size > most) throw new Error(`it is larger than ${Math.floor(most / 1_000_000)} MB`)
    return readFileSync(file)
  } catch (error) {
    const known = words[(error as NodeJS.ErrnoException).code ?? '']
    throw new Error(known ?? (error as Error).message, { cause: error })
  } finally {
    if (file !== null) closeSync(file)
  }
}
