// A lock on the data folder: one serving process at a time. Held by the system, so a killed process leaves none.
// Promises a refusal at once, never a wait. Must not know what lies in the folder.
import { existsSync, mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

/** Another process serves from this folder. */
export class FolderTaken extends Error {
  override readonly name = 'FolderTaken'
}

export interface FolderLock {
  release(): void
}

/** Makes a folder and those above it. Node's own way never ends where nothing can be made, such as below /proc. */
export function makeFolder(folder: string): void {
  if (existsSync(folder)) return
  if (dirname(folder) !== folder) makeFolder(dirname(folder))
  try {
    mkdirSync(folder, { mode: 0o700 })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return
    throw new Error(`The data folder ${folder} cannot be made: ${(error as Error).message}`, { cause: error })
  }
}

/** Makes the folder where needed and locks it; throws FolderTaken, or an error that says why it cannot be used. */
export function lockFolder(folder: string): FolderLock {
  makeFolder(folder)
  // An exclusive transaction on an empty database is an advisory file lock that every system has.
  let database: DatabaseSync
  try {
    database = new DatabaseSync(join(folder, 'serve.lock'), { timeout: 0 })
    database.exec('pragma locking_mode = exclusive; begin exclusive')
  } catch (error) {
    if ((error as { errcode?: number }).errcode === 5) {
      throw new FolderTaken(
        `Another Allswell already serves from ${folder}. Stop it first, or choose another folder with --data DIR.`,
      )
    }
    throw new Error(`The data folder ${folder} cannot be used: ${(error as Error).message}`, { cause: error })
  }
  return { release: () => database.close() }
}
