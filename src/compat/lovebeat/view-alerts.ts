// Whom a view that was made in lovebeat's words tells: a mail channel, a webhook channel, and the rule that tells both.
// Promises ordinary objects with keys that follow from the view's. Pure.
import type { ObjectType } from '#store/store.ts'

export interface ViewAlert {
  readonly type: ObjectType
  readonly key: string
  /** Null: there is to be none. */
  readonly spec: object | null
}

/** Channels first, then the rule that tells them. `mail`: addresses with commas between, `webhook`: a URL. */
export function viewAlerts(view: string, { mail, webhook }: { mail: string; webhook: string }): readonly ViewAlert[] {
  const to = mail
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '')
  const email = to.length === 0 ? null : { email: { to, format: 'lovebeat' } }
  const hook = webhook === '' ? null : { webhook: { url: webhook, format: 'lovebeat' } }
  const tell = [...(email === null ? [] : [mailKey(view)]), ...(hook === null ? [] : [hookKey(view)])]
  const rule = tell.length === 0 ? null : { monitors: view, tell, on: ['down', 'degraded', 'up'] }
  return [
    { type: 'channel', key: mailKey(view), spec: email },
    { type: 'channel', key: hookKey(view), spec: hook },
    { type: 'rule', key: ruleKey(view), spec: rule },
  ]
}

/** The same of a view that goes, in the order in which they can go. */
export const alertsOf = (view: string): readonly ViewAlert[] => viewAlerts(view, { mail: '', webhook: '' }).toReversed()

export const ruleKey = (view: string): string => `${view}.alerts`
export const mailKey = (view: string): string => `${view}.mail`
export const hookKey = (view: string): string => `${view}.webhook`

/** Whether an object's spec is that of a view's alert. */
export function isMadeFor(view: string, spec: unknown): boolean {
  const { email, webhook, monitors } = (spec ?? {}) as Readonly<Record<string, unknown>>
  const format = (kind: unknown) => (kind as { readonly format?: unknown } | undefined)?.format
  return monitors === view || format(email) === 'lovebeat' || format(webhook) === 'lovebeat'
}
