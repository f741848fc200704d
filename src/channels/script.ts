// Script: tells by running a program of this machine, one of those that whoever started Allswell has put into a folder
// for it (`--scripts`). Off without that folder.
// Promises no shell, no arguments, nothing of our own environment, a bound on output, and that all that was started is
// gone when its time is over. Must not know rules or retries.
import { spawn } from 'node:child_process'
import { accessSync, constants, realpathSync, statSync } from 'node:fs'
import { join, sep } from 'node:path'
import { z } from 'zod'
import { type Message, plain } from '#core/message.ts'
import { defineChannel, type SendContext, type Sent } from './channel.ts'
import { lovebeatFields } from './lovebeat.ts'
import { payload } from './payload.ts'

const config = z.strictObject({
  run: z
    .string()
    .max(100)
    .regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, 'is the name of a file in the folder of --scripts, without a path')
    .describe('Name of the program in the folder that --scripts names. It gets no arguments.'),
})

type Config = z.infer<typeof config>

const outputMost = 16_384
/** Where programs are looked for that a script runs itself. */
const path = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

async function send({ run }: Config, message: Message, context: SendContext): Promise<Sent> {
  const folder = context.settings.scripts ?? null
  if (folder === null) {
    const detail = 'Scripts are off: start Allswell with --scripts FOLDER, in which the programs are that may be run.'
    return { ok: false, retry: true, detail }
  }
  const file = fileIn(folder, run)
  if (file === null) {
    const detail = `${run} is no program in the folder of --scripts: put it there and make it executable.`
    return { ok: false, retry: true, detail }
  }
  const began = context.clock.monotonic()
  const { code, signal, output } = await ran(file, folder, message, context)
  const ms = Math.round(context.clock.monotonic() - began)
  if (code === 0) return { ok: true, detail: `${run} ended with 0 in ${ms} ms` }
  const last = output.trimEnd().split('\n').at(-1) ?? ''
  const how = code === null ? `was ended by ${signal ?? 'a signal'}` : `ended with ${code}`
  return { ok: false, retry: true, detail: plain(`${run} ${how}${last === '' ? '' : `: ${last}`}`, 300) }
}

/** The program's real path; null where it is none, or lies outside by way of a link. */
function fileIn(folder: string, name: string): string | null {
  try {
    const file = realpathSync(join(folder, name))
    accessSync(file, constants.X_OK)
    return file.startsWith(realpathSync(folder) + sep) && statSync(file).isFile() ? file : null
  } catch {
    return null
  }
}

interface Ran {
  readonly code: number | null
  readonly signal: string | null
  readonly output: string
}

function ran(file: string, cwd: string, message: Message, context: SendContext): Promise<Ran> {
  const { promise, resolve, reject } = Promise.withResolvers<Ran>()
  // A group of its own, so that what it starts ends with it.
  const child = spawn(file, [], { cwd, env: variables(message, context), stdio: 'pipe', detached: true })
  let output = ''
  const take = (bytes: Buffer) => {
    output = (output + bytes.toString('utf8')).slice(-outputMost)
  }
  child.stdout.on('data', take)
  child.stderr.on('data', take)
  // It need not read what it is told.
  child.stdin.on('error', () => {})
  child.stdin.end(`${JSON.stringify(payload(message, context))}\n`)
  const kill = () => endGroup(child.pid)
  context.signal.addEventListener('abort', kill, { once: true })
  const over = () => context.signal.removeEventListener('abort', kill)
  child.once('error', (error) => {
    over()
    reject(error)
  })
  // What it leaves behind may hold its output open: that is not waited for.
  child.once('exit', (code, signal) => {
    over()
    kill()
    child.stdout.destroy()
    child.stderr.destroy()
    resolve({ code, signal, output })
  })
  return promise
}

function endGroup(pid: number | undefined): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // It is gone already.
  }
}

/** What lovebeat's scripts were told, and what else a short one wants without reading JSON. */
function variables(message: Message, context: SendContext): Record<string, string> {
  const { name, from_state: from, to_state: to, incident_number: incident } = lovebeatFields(message)
  const { event, title, monitor } = payload(message, context)
  const told = {
    PATH: path,
    LOVEBEAT_ALARM: name,
    LOVEBEAT_VIEW: name,
    LOVEBEAT_STATE: to,
    LOVEBEAT_PREVIOUS_STATE: from,
    LOVEBEAT_INCIDENT: String(incident),
    ALLSWELL_EVENT: event,
    ALLSWELL_MONITOR: monitor.key,
    ALLSWELL_TITLE: title,
    ALLSWELL_IDEMPOTENCY_KEY: context.idempotencyKey,
  }
  // A variable ends at a zero byte.
  return Object.fromEntries(Object.entries(told).map(([one, value]) => [one, value.replaceAll('\0', '\u{fffd}')]))
}

export const script = defineChannel<Config>({
  kind: 'script',
  title: 'Script',
  summary: 'Runs a program of this machine, from the folder that --scripts names; off without it.',
  config,
  secrets: [],
  describe: ({ run }) => run,
  send,
})
