// `allswell check`: looks at something once, now, as a monitor would, and shows what was found.
// Promises to need no server and to change nothing; the exit code is the outcome, as Nagios's plugins have it.
import { runProbe } from '#checks/probe.ts'
import { openOutbound } from '#platform/outbound.ts'
import type { Command, Context } from '../command.ts'
import { helpOf } from './help.ts'
import { readRequest } from './request.ts'
import { draw, type Looked, print } from './show.ts'

/** 0 to 3 as plugins of Nagios have them. */
export const exitCodes = { up: 0, degraded: 1, down: 2, unknown: 3 } as const
/** EX_USAGE of sysexits.h: nothing was looked at, so none of the four. */
export const exitUsage = 64

export const check: Command = {
  name: 'check',
  summary: 'Look at something once, now, and show what is found.',
  forms: ['KIND TARGET [--SETTING VALUE...] [--timeout DURATION] [--json]', '--config FILE KEY', 'KIND --help'],
  flags: [],
  settings: [],
  own: { help: helpOf, usage: exitUsage, failed: exitCodes.unknown },
  async run(context) {
    const request = readRequest(context.words, context)
    const looked = await look(request, context)
    const { stdout } = context.io
    stdout.write(request.json ? print(looked) : draw(looked, context))
    return exitCodes[looked.finding.outcome]
  },
}

async function look(request: ReturnType<typeof readRequest>, { parts }: Context): Promise<Looked> {
  const { kind, config, timeout, denied } = request
  const { clock } = parts
  const { signal } = new AbortController()
  const at = clock.now()
  const outbound = openOutbound({ denied })
  const finding = await runProbe(kind, config, { clock, outbound, timeout, signal, thorough: true })
  return { request, finding, at }
}
