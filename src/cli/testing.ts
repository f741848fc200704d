// The command line with made-up parts, for tests: what it writes is kept, what it is handed can be chosen.
// Promises no global state. Must not be used outside tests.
import { openManifest } from '#manifest/read.ts'
import { fakes } from '#manifest/testing.ts'
import { VirtualClock } from '#test/virtual-clock.ts'
import { type Parts, runCli } from './index.ts'

export interface Ran {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** Runs a command line, split at blanks where it is no list of words, and gives what came of it. */
export async function run(
  line: string | readonly string[],
  {
    parts = {},
    env = {},
    isTTY = false,
  }: { parts?: Partial<Parts>; env?: Record<string, string>; isTTY?: boolean } = {},
): Promise<Ran> {
  const written = { stdout: '', stderr: '' }
  const output = (name: keyof typeof written) => ({
    isTTY,
    write: (text: string) => {
      written[name] += text
    },
  })
  const code = await runCli(
    typeof line === 'string' ? line.split(' ').filter(Boolean) : line,
    env,
    { stdout: output('stdout'), stderr: output('stderr') },
    {
      version: '1.2.3',
      clock: new VirtualClock(Date.UTC(2026, 10, 21, 12)),
      manifest: openManifest(fakes),
      scopes: ['read', 'report', 'edit', 'admin', 'agent'],
      serve: () => Promise.resolve(0),
      openAdmin: () => Promise.reject(new Error('no tokens here')),
      inspectDatabase: () => Promise.resolve({ schema: 'current', damage: null, key: null, leftBehind: [] }),
      rotateSecrets: () => Promise.reject(new Error('no secrets here')),
      ...parts,
    },
  )
  return { code, ...written }
}
