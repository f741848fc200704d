// The foreign dialects that Allswell speaks, started together: heartbeats by UDP and TCP lines and by HTTP, lovebeat's.
// Promises that a door which cannot be opened is a clear error and leaves none half open. Holds no monitors of its own.
import type { AddressInfo, Socket } from 'node:net'
import type { Clock } from '#platform/clock.ts'
import type { Log } from '#platform/log.ts'
import type { Metrics } from '#platform/metrics.ts'
import { droppedBySystem } from '#platform/udp-drops.ts'
import { type BodyLimits, bodyLimits } from './beat/body.ts'
import { type BeatHandler, beatHandler } from './beat/http.ts'
import { Gate } from './gate.ts'
import { openAnywhere } from './listen.ts'
import { type MailDoor, type MailLimits, mailLimits, openMail } from './mail/door.ts'
import { type LovebeatHandler, type LovebeatNeeds, openLovebeat, type Speaks } from './lovebeat/index.ts'
import { Names } from './line/names.ts'
import { LineReader } from './line/reader.ts'
import { openTcp, type TcpDoor, type TcpLimits, tcpLimits } from './line/tcp.ts'
import { openUdp, type UdpDoor } from './line/udp.ts'
import type { BeatPort, BeatSettings, Requests } from './ports.ts'
import { Roster } from './roster.ts'
import { openTallies } from './tally.ts'

export type { Generation } from './lovebeat/index.ts'

export interface BeatsParts {
  readonly port: BeatPort
  readonly requests: Requests
  readonly settings: BeatSettings
  /** Whether a connection is one of our own checks: it is no neighbour's. Left out: none is. */
  readonly isOwnCall?: (socket: Socket) => boolean
  readonly metrics: Metrics
  readonly log: Log
  readonly clock: Clock
  /** What lovebeat's HTTP needs besides; left out: it is not spoken. */
  readonly lovebeat?: LovebeatNeeds
  /** Other bounds than the usual ones. */
  readonly limits?: {
    readonly tcp?: Partial<TcpLimits>
    readonly body?: Partial<BodyLimits>
    readonly mail?: Partial<MailLimits>
  }
}

export interface Beats {
  /** For the bare HTTP server, before anything else: takes `/beat/…` and leaves the rest alone. */
  readonly handler: BeatHandler
  /** The same for lovebeat's HTTP, on a listener that speaks this generation. */
  lovebeat(speaks: Speaks): LovebeatHandler
  /**
   * Opens UDP and TCP on one host and port; an empty host, `*` or `::` means all interfaces, port 0 any free one.
   * `ready`: until it resolves, what is sent waits unread.
   */
  listen(
    host: string,
    port: number,
    ready?: Promise<void>,
  ): Promise<{ readonly udp: AddressInfo; readonly tcp: AddressInfo }>
  /** The same for heartbeats by mail. */
  listenMail(host: string, port: number, ready?: Promise<void>): Promise<AddressInfo>
  /** Other settings from now on; throws an Error that names a wrong network, and then changes nothing. */
  change(settings: BeatSettings): void
  /** Stops listening; resolves when no monitor is being made any more. */
  close(): Promise<void>
}

interface Doors {
  readonly udp: UdpDoor
  readonly tcp: TcpDoor
}

export function openBeats(parts: BeatsParts): Beats {
  const { port, metrics, log, clock } = parts
  const gate = new Gate(parts.settings.networks)
  const roster = new Roster(port, log)
  const names = new Names()
  const tallies = openTallies(metrics)
  const common = { gate, clock, log }
  const reader = (via: 'udp' | 'tcp') =>
    new LineReader({ port, roster, names, tally: tallies[via], patient: via === 'tcp' })
  const refused = metrics.counter('allswell_beat_connections_refused_total', 'Connections for heartbeats refused.')
  const tcp = {
    ...common,
    isOwnCall: parts.isOwnCall ?? (() => false),
    reader: reader('tcp'),
    tally: tallies.tcp,
    refused,
    limits: { ...tcpLimits, ...parts.limits?.tcp },
  }
  const udp = { ...common, reader: reader('udp'), tally: tallies.udp }
  const limits = { ...mailLimits, ...parts.limits?.mail }
  const mail = { ...common, port, roster, tally: tallies.mail, refused, limits }
  let doors: Doors | null = null
  let mailDoor: MailDoor | null = null
  const connections = () => doors?.tcp.connections() ?? 0
  metrics.gauge('allswell_beat_connections', 'TCP connections for heartbeats that are open.', connections)
  const lost = 'Datagrams for heartbeats that the system threw away, since nobody could read them in time (Linux).'
  metrics.gauge('allswell_beat_datagrams_lost', lost, () => (doors ? (droppedBySystem(doors.udp.address) ?? 0) : 0))
  const openUntil = (ready?: Promise<void>) => async (host: string, number: number) => {
    const door = await openTcp(tcp, host, number, ready)
    try {
      return { tcp: door, udp: await openUdp(udp, host, door.address.port, ready) }
    } catch (error) {
      await door.close()
      throw error
    }
  }
  return {
    handler: beatHandler({
      ...common,
      port,
      roster,
      tally: tallies.http,
      requests: parts.requests,
      limits: { ...bodyLimits, ...parts.limits?.body },
    }),
    lovebeat: parts.lovebeat
      ? openLovebeat({ ...common, roster, tally: tallies.http }, parts.lovebeat)
      : () => () => false,
    async listen(host, number, ready) {
      doors = await openAnywhere(openUntil(ready), host, number, '--beats')
      return { udp: doors.udp.address, tcp: doors.tcp.address }
    },
    async listenMail(host, number, ready) {
      mailDoor = await openAnywhere((at, free) => openMail(mail, at, free, ready), host, number, '--mail-in')
      return mailDoor.address
    },
    change: (settings) => gate.change(settings.networks),
    async close() {
      await Promise.all([doors?.tcp.close(), doors?.udp.close(), mailDoor?.close()])
      doors = null
      await roster.settled()
    },
  }
}
