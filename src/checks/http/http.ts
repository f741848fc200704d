// The kind `http`: asks a URL as a browser would and judges the answer.
// Promises one finding within the timeout, whatever the server does. Must not know who asked.
import { Attempt } from '../attempt.ts'
import { type ActiveKind, defineCheck, type Finding, type ProbeContext } from '../check.ts'
import { failed } from '../failure.ts'
import { judgeLatency } from '../latency.ts'
import { createSecure, type Secure } from '../tls.ts'
import { httpConfig, type HttpConfig } from './config.ts'
import { fetchAnswer, type Journey, startJourney } from './follow.ts'
import { evidence, factsOf, judge } from './judge.ts'
import { firstRequest, showUrl } from './request.ts'
import type { Answer } from './reader.ts'

async function probe(config: HttpConfig, context: ProbeContext, secure: Secure): Promise<Finding> {
  const journey = startJourney(firstRequest(config))
  const attempt = new Attempt(context)
  const { ip, verify, follow, follow_inside: followInside, expect } = config
  const began = context.clock.monotonic()
  let answer: Answer
  try {
    answer = await attempt.run(() =>
      fetchAnswer(attempt, journey, { secure, ip, verify, follow, followInside, most: expect.max_size }),
    )
  } catch (error) {
    return placed(failed(error, evidence(journey, null)), journey)
  }
  const latency = context.clock.monotonic() - began
  const wrong = judge(answer, expect)
  if (wrong) return placed({ ...failed(wrong, evidence(journey, answer)), latency }, journey)
  const facts = context.thorough === true ? evidence(journey, answer) : factsOf(journey)
  const finding: Finding = { outcome: 'up', latency, reason: null, sentence: null, facts }
  return judgeLatency(finding, config.latency)
}

/** Says to where a redirect had led when what went wrong went wrong there. */
function placed(finding: Finding, { hops, request }: Journey): Finding {
  if (hops.length === 0 || finding.reason === 'redirect') return finding
  const sentence = (finding.sentence ?? '').replace(/^(It|The|Nothing|No|Only|A) /, (word) => word.toLowerCase())
  return { ...finding, sentence: `After a redirect to ${showUrl(request.url)}: ${sentence}` }
}

/** The kind with its own way to secure connections; tests bring their own authorities. */
export const httpKind = (secure: Secure): ActiveKind =>
  defineCheck<HttpConfig>({
    kind: 'http',
    title: 'HTTP',
    summary: 'Asks a URL and judges status, headers, body and how long it took.',
    config: httpConfig,
    target: 'url',
    example: { url: 'https://shop.example.com/health', expect: { status: 200, body: { contains: 'OK' } } },
    secrets: ['headers.*', 'body', 'auth.*'],
    describe: ({ method, url }) => (method === 'GET' ? showUrl(url) : `${method} ${showUrl(url)}`),
    probe: (config, context) => probe(config, context, secure),
  })

export const http = httpKind(createSecure())
