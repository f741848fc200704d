// Settings: what flags and environment variables say; the only reader of the process's environment.
// Promises all mistakes at once, a source for every setting, and secrets only masked in what is shown.
import { type OwnFlag, meant, parseArguments } from './arguments.ts'
import { type Level, levels } from './log.ts'

export type Environment = Readonly<Record<string, string | undefined>>
/** The environment of this process. */
export const environment = (): Environment => process.env

/** Where to listen; the host `::` means all interfaces, IPv4 and IPv6. Port 0 picks a free one. */
export interface HostPort {
  readonly host: string
  readonly port: number
}

interface Values {
  /** Path of the configuration file. */
  readonly config: string | null
  /** Path of the folder for the database and everything else that is kept. */
  readonly data: string
  readonly listen: HostPort
  /** UDP and TCP for heartbeats; null: off. */
  readonly beats: HostPort | null
  /** A listener for heartbeats by mail; null: off. */
  readonly mailIn: HostPort | null
  /** A second listener for lovebeat's HTTP, which speaks the other generation; null: off. */
  readonly lovebeat: HostPort | null
  /** Folder with the programs that channels may run; null: they run none. */
  readonly scripts: string | null
  /** URL of a PostgreSQL database; null: SQLite in the data folder. Holds a password. */
  readonly database: string | null
  /** A token with every right. Secret. */
  readonly adminToken: string | null
  /** Master keys of the secrets in the database, the newest first. Secret. */
  readonly secretKey: string | null
  /** Path of a file with them; null: one is made in the data folder. */
  readonly secretKeyFile: string | null
  /** Base URL of the server that a command speaks with. */
  readonly server: string
  /** The token that it shows there. Secret. */
  readonly token: string | null
  readonly logLevel: Level
}
export type SettingName = keyof Values
export type Source = 'flag' | 'environment' | 'default'

export interface Settings extends Values {
  readonly sources: Readonly<Record<SettingName, Source>>
  /** What a command's own flags said; true for one without a value. */
  readonly flags: Readonly<Record<string, string | true>>
  /** Words that belong to no flag. */
  readonly operands: readonly string[]
}

/** Arguments or environment that cannot be understood. One line for each mistake; exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
  readonly faults: readonly string[]
  /** What the help is to be asked about, beside the command; empty: nothing more. */
  readonly topic: string
  constructor(faults: readonly string[], topic = '') {
    super(faults.join('\n'))
    this.faults = faults
    this.topic = topic
  }
}

interface Definition<Value> {
  /** Null: only from the environment. */
  readonly flag: string | null
  readonly env: string
  readonly takes: string
  readonly help: string
  readonly fallback: Value
  /** Throws an Error that says what is wrong, without the value where it is secret. */
  read(text: string): Value
  /** How it is shown; secrets masked. */
  show(value: Value): string
}

const masked = (value: string | null) => (value === null ? 'none' : '***')
const plain = (value: string | null) => value ?? 'none'
const showHostPort = (at: HostPort | null) =>
  at === null ? 'off' : `${at.host.includes(':') ? `[${at.host}]` : at.host}:${at.port}`

const definitions: { readonly [Name in SettingName]: Definition<Values[Name]> } = {
  config: {
    flag: 'config',
    env: 'ALLSWELL_CONFIG',
    takes: 'FILE',
    help: 'Configuration file (YAML).',
    fallback: null,
    read: (text) => text,
    show: plain,
  },
  data: {
    flag: 'data',
    env: 'ALLSWELL_DATA',
    takes: 'DIR',
    help: 'Folder for everything that is kept.',
    fallback: './data',
    read: (text) => text,
    show: plain,
  },
  listen: {
    flag: 'listen',
    env: 'ALLSWELL_LISTEN',
    takes: 'HOST:PORT',
    help: 'Address of pages and API; port 0 picks one.',
    fallback: { host: '::', port: 8080 },
    read: readHostPort,
    show: showHostPort,
  },
  beats: {
    flag: 'beats',
    env: 'ALLSWELL_BEATS',
    takes: 'HOST:PORT',
    help: 'Address for heartbeats by UDP and TCP, or off.',
    fallback: { host: '::', port: 8127 },
    read: (text) => (text === 'off' ? null : readHostPort(text)),
    show: showHostPort,
  },
  mailIn: {
    flag: 'mail-in',
    env: 'ALLSWELL_MAIL_IN',
    takes: 'HOST:PORT',
    help: 'Address to which mail is sent (SMTP) that counts as a heartbeat, or off.',
    fallback: null,
    read: (text) => (text === 'off' ? null : readHostPort(text)),
    show: showHostPort,
  },
  lovebeat: {
    flag: 'lovebeat',
    env: 'ALLSWELL_LOVEBEAT',
    takes: 'HOST:PORT',
    help: 'Second address for lovebeat’s HTTP, in the words of its other generation, or off.',
    fallback: null,
    read: (text) => (text === 'off' ? null : readHostPort(text)),
    show: showHostPort,
  },
  scripts: {
    flag: 'scripts',
    env: 'ALLSWELL_SCRIPTS',
    takes: 'DIR',
    help: 'Folder with the programs that channels of the kind script may run; left out: none.',
    fallback: null,
    read: (text) => text,
    show: (value) => value ?? 'off',
  },
  database: {
    flag: 'database',
    env: 'ALLSWELL_DATABASE_URL',
    takes: 'URL',
    help: 'PostgreSQL, as postgres://user:password@host/name; left out: SQLite in the data folder.',
    fallback: null,
    read: readDatabase,
    show: (value) => (value === null ? 'SQLite in the data folder' : maskUrl(value)),
  },
  adminToken: {
    flag: null,
    env: 'ALLSWELL_ADMIN_TOKEN',
    takes: 'TOKEN',
    help: 'A token with every right; take one that cannot be guessed, such as from: openssl rand -hex 32.',
    fallback: null,
    read: readAdminToken,
    show: masked,
  },
  secretKey: {
    flag: null,
    env: 'ALLSWELL_SECRET_KEY',
    takes: 'KEY',
    help: 'Seals secrets in the database; such as from: openssl rand -base64 32. Older keys after it, with commas.',
    fallback: null,
    read: (text) => text,
    show: masked,
  },
  secretKeyFile: {
    flag: 'secret-key-file',
    env: 'ALLSWELL_SECRET_KEY_FILE',
    takes: 'FILE',
    help: 'File with that key; left out: secret.key in the data folder, which is made.',
    fallback: null,
    read: (text) => text,
    show: (value) => value ?? 'secret.key in the data folder',
  },
  logLevel: {
    flag: 'log-level',
    env: 'ALLSWELL_LOG_LEVEL',
    takes: 'LEVEL',
    help: `Least level that is logged: ${levels.join(', ')}.`,
    fallback: 'info',
    read: readLevel,
    show: plain,
  },
  server: {
    flag: 'server',
    env: 'ALLSWELL_SERVER',
    takes: 'URL',
    help: 'The server to speak with.',
    fallback: 'http://localhost:8080',
    read: readServer,
    show: maskUrl,
  },
  token: {
    flag: 'token',
    env: 'ALLSWELL_TOKEN',
    takes: 'TOKEN',
    help: 'A token of that server; better in the environment, where no other user of this machine reads it.',
    fallback: null,
    read: readAdminToken,
    show: masked,
  },
}

/** For the usage text and the manual: each setting with its flag, variable and default. */
export const settingHelp = (Object.keys(definitions) as SettingName[]).map((name) => {
  const one = definitions[name]
  return {
    name,
    flag: one.flag,
    env: one.env,
    takes: one.takes,
    help: one.help,
    fallback: (one.show as (value: unknown) => string)(one.fallback),
  }
})
export const settingNames: readonly SettingName[] = settingHelp.map(({ name }) => name)
/** Of commands that speak with a running server, and of the server itself. */
export const clientSettings: readonly SettingName[] = ['server', 'token']
export const serverSettings: readonly SettingName[] = settingNames.filter((name) => !clientSettings.includes(name))

/** An administrator's token with fewer characters could be guessed. */
export const guessable = 20

/** Reads a host and a port: `host:port`, `[::1]:port`, `:port` or `port`. */
function readHostPort(text: string): HostPort {
  const match = /^(?:(?:\[([0-9a-fA-F:.]+)\]|([^:[\]\s/]*)):)?(\d{1,5})$/.exec(text.trim())
  const port = Number(match?.[3])
  if (!match || port > 65_535)
    throw new Error(`${JSON.stringify(text)} is not an address; write host:port, [::1]:port, :port or a port`)
  const host = match[1] ?? match[2] ?? ''
  return { host: host === '' || host === '*' ? '::' : host, port }
}

function readDatabase(text: string): string {
  if (URL.canParse(text) && /^postgres(ql)?:\/\//i.test(text)) return text
  throw new Error('is not a database URL; write postgres://user:password@host:5432/name, or leave it out for SQLite')
}

function readServer(text: string): string {
  if (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)) return text.replace(/\/+$/, '')
  throw new Error('is not the address of a server; write http://host:port or https://host')
}

function readAdminToken(text: string): string {
  if (!/^[\x21-\x7e]+$/.test(text))
    throw new Error('has characters that an HTTP header cannot carry; take letters and digits')
  return text
}

function readLevel(text: string): Level {
  const found = levels.find((level) => level === text)
  if (found) return found
  throw new Error(`${JSON.stringify(text)} is not one of ${levels.join(', ')}${meant(text, levels)}`)
}

/** A URL with its password masked (all up to the last `@`, whatever it is), and parameters that look like secrets. */
export function maskUrl(text: string): string {
  const masked = text.replace(/^([^:]+:\/\/[^:/?#]*)[:/?#][^]*@/, '$1:***@')
  if (!URL.canParse(masked)) return '***'
  const url = new URL(masked)
  const secret = [...url.searchParams.keys()].filter((name) => /pass|secret|token|key/i.test(name))
  if (secret.length === 0) return masked
  for (const name of secret) url.searchParams.set(name, '***')
  return url.href
}

/**
 * Reads the settings from the arguments after a command's name and the environment; a flag wins over a variable.
 * `own`: the flags of the command itself; `takes`: the settings that mean anything to it, flags for others are refused.
 * An empty variable counts as not set.
 */
export function readSettings(
  argv: readonly string[],
  env: Environment,
  own: readonly OwnFlag[] = [],
  takes: readonly SettingName[] = settingNames,
): Settings | UsageError {
  const takesValue = new Map(own.map((one) => [one.flag, one.takes !== undefined]))
  for (const { flag } of Object.values(definitions)) if (flag !== null) takesValue.set(flag, true)
  const { flags, operands, faults } = parseArguments(argv, takesValue)
  faults.push(...unknownVariables(env))
  for (const { name, flag } of settingHelp) {
    if (flag !== null && flags.has(flag) && !takes.includes(name))
      faults.push(`--${flag} means nothing to this command`)
  }
  const values: Record<string, unknown> = {}
  const sources: Record<string, Source> = {}
  for (const [name, definition] of Object.entries(definitions)) {
    const fromFlag = definition.flag === null ? undefined : flags.get(definition.flag)
    const fromEnv = env[definition.env]
    const text = typeof fromFlag === 'string' ? fromFlag : fromEnv === '' ? undefined : fromEnv
    sources[name] = typeof fromFlag === 'string' ? 'flag' : text === undefined ? 'default' : 'environment'
    try {
      if (text === '') throw new Error('must not be empty')
      values[name] = text === undefined ? definition.fallback : definition.read(text)
    } catch (error) {
      const where = sources[name] === 'flag' ? `--${definition.flag}` : definition.env
      faults.push(`${where}: ${(error as Error).message}`)
    }
  }
  if (faults.length === 0) faults.push(...clashOf(values as unknown as Values))
  if (faults.length > 0) return new UsageError(faults)
  const ownFlags = Object.fromEntries([...flags].filter(([flag]) => own.some((one) => one.flag === flag)))
  return { ...values, sources, flags: ownFlags, operands } as unknown as Settings
}

const everywhere: ReadonlySet<string> = new Set(['', '*', '::', '0.0.0.0'])

/** Both take TCP, so they cannot have one port of one address. */
function clashOf({ listen, beats }: Values): string[] {
  if (beats === null || beats.port === 0 || beats.port !== listen.port) return []
  if (beats.host !== listen.host && ![beats.host, listen.host].some((host) => everywhere.has(host))) return []
  return [`--listen and --beats are both port ${beats.port}; give one of them another port`]
}

function unknownVariables(env: Environment): string[] {
  const known = Object.values(definitions).map((one) => one.env)
  return Object.keys(env)
    .filter((name) => name.startsWith('ALLSWELL_') && !known.includes(name))
    .map((name) => `unknown environment variable ${name}${meant(name, known)}`)
}

/** The effective settings of a server as people may see them: secrets masked, each with its source. */
export function showSettings(
  settings: Settings,
): { readonly name: string; readonly value: string; readonly source: Source }[] {
  return serverSettings.map((name) => ({
    name: definitions[name].flag ?? definitions[name].env,
    value: (definitions[name].show as (value: unknown) => string)(settings[name]),
    source: settings.sources[name],
  }))
}
