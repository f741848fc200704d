// `allswell doctor`: the effective settings, and what this machine lacks for them and how to get it.
// Promises to change nothing and to end within seconds. Must not show a secret.
import { serverSettings, showSettings } from '#platform/settings.ts'
import { align, type Command, type Context, paint, takesNoWords } from './command.ts'
import { type Examined, examine } from './examine.ts'

export const doctor: Command = {
  name: 'doctor',
  summary: 'Show the effective settings and what is missing on this machine.',
  forms: ['[--json]'],
  flags: [{ flag: 'json', help: 'Print JSON.' }],
  settings: serverSettings,
  async run(context) {
    takesNoWords(context.settings)
    const settings = showSettings(context.settings)
    const checks = await examine(context)
    const sick = checks.some((one) => one.state === 'fail')
    if (context.settings.flags.json === true)
      context.io.stdout.write(`${JSON.stringify({ version: context.parts.version, settings, checks }, null, 2)}\n`)
    else context.io.stdout.write(draw(context, settings, checks))
    return sick ? 1 : 0
  },
}

const colour = { ok: 'green', warn: 'yellow', fail: 'red' } as const
type Shown = ReturnType<typeof showSettings>

function draw({ io, env, parts }: Context, settings: Shown, checks: readonly Examined[]): string {
  const width = Math.max(...checks.map((one) => one.what.length))
  const lines = checks.map((one) => {
    const state = paint(io.stdout, env, colour[one.state], one.state.padEnd(4))
    const line = `  ${state}  ${one.what.padEnd(width)}  ${one.detail}\n`
    return one.mend === null ? line : `${line}  ${' '.repeat(6 + width)}  → ${one.mend}\n`
  })
  const rows = settings.map((one) => [one.name, one.value, `(${one.source})`])
  const fails = checks.filter((one) => one.state === 'fail').length
  const verdict =
    fails === 0 ? "All's well.\n" : `${fails === 1 ? 'One thing needs' : `${fails} things need`} mending.\n`
  return [
    `allswell ${parts.version}\n`,
    `Settings:\n${align(rows, '  ')}`,
    `Machine:\n${lines.join('')}`,
    verdict,
  ].join('\n')
}
