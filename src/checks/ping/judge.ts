// What a run of pings means: loss first, then the time, then how much it varied; what is worst is told.
// Promises a sentence whenever it is not up. Must not know how the pings were sent.
import type { Finding } from '../check.ts'
import { judgeLatency, sayLatency } from '../latency.ts'
import type { PingConfig, Thresholds } from './config.ts'
import type { Spread, Tally } from './tally.ts'

/** The finding without facts; `within`: how long answers were waited for, ms. */
export function judge(settings: PingConfig, tally: Tally, spread: Spread | null, within: number): Finding {
  if (spread === null) return silent(settings.host, tally.sent, tally.report, within)
  const well: Finding = { outcome: 'up', latency: spread.avg, reason: null, sentence: null }
  const found = [
    judgeLoss(well, settings.loss, tally),
    judgeLatency(well, settings.latency),
    judgeJitter(well, settings.jitter, spread),
  ]
  const worst = (outcome: Finding['outcome']) => found.find((one) => one.outcome === outcome)
  return worst('down') ?? worst('degraded') ?? well
}

function silent(host: string, sent: number, report: string | null, within: number): Finding {
  const none = sent === 1 ? 'did not answer a ping' : `answered none of ${sent} pings`
  if (report !== null)
    return { outcome: 'down', latency: null, reason: 'unreachable', sentence: `${host} ${none}; ${report}.` }
  const sentence = `${host} ${none} within ${sayLatency(within)}.`
  return { outcome: 'down', latency: null, reason: 'timeout', sentence }
}

function judgeLoss(well: Finding, thresholds: Thresholds, { sent, times, report }: Tally): Finding {
  const lost = Math.max(0, sent - times.length)
  const share = (lost / sent) * 100
  const { degraded, down } = thresholds
  const outcome = down !== undefined && share >= down ? 'down' : 'degraded'
  const limit = outcome === 'down' ? down : degraded
  if (lost === 0 || limit === undefined || share < limit) return well
  const were = lost === 1 ? 'was' : 'were'
  const many = `${lost} of ${sent} pings ${were} lost (${sayShare(share)})`
  const because = report === null ? '' : ` (${report})`
  const much = outcome === 'down' ? 'are too many' : 'count as degraded'
  return { ...well, outcome, reason: 'loss', sentence: `${many}; ${limit} % ${much}${because}.` }
}

/** `67 %`; with a decimal only near the ends, where it matters. */
function sayShare(share: number): string {
  const near = share < 1 || (share > 99 && share < 100)
  return `${near ? Math.floor(share * 10) / 10 : Math.round(share)} %`
}

function judgeJitter(well: Finding, thresholds: Thresholds | undefined, { jitter }: Spread): Finding {
  const over = (limit: number | undefined): limit is number => limit !== undefined && jitter > limit
  const shaky = (outcome: 'degraded' | 'down', limit: number): Finding => ({
    ...well,
    outcome,
    reason: 'slow',
    sentence:
      `The times of the pings differed by ${sayLatency(jitter)} on average; ` +
      `more than ${sayLatency(limit)} counts as ${outcome}.`,
  })
  if (over(thresholds?.down)) return shaky('down', thresholds.down)
  return over(thresholds?.degraded) ? shaky('degraded', thresholds.degraded) : well
}
