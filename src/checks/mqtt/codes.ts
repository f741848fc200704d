// Why brokers refuse, by the codes of MQTT 3.1.1 and 5, in words.
// Promises a reason and words for every code. Must not know packets.
import type { Reason } from '#core/reason.ts'

type Words = readonly [Reason, string]

const old: Readonly<Record<number, Words>> = {
  1: ['protocol', 'it does not speak this version of MQTT'],
  2: ['failed', 'it does not accept the client id'],
  3: ['failed', 'it is not ready to serve'],
  4: ['auth', 'bad user name or password'],
  5: ['auth', 'not authorized'],
}

const newer: Readonly<Record<number, Words>> = {
  0x81: ['protocol', 'malformed packet'],
  0x82: ['protocol', 'protocol error'],
  0x84: ['protocol', 'it does not speak this version of MQTT'],
  0x85: ['failed', 'it does not accept the client id'],
  0x86: ['auth', 'bad user name or password'],
  0x87: ['auth', 'not authorized'],
  0x88: ['failed', 'it is not ready to serve'],
  0x89: ['failed', 'it is busy'],
  0x8a: ['auth', 'banned'],
  0x8b: ['failed', 'it is shutting down'],
  0x8c: ['auth', 'it wants another way to log in'],
  0x8e: ['failed', 'another client took over the session'],
  0x8f: ['failed', 'it does not accept the topic'],
  0x90: ['failed', 'it does not accept the topic'],
  0x95: ['failed', 'packet too large'],
  0x97: ['failed', 'quota exceeded'],
  0x9c: ['failed', 'use another server'],
  0x9d: ['failed', 'the server has moved'],
  0x9f: ['failed', 'too many connections at once'],
}

/** Whether it may stand where a broker refuses; newer ones may be added any time. */
export const isCode = (code: number): boolean => Object.hasOwn(old, code) || code >= 0x80

/** Why, with the number for those who look it up. */
export function sayCode(code: number): Words {
  const [reason, words] = old[code] ?? newer[code] ?? ['failed', 'it does not say why']
  return [reason, `${words} (code ${code < 0x80 ? code : `0x${code.toString(16)}`})`]
}
