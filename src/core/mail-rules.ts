// What a mail says of a job: words in its subject or text that tell success, failure or the beginning.
// Promises that a mail which tells both counts as a failure. Pure.

export interface MailRules {
  readonly start: readonly string[]
  readonly success: readonly string[]
  readonly fail: readonly string[]
  readonly in: 'subject' | 'body' | 'both'
}

/** What a mail says; null: nothing, so it does not count. Without rules every mail is a sign of life. */
export function mailSays(rules: MailRules | null, subject: string, body: string): 'beat' | 'start' | 'fail' | null {
  if (rules === null) return 'beat'
  const parts = [rules.in === 'body' ? '' : subject, rules.in === 'subject' ? '' : body]
  const text = parts.join('\n').toLowerCase()
  const has = (words: readonly string[]) => words.some((word) => text.includes(word.toLowerCase()))
  if (has(rules.fail)) return 'fail'
  if (has(rules.success)) return 'beat'
  if (has(rules.start)) return 'start'
  // Where only some of it has words, the rest is what a mail is without any.
  return rules.success.length === 0 && rules.start.length === 0 ? 'beat' : null
}
