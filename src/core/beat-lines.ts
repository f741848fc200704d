// Beat lines: ready-made lines by which a job reports, for shells, timers, languages and clusters. One table for all.
// Promises lines that can be pasted as they are, and that fail no job when Allswell is away. Pure.

export interface BeatLine {
  /** Stays the same: `curl`, `cron`. */
  readonly name: string
  readonly title: string
  /** How it is coloured and where it belongs: `sh`, `ini`, `yaml`. */
  readonly language: string
  /** What to know before it is used. */
  readonly says: string
  readonly text: string
}

export interface BeatPlace {
  /** The monitor's key, or what stands for its secret id. */
  readonly key: string
  /** Where Allswell is reached: `https://allswell.example.com`. */
  readonly base: string
  /** The port for lines by UDP and TCP; null: it is off, or takes no beats for this one. */
  readonly port: number | null
  /** The machine to which mails go; null: it takes none. */
  readonly mail: string | null
  /** When the job runs, as cron has it. */
  readonly cron?: string | undefined
  /** The same as systemd has it. */
  readonly calendar?: string | undefined
}

const job = '/usr/local/bin/backup'
const curl = 'curl -fsS -m 10 --retry 5 -o /dev/null'

/** All lines for one monitor, the simplest first. */
export function beatLines(place: BeatPlace): readonly BeatLine[] {
  const { key, base, port, mail } = place
  const url = `${base.replace(/\/+$/, '')}/beat/${key}`
  return [
    {
      name: 'curl',
      title: 'Shell, when it went well',
      language: 'sh',
      says: 'At the end of a script; whatever ends the script before it sends nothing, and Allswell misses it.',
      text: `${curl} ${url}`,
    },
    {
      name: 'status',
      title: 'Shell, with the exit status',
      language: 'sh',
      says: 'Tells the beginning, and by its exit status whether the job went well; how long it took follows.',
      text: `${curl} ${url}/start\n${job}\n${curl} ${url}/$?`,
    },
    ...timers(place, url),
    {
      name: 'run',
      title: 'allswell run',
      language: 'sh',
      says: 'Where Allswell is installed: beginning, exit status, duration, and the end of what was printed.',
      text: `allswell run ${key} --server ${base} -- ${job}`,
    },
    ...languages(url),
    ...(port === null ? [] : lines(key, new URL(base).hostname.replaceAll(/[[\]]/g, ''), port)),
    {
      name: 'kubernetes',
      title: 'Kubernetes job',
      language: 'yaml',
      says: 'The image needs a shell and wget or curl. The status of the job stays what it was.',
      text: kubernetes(url, key, cronOf(place) ?? '30 2 * * *'),
    },
    ...(mail === null ? [] : [byMail(key, mail)]),
  ]
}

/** Where only a calendar is known a cron line would be a guess. */
const cronOf = ({ cron, calendar }: BeatPlace) =>
  cron !== undefined && cron.trim().split(/\s+/).length === 5
    ? cron.trim()
    : calendar === undefined
      ? '30 2 * * *'
      : null

function timers(place: BeatPlace, url: string): BeatLine[] {
  const cron = cronOf(place)
  const line = `${cron}  ${job}; ${curl} ${url}/$?`
  return [
    ...(cron === null
      ? []
      : [
          {
            name: 'cron',
            title: 'Cron',
            language: 'sh',
            says: 'A line of crontab -e. The exit status is told, so a failure is known at once.',
            text: line,
          },
        ]),
    {
      name: 'systemd',
      title: 'systemd',
      language: 'ini',
      says: 'By systemctl edit of the service that the timer starts. The service is never held up or failed by it.',
      text: [
        '[Service]',
        `ExecStartPre=-/usr/bin/${curl} ${url}/start`,
        `ExecStopPost=-/bin/sh -c 'test "$$SERVICE_RESULT" = success; /usr/bin/${curl} ${url}/$$?'`,
      ].join('\n'),
    },
  ]
}

const languages = (url: string): BeatLine[] => [
  {
    name: 'powershell',
    title: 'PowerShell',
    language: 'powershell',
    says: 'Exit statuses of Windows may be any number, so it tells only whether all went well.',
    text: [
      '& C:\\Jobs\\backup.exe',
      "$end = if ($LASTEXITCODE -eq 0) { '' } else { '/fail' }",
      `try { Invoke-RestMethod -Uri "${url}$end" -TimeoutSec 10 | Out-Null } catch { Write-Warning $_ }`,
    ].join('\n'),
  },
  {
    name: 'python',
    title: 'Python',
    language: 'python',
    says: 'Needs nothing but Python itself.',
    text: [
      'import urllib.request',
      '',
      'try:',
      `    urllib.request.urlopen("${url}", timeout=10).close()`,
      'except OSError as error:',
      '    print("the heartbeat was not sent:", error)',
    ].join('\n'),
  },
]

const lines = (key: string, host: string, port: number): BeatLine[] => [
  {
    name: 'udp',
    title: 'UDP',
    language: 'sh',
    says: 'Costs next to nothing and is never answered; from the networks of networks.beats.',
    text: `echo "${key}.beat:1|c" | nc -u -w 1 ${host} ${port}`,
  },
  {
    name: 'statsd',
    title: 'statsd client',
    language: 'python',
    says: 'Any client will do: a counter with the name of the monitor and .beat. This one is statsd for Python.',
    text: `from statsd import StatsClient\n\nStatsClient("${host}", ${port}).incr("${key}.beat")`,
  },
]

const kubernetes = (url: string, key: string, schedule: string): string =>
  `apiVersion: batch/v1
kind: CronJob
metadata:
  name: ${
    key
      .toLowerCase()
      .replaceAll(/[^a-z0-9-]+/g, '-')
      .replaceAll(/^-+|-+$/g, '')
      .slice(0, 52) || 'job'
  }
spec:
  schedule: "${schedule}"
  concurrencyPolicy: Forbid
  jobTemplate:
    spec:
      backoffLimit: 0
      template:
        spec:
          restartPolicy: Never
          containers:
            - name: job
              image: example/backup
              command: ["/bin/sh", "-c"]
              args:
                - |
                  wget -q -T 10 -O /dev/null ${url}/start
                  ${job}; status=$?
                  wget -q -T 10 -O /dev/null ${url}/$status
                  exit $status`

const byMail = (key: string, host: string): BeatLine => ({
  name: 'mail',
  title: 'E-mail',
  language: 'text',
  says: 'For what can send nothing but mail. Words in the subject may tell success, failure and the beginning.',
  text: `${key}@${host}`,
})
