// The command itself: started with our own stdin, its bytes passed on as they come, its end passed on as it was.
// Promises that a terminal stays one, that bytes keep their order and number, and that signals reach it once.
// Must not know to whom its end is told.
import { type ChildProcess, spawn } from 'node:child_process'
import { fstatSync } from 'node:fs'
import { constants } from 'node:os'
import type { Readable } from 'node:stream'
import { isatty } from 'node:tty'
import type { Clock } from '#platform/clock.ts'
import { openPipe, writeAll } from '#platform/pipe.ts'
import type { Environment } from '#platform/settings.ts'

export interface ChildParts {
  readonly words: readonly string[]
  readonly env: Environment
  readonly clock: Clock
  /** Signals that were ignored when we were started, as with nohup: the command is to ignore them, too. */
  readonly ignored: readonly string[]
  /** Hears what it prints, where that is no terminal. Null: nothing is listened to, and nothing stands between. */
  readonly hear: ((piece: Buffer) => void) | null
}

export interface Ended {
  /** As a shell would say it: 128 and the signal's number where one ended it. */
  readonly status: number
  readonly signal: NodeJS.Signals | null
  /** It could not be started; why. */
  readonly failed: string | null
}

export interface Child {
  /** It has ended; what it left running may still print. */
  readonly ended: Promise<Ended>
  /** All that it printed, and what it left running, is passed on. */
  readonly quiet: Promise<void>
}

const forwarded = ['SIGTERM', 'SIGHUP', 'SIGINT', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2'] as const
/** A terminal sends these to all who share it, the command among them. */
const byTerminal = new Set<string>(['SIGINT', 'SIGQUIT', 'SIGHUP'])

export async function startChild({ words, env, clock, ignored, hear }: ChildParts): Promise<Child> {
  const [out, err] = [hear !== null && !isatty(1), hear !== null && !isatty(2)]
  const outPipe = out ? await openPipe() : null
  const merged = outPipe !== null && err && isSame(1, 2)
  const errPipe = err && !merged ? await openPipe() : null
  const way = (piped: boolean, writer: number | undefined) =>
    writer ?? (piped ? ('pipe' as const) : ('inherit' as const))
  const stdio = ['inherit' as const, way(out, outPipe?.writer), way(err, merged ? outPipe.writer : errPipe?.writer)]
  const [command = '', ...rest] = asWords(words, ignored)
  const child = spawn(command, rest, { stdio, env })
  for (const pipe of [outPipe, errPipe]) pipe?.closeWriter()
  const passing = [
    pass(outPipe?.reader ?? child.stdout, 1, clock, hear),
    pass(errPipe?.reader ?? child.stderr, 2, clock, hear),
  ]
  const still = forwardSignals(child)
  const ended = endOf(child)
  void ended.then(still)
  return { ended, quiet: Promise.all(passing).then(() => undefined) }
}

function endOf(child: ChildProcess): Promise<Ended> {
  return new Promise((resolve) => {
    child.once('error', (error: NodeJS.ErrnoException) => {
      if (child.pid !== undefined) return
      // 127 and 126 as shells have them.
      const missing = error.code === 'ENOENT'
      const failed = missing ? 'not found' : (error.code ?? error.message)
      resolve({ status: missing ? 127 : 126, signal: null, failed })
    })
    child.once('exit', (code, signal) => {
      const status = signal === null ? (code ?? 0) : 128 + constants.signals[signal]
      resolve({ status, signal, failed: null })
    })
  })
}

/** A shell that becomes the command sets what Node cannot: signals that are ignored. */
function asWords(words: readonly string[], ignored: readonly string[]): readonly string[] {
  if (ignored.length === 0) return words
  return ['/bin/sh', '-c', `trap '' ${ignored.join(' ')}; exec "$@"`, words[0] ?? '', ...words]
}

/** Whether two descriptors lead to the same file, pipe or socket. */
function isSame(one: number, other: number): boolean {
  try {
    const [first, second] = [fstatSync(one), fstatSync(other)]
    return first.dev === second.dev && first.ino === second.ino
  } catch {
    return false
  }
}

/** Resolves when the source has ended; that nobody reads any more is told to the command as any closed pipe would. */
async function pass(source: Readable | null, to: number, clock: Clock, hear: ChildParts['hear']): Promise<void> {
  if (source === null) return
  try {
    for await (const piece of source as AsyncIterable<Buffer>) {
      hear?.(piece)
      await writeAll(to, piece, clock)
    }
  } catch {
    source.destroy()
  }
}

/** What is sent to us is sent on, unless whoever sent it reaches the command anyway. */
function forwardSignals(child: ChildProcess): () => void {
  const shared = [0, 1, 2].some((descriptor) => isatty(descriptor))
  const hears = forwarded.map((signal) => {
    const hear = () => {
      if (!(shared && byTerminal.has(signal))) child.kill(signal)
    }
    process.on(signal, hear)
    return [signal, hear] as const
  })
  return () => {
    for (const [signal, hear] of hears) process.off(signal, hear)
  }
}
