// Messages of every kind, and what a channel needs around it, for tests of channels.
// Promises fixed times, so that what is made of them can be compared with golden files.
import type { Message, SendContext } from '#channels/channel.ts'
import { openOutbound } from '#platform/outbound.ts'
import { VirtualClock } from '#test/virtual-clock.ts'

const at = Date.UTC(2026, 10, 21, 14, 5, 9)
const minute = 60_000

const down: Message = {
  event: 'monitor.down',
  monitor: { key: 'web', name: 'Web shop', labels: { customer: 'acme' }, target: 'http://127.0.0.1:9001/health' },
  status: 'down',
  previous: 'up',
  reason: 'status',
  sentence: 'The server answered 500; 200 was expected.',
  at,
  lasted: 76 * 60 * minute,
  outage: { id: 'house-1-7', at },
  rule: 'everything',
  confirmations: 2,
  locations: ['local', 'berlin'],
  again: null,
  links: null,
}
const well = { reason: null, sentence: null } as const

/** One of each event, as a channel is told of it. */
export const messages = {
  down,
  up: {
    ...down,
    ...well,
    event: 'monitor.up',
    status: 'up',
    previous: 'down',
    at: at + 4 * minute,
    lasted: 4 * minute,
  },
  degraded: {
    ...down,
    event: 'monitor.degraded',
    status: 'degraded',
    reason: 'slow',
    sentence: 'It took 2.4 s; more than 1 s counts as slow.',
    confirmations: 1,
    locations: ['local'],
  },
  worse: { ...down, previous: 'degraded', at: at + 10 * minute, lasted: 10 * minute },
  reminded: {
    ...down,
    previous: 'down',
    at: at + 60 * minute,
    lasted: 60 * minute,
    confirmations: 0,
    again: 'The time for which nobody was told is over, and it still lasts.',
    links: {
      acknowledge: 'https://status.example.test/respond/1.a.c.9l.mfx2b1.mgx2b1.ops.proof',
      snooze: 'https://status.example.test/respond/1.s.c.9l.mfx2b1.mgx2b1.ops.proof',
    },
  },
  unknown: {
    ...down,
    event: 'monitor.unknown',
    status: 'unknown',
    reason: 'no_data',
    sentence: 'Nothing has been observed for 5 min.',
    outage: null,
    confirmations: 0,
    locations: [],
  },
  paused: {
    ...down,
    ...well,
    event: 'monitor.paused',
    status: 'unknown',
    reason: 'paused',
    outage: null,
    confirmations: 0,
  },
  resumed: {
    ...down,
    ...well,
    event: 'monitor.resumed',
    status: 'unknown',
    previous: 'unknown',
    outage: null,
    confirmations: 0,
    locations: [],
  },
  changed: {
    ...down,
    event: 'monitor.identity_changed',
    status: 'up',
    previous: 'up',
    reason: null,
    sentence:
      'The certificate changed: now it is one of shop.example, issued by R11, valid until 3 March 2027 ' +
      '(SHA-256 16:1C:E1:5F:E3:3B:C8:…); before it was one of shop.example, issued by R10, valid until ' +
      '22 November 2026 (SHA-256 9A:02:77:10:BB:4E:01:…).',
    outage: null,
    confirmations: 1,
    locations: ['local'],
  },
  test: {
    ...down,
    ...well,
    event: 'test',
    status: 'up',
    monitor: { key: 'test', name: 'Test message', labels: {}, target: '' },
    outage: null,
    rule: 'test',
  },
} as const satisfies Record<string, Message>

/** Text that breaks what does not escape: quotes, tags, line breaks, headers, mentions, templates, controls, bidi. */
export const hostile = [
  '"quotes" \'and\' \\backslashes\\ {"json": true}',
  '</title><script>alert(1)</script><img src=x onerror=alert(1)>&amp;',
  'Shop\r\nBcc: victim@example.test\r\n\r\nInjected body',
  'Shop\nX-Injected: yes\r.\r\nQUIT\r\n',
  '@everyone <!channel> <@U123> {{secret}} {{monitor.key}} ${env:HOME} %s %0d%0aX: y',
  '🔥'.repeat(400),
  'x'.repeat(10_240),
  '\u202Egnp.exe\u202C مرحبا שלום \u2066isolated',
  'nul\0 escape\x1b[31m bell\x07 lone \uD800 end',
] as const

/** The message with hostile text wherever a person or a target may have put it. */
export const hostileMessage = (text: string): Message => ({
  ...down,
  monitor: { key: 'web', name: text, labels: { note: text }, target: text },
  sentence: text,
  rule: text,
  locations: [text],
})

/** A context whose clock stands at the first message's time. */
export function contextFor(more: Partial<SendContext> = {}): SendContext & { readonly clock: VirtualClock } {
  return {
    outbound: openOutbound({ denied: [] }),
    idempotencyKey: 'event-42:ops',
    attempt: 1,
    timeout: 10_000,
    signal: new AbortController().signal,
    settings: { smtp: null, publicUrl: null },
    ...more,
    clock: more.clock instanceof VirtualClock ? more.clock : new VirtualClock(at),
  }
}
