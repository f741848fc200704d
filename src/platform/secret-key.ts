// Where the master key comes from: the environment, a file that the settings name, or one made in the data folder.
// Promises that a key file is read by its owner alone, is written whole or not at all, and never made where secrets
// were sealed with another. Must not know what is sealed.
import { existsSync, fsyncSync, openSync, closeSync, readFileSync, renameSync, statSync, writeSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { makeFolder } from './folder-lock.ts'
import { type MasterKey, newKey, parseKey, writeKey } from './seal.ts'
import type { Settings } from './settings.ts'

export interface Keys {
  /** The newest first. */
  readonly keys: readonly MasterKey[]
  /** For people: where they come from. */
  readonly source: string
  /** The file that we made ourselves and may write; null: somebody else keeps the keys. */
  readonly own: string | null
}

const fileName = 'secret.key'
const largest = 10_000

type KeySettings = Pick<Settings, 'secretKey' | 'secretKeyFile' | 'data'>

/** The keys of the settings; null: there are none yet. Throws an Error that says what is wrong with them. */
export function readKeys(settings: KeySettings): Keys | null {
  if (settings.secretKey !== null)
    return { keys: parseKeys(settings.secretKey, 'ALLSWELL_SECRET_KEY'), source: 'ALLSWELL_SECRET_KEY', own: null }
  const own = settings.secretKeyFile === null ? join(resolve(settings.data), fileName) : null
  const path = own ?? resolve(settings.secretKeyFile ?? '')
  if (own !== null && !existsSync(own)) return null
  return { keys: parseKeys(readSmall(path), path), source: path, own }
}

/** Makes a key in the data folder. */
export function makeKey(settings: KeySettings): Keys {
  const folder = resolve(settings.data)
  // Nobody has made it yet where the database lies elsewhere.
  makeFolder(folder)
  const own = join(folder, fileName)
  const keys = [newKey()]
  writeKeys(own, keys)
  return { keys, source: own, own }
}

/** Replaces the file as a whole, readable for this user alone. */
export function writeKeys(path: string, keys: readonly MasterKey[]): void {
  const beside = `${path}.new`
  const file = openSync(beside, 'w', 0o600)
  try {
    writeSync(file, `${keys.map(writeKey).join('\n')}\n`)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
  renameSync(beside, path)
}

function readSmall(path: string): string {
  try {
    const { size, mode } = statSync(path)
    if (size > largest) throw new Error('it is too large for a key')
    if ((mode & 0o077) !== 0 && process.platform !== 'win32')
      throw new Error(`others on this machine may read it; run: chmod 600 ${path}`)
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw new Error(`The file of the secret key, ${path}, cannot be used: ${(error as Error).message}.`, {
      cause: error,
    })
  }
}

/** One key, or several with commas or on lines of their own, the newest first. */
export function parseKeys(text: string, where: string): MasterKey[] {
  const written = text.split(/[\s,]+/).filter(Boolean)
  if (written.length === 0) throw new Error(`${where} is empty; write a key, such as from: openssl rand -base64 32`)
  return written.map((one) => {
    try {
      return parseKey(one)
    } catch (error) {
      throw new Error(`${where} ${(error as Error).message}`, { cause: error })
    }
  })
}
