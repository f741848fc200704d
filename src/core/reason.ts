// The closed list of reasons for a status, each with the words a person reads first.
// Promises that every observation and event carries one of these or null. Must not know any kind of check.

export const reasons = {
  timeout: 'no answer in time',
  refused: 'connection refused',
  reset: 'connection reset',
  closed: 'connection closed early',
  unreachable: 'host unreachable',
  dns: 'name not resolved',
  forbidden: 'address not allowed',
  tls: 'TLS failed',
  certificate: 'certificate problem',
  protocol: 'answer not understood',
  status: 'unexpected status',
  header: 'unexpected header',
  body: 'unexpected content',
  redirect: 'redirect problem',
  too_large: 'answer too large',
  slow: 'slow',
  loss: 'packet loss',
  late: 'heartbeat late',
  overrun: 'ran too long',
  failed: 'reported a failure',
  reported: 'reported by another monitor',
  partial: 'fails from some locations',
  no_data: 'no data',
  paused: 'paused',
  internal: 'could not be checked',
  auth: 'credentials refused',
  members: 'monitors of it fail',
  registration: 'domain registration problem',
  clock: 'clock wrong or not synchronised',
  too_often: 'ran too often',
  noise: 'reported though it must be silent',
  set_degraded: 'set to degraded',
  set_partial: 'set to partial outage',
  set_major: 'set to major outage',
  set_maintenance: 'set to maintenance',
  set_unknown: 'set to unknown',
} as const

export type Reason = keyof typeof reasons
export const reasonNames = Object.keys(reasons) as [Reason, ...Reason[]]
