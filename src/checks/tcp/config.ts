// The settings of a TCP check. Form, validation, manual and manifest schema follow from here.
// Promises that what makes no sense together is refused with the reason. Must not know how a check is done.
import { z } from 'zod'
import { duration } from '#core/duration.ts'
import { addressSetting, clash, ipSetting } from '../address.ts'
import { answerSetting } from '../expect/answer.ts'
import { sizeSetting } from '../expect/size.ts'
import { latencySetting } from '../latency.ts'
import { payloadSetting } from '../payload.ts'
import { startTlsSetting } from '../starttls/starttls.ts'
import { tlsSetting } from '../tls-check/options.ts'

export const tcpConfig = z
  .strictObject({
    address: addressSetting,
    ip: ipSetting,
    tls: tlsSetting.optional(),
    starttls: startTlsSetting
      .meta({
        title: 'STARTTLS',
        description: 'The protocol in which TLS is asked for after connecting; left out where TLS begins at once.',
      })
      .optional(),
    send: payloadSetting
      .meta({
        title: 'Send',
        description:
          'What is sent once connected: text as it is (add "\\r\\n" where a line must end), or { hex: "0d 0a" }.',
      })
      .optional(),
    greeting: answerSetting
      .meta({ title: 'Greeting', description: 'What the server must say before anything is sent; it is waited for.' })
      .optional(),
    expect: answerSetting
      .meta({
        title: 'Expectations',
        description: 'What the server must say, unasked or after what was sent; all that it says is the answer.',
      })
      .optional(),
    max_size: sizeSetting(1, 'an answer')
      .meta({
        title: 'Answer read',
        description: 'So much of the answer is read and judged (B, kB or MB); 16kB unless set.',
      })
      .optional(),
    quiet: duration({ min: 10, max: 60_000 })
      .meta({
        title: 'Quiet',
        description:
          'After so long a silence an answer counts as complete, for what is judged at its end: ' +
          'not_contains, not_regex, equals; 500ms unless set.',
      })
      .optional(),
    latency: latencySetting.optional(),
  })
  .transform(({ tls, ...settings }, context) => {
    const fault = (message: string, path: string) => context.addIssue({ code: 'custom', message, path: [path] })
    const { address, ip, starttls, greeting, expect } = settings
    const wrong = clash(address.host, ip)
    if (wrong !== null) fault(wrong, 'ip')
    if (starttls !== undefined && tls === null)
      fault('asks for TLS, which tls: false forbids; leave one of them out', 'starttls')
    for (const name of ['max_size', 'quiet'] as const)
      if (settings[name] !== undefined && !expect && !greeting) fault('is for an answer; add expect', name)
    if (greeting && settings.send === undefined)
      fault('is waited for before something is sent; add send, or write expect in its place', 'greeting')
    if (settings.max_size === 0) fault('reads nothing; leave out expect where nothing must be said', 'max_size')
    const asked = tls === undefined && starttls !== undefined ? tlsSetting.parse(true) : (tls ?? null)
    return { ...settings, tls: asked }
  })

export type TcpConfig = z.output<typeof tcpConfig>
