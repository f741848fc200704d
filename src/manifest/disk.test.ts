// Tests of manifests on disk: files that are missing, foreign, endless or badly encoded.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { loadManifest } from './disk.ts'
import { openManifest } from './read.ts'
import { fakes } from './testing.ts'

const folder = mkdtempSync(join(tmpdir(), 'allswell-manifest-'))
after(() => rmSync(folder, { recursive: true }))
const manifest = openManifest(fakes)
const put = (name: string, content: string | Uint8Array) => {
  writeFileSync(join(folder, name), content)
  return join(folder, name)
}
const faults = (path: string) => {
  const read = loadManifest(manifest, path, {})
  return read.ok ? [] : read.faults.map((fault) => `${fault.line}:${fault.column}: ${fault.message}`)
}
const referring = (path: string) =>
  put('referring.yaml', `version: 1\nmonitors: { web: { http: { url: "http://x/\${file:${path}}" } } }`)

test('a file that is not there is a fault in words', () => {
  assert.deepEqual(faults(join(folder, 'none.yaml')), ['1:1: cannot be read: there is no such file'])
  assert.deepEqual(faults(join(put('file', ''), 'none.yaml')), [
    '1:1: cannot be read: a part of its path is not a folder',
  ])
})

test('a folder and a pipe are refused and not waited for', () => {
  mkdirSync(join(folder, 'folder'))
  execFileSync('mkfifo', [join(folder, 'pipe')])
  assert.deepEqual(faults(join(folder, 'folder')), ['1:1: cannot be read: it is not a regular file'])
  assert.deepEqual(faults(join(folder, 'pipe')), ['1:1: cannot be read: it is not a regular file'])
  assert.deepEqual(faults(referring('pipe')), ['2:33: the file pipe cannot be read: it is not a regular file'])
})

test('text in another encoding is refused with the place of the first foreign byte', () => {
  const latin1 = Buffer.from('version: 1\n# Gr\u00FC\u00DFe\n', 'latin1')
  assert.deepEqual(faults(put('latin1.yaml', latin1)), ['2:5: it is not text in UTF-8; save it in that encoding'])
  const utf16 = Buffer.from('\uFEFFversion: 1\n', 'utf16le')
  assert.deepEqual(faults(put('utf16.yaml', utf16)), ['1:1: it is not text in UTF-8; save it in that encoding'])
})

test('a file above the limit is refused before it is read', () => {
  assert.deepEqual(faults(put('large.yaml', Buffer.alloc(17 * 1024 * 1024, '#'))), [
    '1:1: cannot be read: it is larger than 16 MB',
  ])
  put('large.secret', Buffer.alloc(1_000_001, 'x'))
  assert.deepEqual(faults(referring('large.secret')), [
    '2:33: the file large.secret cannot be read: it is larger than 1 MB',
  ])
})

test('a file that is referred to lies beside the manifest and loses its last line end', () => {
  put('one.secret', 'top\r\nsecret\r\n')
  const read = loadManifest(manifest, referring('one.secret'), {})
  assert.deepEqual(read.ok && read.objects[0]?.spec['http'], { url: 'http://x/top\r\nsecret' })
})
