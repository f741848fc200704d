// Golden files: what was made once, looked at, and must stay so.
// Promises that a difference fails, and that a missing file is written and fails too: delete a file to make it anew.
import assert from 'node:assert/strict'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'

/** Compares with `test/golden/<name>`. */
export function matchesGolden(name: string, made: string): void {
  const file = new URL(`./golden/${name}`, import.meta.url)
  const known = existsSync(file)
  if (!known) {
    mkdirSync(dirname(file.pathname), { recursive: true })
    writeFileSync(file, made)
  }
  assert.ok(known, `test/golden/${name} was missing and has been written; look at it and commit it`)
  assert.equal(
    made,
    readFileSync(file, 'utf8'),
    `test/golden/${name} differs; if that is meant, delete it and run again`,
  )
}
