// Words in mails, and what follows where several are in one.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { mailSays } from './mail-rules.ts'

const rules = { start: ['begins'], success: ['OK', 'done'], fail: ['error'], in: 'subject' as const }

describe('what a mail says', () => {
  it('is a sign of life where no words are set', () => {
    assert.equal(mailSays(null, 'error', 'error'), 'beat')
  })

  it('follows from words, in any case, with a failure before all else', () => {
    assert.equal(mailSays(rules, 'Backup Done', ''), 'beat')
    assert.equal(mailSays(rules, 'Backup done with 1 ERROR', ''), 'fail')
    assert.equal(mailSays(rules, 'Backup begins', ''), 'start')
    assert.equal(mailSays(rules, 'Newsletter', 'error'), null)
  })

  it('is looked for where it is asked for', () => {
    assert.equal(mailSays({ ...rules, in: 'body' }, 'error', 'all done'), 'beat')
    assert.equal(mailSays({ ...rules, in: 'both' }, 'done', 'one error'), 'fail')
  })

  it('is a success where only failures have words', () => {
    assert.equal(mailSays({ start: [], success: [], fail: ['error'], in: 'both' }, 'Report', 'fine'), 'beat')
  })
})
