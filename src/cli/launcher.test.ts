// Tests of bin/allswell with the real shell: which Node it takes, and that it finds itself.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'

const folder = mkdtempSync(join(tmpdir(), 'allswell-launcher-'))
after(() => rmSync(folder, { recursive: true }))

/** A checkout with a launcher, and programs that say that they are Node of a version. */
function checkout(name: string, { own, path }: { own?: string; path?: string }) {
  const root = join(folder, name)
  const node = (at: string, version: string) => {
    mkdirSync(at, { recursive: true })
    const script = `#!/bin/sh\nif [ "$1" = --version ]; then echo ${version}; else echo ${version} "$@"; fi\n`
    writeFileSync(join(at, 'node'), script, { mode: 0o755 })
  }
  mkdirSync(join(root, 'bin'), { recursive: true })
  mkdirSync(join(root, 'path'), { recursive: true })
  copyFileSync(new URL('../../bin/allswell', import.meta.url).pathname, join(root, 'bin/allswell'))
  if (own) node(join(root, 'node_modules/.bin'), own)
  if (path) node(join(root, 'path'), path)
  const start = (program = join(root, 'bin/allswell'), cwd = root) =>
    spawnSync('/bin/sh', [program, 'serve', '--data', 'a b'], {
      cwd,
      encoding: 'utf8',
      env: { PATH: `${join(root, 'path')}:${toolsPath()}` },
    })
  return { root, start }
}

/** Only the few tools that the launcher needs, so that no real Node is found. */
function toolsPath(): string {
  const tools = join(folder, 'tools')
  mkdirSync(tools, { recursive: true })
  for (const tool of ['dirname', 'readlink']) {
    const found = spawnSync('/bin/sh', ['-c', `command -v ${tool}`], { encoding: 'utf8' }).stdout.trim()
    rmSync(join(tools, tool), { force: true })
    symlinkSync(found, join(tools, tool))
  }
  return tools
}

/** How the launcher asks Node to keep its heap small. */
const heap = '--max-semi-space-size=1 --heap-growing-percent=20'

test('the checkout’s own Node is taken before the one on the PATH', () => {
  const { root, start } = checkout('own', { own: 'v26.10.0', path: 'v25.0.0' })
  assert.equal(start().stdout, `v26.10.0 ${heap} ${root}/src/main.ts serve --data a b\n`)
})

test('the Node on the PATH is taken when the checkout has none, or one that is too old', () => {
  assert.match(checkout('path', { path: 'v24.15.0' }).start().stdout, /^v24\.15\.0 /)
  assert.match(checkout('older', { own: 'v20.1.0', path: 'v24.15.0' }).start().stdout, /^v24\.15\.0 /)
})

test('without a Node that can run it, it says how to get one', () => {
  for (const { start } of [checkout('none', {}), checkout('old', { path: 'v20.20.0' })]) {
    const { status, stderr } = start()
    assert.equal(status, 1)
    assert.match(stderr, /Node\.js 24 or newer is needed and was not found\.\nRun 'npm ci' in /)
  }
})

test('it finds its checkout through symbolic links, relative ones too, from any folder', () => {
  const { root, start } = checkout('linked', { own: 'v26.10.0' })
  mkdirSync(join(root, 'elsewhere'))
  symlinkSync('../bin/allswell', join(root, 'elsewhere/first'))
  symlinkSync(join(root, 'elsewhere/first'), join(root, 'elsewhere/second'))
  assert.equal(start('elsewhere/second').stdout, `v26.10.0 ${heap} ${root}/src/main.ts serve --data a b\n`)
  assert.equal(
    start('./first', join(root, 'elsewhere')).stdout,
    `v26.10.0 ${heap} ${root}/src/main.ts serve --data a b\n`,
  )
})
