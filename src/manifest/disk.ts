// A manifest on disk: its bytes and those of the files that it refers to.
// Promises bounded reads of regular files and valid UTF-8. Must not know what the text means.
import { closeSync, constants, fstatSync, openSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { type ReadDocument, readDocument } from './document.ts'
import { mostCharacters, type ReadManifest, readManifest } from './file.ts'
import type { Manifest } from './read.ts'
import type { World } from './references.ts'
import { openLines } from './show.ts'
import type { Source, SourceFault } from './sources.ts'

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

const filesMost = 1_000

/**
 * Reads files and folders as one document. Of a folder all `.yaml` and `.yml` below it are taken, but no hidden ones
 * and no lists, which templates take their items from.
 */
export function loadDocument(manifest: Manifest, paths: readonly string[], env: World['env']): ReadDocument {
  const sources: Source[] = []
  const faults: SourceFault[] = []
  const refuse = (file: string, message: string) =>
    faults.push({ file, path: [], message, line: 1, column: 1, source: '' })
  const read = (name: string, inFolder: boolean) => {
    try {
      const text = decode(readBytes(name, mostCharacters))
      const folder = dirname(resolve(name))
      const world: World = { env, readFile: (file) => readTextFile(resolve(folder, file)) }
      if (text === null) refuse(name, notUtf8)
      else if (!inFolder || !isList(text)) sources.push({ name, text, world })
    } catch (error) {
      refuse(name, `cannot be read: ${(error as Error).message}`)
    }
  }
  for (const path of paths) {
    const found = isFolder(path) ? filesBelow(path) : null
    if (found === null) read(path, false)
    else if (found.length === 0) refuse(path, 'has no .yaml or .yml file below it')
    else if (found.length > filesMost) refuse(path, `has more than ${filesMost} files below it; join some`)
    else for (const file of found) read(file, true)
  }
  if (faults.length > 0) return { ok: false, faults, warnings: [] }
  return readDocument(manifest, sources)
}

export const isFolder = (path: string) => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true

const filesBelow = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.ya?ml$/.test(name) && !name.split('/').some((step) => step.startsWith('.')))
    .sort()
    .map((name) => join(folder, name))

/** The first thing that is neither blank nor a comment begins an item of a list. */
function isList(text: string): boolean {
  const lines = text.replace(/^\uFEFF/, '').split('\n')
  const first = lines.find((line) => !/^\s*(#|---|$)/.test(line)) ?? ''
  return /^\s*(-\s|\[)/.test(first)
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
