// Help: the list of commands, and all about one of them.
// Promises that every flag and variable is named. Must not know what commands do.
import { settingHelp } from '#platform/settings.ts'
import { align, type Command } from './command.ts'

/** What `allswell --help` prints. */
export function generalHelp(commands: readonly Command[]): string {
  const rows = commands.map((command) => [command.name, command.summary])
  return [
    'Allswell watches services and says honestly whether they are well.\n',
    'Usage: allswell COMMAND [FLAGS]\n',
    `Commands:\n${align(rows, '  ')}`,
    'allswell COMMAND --help tells about one command; allswell --version which version this is.\n',
  ].join('\n')
}

/** What `allswell COMMAND --help` prints. */
export function commandHelp(command: Command): string {
  const usage = command.forms.map((form) => `allswell ${command.name} ${form}`.trim())
  const parts = [`${command.summary}\n`, `Usage: ${usage.join('\n       ')}\n`]
  if (command.flags.length > 0) {
    const rows = command.flags.map((one) => [`--${one.flag}${one.takes ? ` ${one.takes}` : ''}`, one.help])
    parts.push(`Flags:\n${align(rows, '  ')}`)
  }
  if (command.settings.length > 0) {
    const taken = settingHelp.filter(({ name }) => command.settings.includes(name))
    const rows = taken.map((one) => [
      one.flag === null ? '' : `--${one.flag} ${one.takes}`,
      one.env,
      `${one.help} Default: ${one.fallback}.`,
    ])
    parts.push(`Settings, by flag or environment variable:\n${align(rows, '  ')}`)
  }
  return parts.join('\n')
}
