// The lock on the data folder, between real processes.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { FolderTaken, lockFolder } from './folder-lock.ts'

const folder = (t: { after(call: () => void): void }) => {
  const path = mkdtempSync(join(tmpdir(), 'allswell-lock-'))
  t.after(() => rmSync(path, { recursive: true, force: true }))
  return path
}

test('a second lock on one folder is refused and says what to do', (t) => {
  const path = folder(t)
  const lock = lockFolder(path)
  assert.throws(
    () => lockFolder(path),
    (error: Error) => error instanceof FolderTaken && /--data/.test(error.message),
  )
  lock.release()
  lockFolder(path).release()
})

test('a process that was killed leaves no lock behind', async (t) => {
  const path = folder(t)
  const module = JSON.stringify(new URL('./folder-lock.ts', import.meta.url).href)
  const source = `const { lockFolder } = await import(${module})
    globalThis.lock = lockFolder(${JSON.stringify(path)}); console.log('held'); setInterval(() => {}, 1000)`
  const child = spawn(process.execPath, ['--input-type=module', '-e', source], { stdio: ['ignore', 'pipe', 'inherit'] })
  await once(child.stdout, 'data')
  assert.throws(() => lockFolder(path), FolderTaken)
  child.kill('SIGKILL')
  await once(child, 'exit')
  lockFolder(path).release()
})

test('a folder that cannot be made is a clear error', (t) => {
  const path = join(folder(t), 'file')
  writeFileSync(path, '')
  assert.throws(() => lockFolder(join(path, 'data')), /cannot be made/)
})
