// Real Ansible for tests: ansible-playbook with the collection of this checkout, in a folder of its own.
// Promises a bound for each run. Must not know what is played.
import { execFile } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { program } from './debian.ts'

const source = join(import.meta.dirname, '../deploy/ansible')
const boundMs = 120_000

export interface Played {
  readonly code: number
  readonly stdout: string
  /** Of the recap: ok, changed, failed and so on. */
  readonly recap: Readonly<Record<string, number>>
}

export interface Ansible {
  readonly folder: string
  /** Plays tasks (YAML) on localhost. */
  play(tasks: string, env: Readonly<Record<string, string>>, ...words: readonly string[]): Promise<Played>
  run(name: 'ansible-doc' | 'ansible-playbook', words: readonly string[]): Promise<{ code: number; stdout: string }>
  close(): void
}

export async function openAnsible(): Promise<Ansible> {
  const { path, root, env: libraries } = await program('ansible-playbook')
  const folder = mkdtempSync(join(tmpdir(), 'allswell-ansible-'))
  mkdirSync(join(folder, 'ansible_collections'))
  cpSync(join(source, 'allswell'), join(folder, 'ansible_collections/allswell'), { recursive: true })
  cpSync(join(source, 'library'), join(folder, 'library'), { recursive: true })
  const python = root === '/' ? {} : { PYTHONPATH: join(root, 'usr/lib/python3/dist-packages') }
  const base = {
    PATH: `${dirname(path)}:${process.env['PATH'] ?? ''}`,
    HOME: folder,
    LANG: 'C.UTF-8',
    ANSIBLE_COLLECTIONS_PATH: folder,
    ANSIBLE_LOCAL_TEMP: join(folder, 'tmp'),
    ANSIBLE_LOCALHOST_WARNING: 'false',
    ANSIBLE_NOCOLOR: '1',
    ...libraries,
    ...python,
  }
  const run: Ansible['run'] = (name, words) => runWith(name, words, {})
  const runWith = (name: string, words: readonly string[], env: Readonly<Record<string, string>>) =>
    new Promise<{ code: number; stdout: string }>((resolve) => {
      const options = { cwd: folder, env: { ...base, ...env }, timeout: boundMs, maxBuffer: 64_000_000 }
      execFile(join(dirname(path), name), [...words], options, (error, stdout, stderr) => {
        const code = error === null ? 0 : typeof error.code === 'number' ? error.code : 1
        resolve({ code, stdout: stdout + stderr })
      })
    })
  return {
    folder,
    run,
    async play(tasks, env, ...words) {
      const play = `- hosts: localhost\n  gather_facts: false\n  tasks:\n${tasks.replaceAll(/^(?=.)/gm, '    ')}\n`
      writeFileSync(join(folder, 'play.yml'), play)
      const { code, stdout } = await runWith('ansible-playbook', ['play.yml', ...words], env)
      const line = /^localhost\s+: (.*)$/m.exec(stdout)?.[1] ?? ''
      const recap = Object.fromEntries([...line.matchAll(/(\w+)=(\d+)/g)].map(([, name = '', n]) => [name, Number(n)]))
      return { code, stdout, recap }
    },
    close: () => rmSync(folder, { recursive: true, force: true }),
  }
}
