// The kinds of monitor that there are. A new one is a file of its own and a line here.
// Promises one kind per name. Must not know what they do.
import type { Kind } from './check.ts'
import { dns } from './dns/dns.ts'
import { domain } from './domain/domain.ts'
import { ftp } from './ftp/ftp.ts'
import { group } from './group.ts'
import { grpc } from './grpc/grpc.ts'
import { heartbeat } from './heartbeat/heartbeat.ts'
import { http } from './http/http.ts'
import { imap } from './imap/imap.ts'
import { manual } from './manual.ts'
import { mongodb } from './mongodb/mongodb.ts'
import { mqtt } from './mqtt/mqtt.ts'
import { mysql } from './mysql/mysql.ts'
import { monitHost } from './monit/host.ts'
import { monit } from './monit/service.ts'
import { ntp } from './ntp/ntp.ts'
import { ping } from './ping/ping.ts'
import { pop3 } from './pop3/pop3.ts'
import { postgres } from './postgres/postgres.ts'
import { redis } from './redis/redis.ts'
import { smtp } from './smtp/smtp.ts'
import { ssh } from './ssh/ssh.ts'
import { tcp } from './tcp/tcp.ts'
import { tlsCheck } from './tls-check/tls-check.ts'
import { udp } from './udp.ts'
import { view } from './view.ts'
import { websocket } from './websocket/websocket.ts'

export const kinds: ReadonlyMap<string, Kind> = new Map(
  [
    http,
    tcp,
    ping,
    tlsCheck,
    dns,
    domain,
    smtp,
    imap,
    pop3,
    ftp,
    ssh,
    udp,
    ntp,
    redis,
    postgres,
    mysql,
    mqtt,
    mongodb,
    websocket,
    grpc,
    heartbeat,
    monitHost,
    monit,
    group,
    view,
    manual,
  ].map((kind) => [kind.kind, kind]),
)
