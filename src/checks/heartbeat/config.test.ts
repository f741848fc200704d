// What a heartbeat's settings mean, and which mixes of them make no sense.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { everyWithGrace, expecting } from '#core/expected.ts'
import { config, describe as say, expects } from './config.ts'

const read = (spec: unknown) => expects(config.parse(spec))
const fault = (spec: unknown) =>
  config
    .safeParse(spec)
    .error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)
    .join('; ') ?? ''

const minute = 60_000
const hour = 60 * minute

describe('a heartbeat with a period', () => {
  test('has a grace of a fifth of it where nothing is said, within bounds, which bounds a run, too', () => {
    const graces = [
      ['1d', '2h', 2 * hour],
      ['5m', undefined, minute],
      ['5s', undefined, 10_000],
      ['7d', undefined, hour],
      ['1m', '0s', 0],
    ] as const
    for (const [every, grace, ms] of graces) {
      const { due, downAfter, maxRun } = read({ every, grace })
      assert.deepEqual([due && 'every' in due, downAfter, maxRun], [true, ms, ms || null])
    }
    assert.deepEqual(read({}), everyWithGrace({ every: null, grace: hour }))
  })

  test('is degraded so long after a beat was due, which must be within the grace', () => {
    assert.equal(read({ every: '1d', degraded_after: '0s' }).degradedAfter, 0)
    assert.equal(read({ every: '1d', grace: '2h', degraded_after: '30m' }).degradedAfter, 30 * minute)
    assert.match(
      fault({ every: '1d', grace: '2h', degraded_after: '1d' }),
      /counts from when a beat was due, and 1d late/,
    )
    assert.match(fault({ every: '1d', degraded_after: 'auto' }), /auto learns how often beats come, and every says so/)
    assert.match(fault({ every: '1d', down_after: '2d' }), /down_after: with every the grace says how late is down/)
  })
})

describe('a heartbeat with a schedule', () => {
  test('is due by cron or by calendar, in a zone, with a grace of a fifth of the time between', () => {
    const cron = read({ cron: '30 2 * * *', zone: 'Europe/Berlin' })
    assert.deepEqual(
      [cron.due && 'words' in cron.due && cron.due.words, cron.downAfter, cron.maxRun],
      ['30 2 * * * in Europe/Berlin', hour, hour],
    )
    const calendar = read({ calendar: '*:0/10 Europe/Berlin', degraded_after: '0s' })
    assert.deepEqual(
      [calendar.due && 'words' in calendar.due && calendar.due.words, calendar.downAfter],
      ['*:0/10 Europe/Berlin', 2 * minute],
    )
    assert.equal(read({ cron: '30 2 * * *', grace: '3h' }).downAfter, 3 * hour)
  })

  test('is refused where it is none, comes twice, or its zone is not known', () => {
    assert.match(fault({ cron: '61 * * * *' }), /^cron: "61 \* \* \* \*" is not a cron expression: invalid value/)
    assert.match(
      fault({ calendar: 'daily', cron: '@daily' }),
      /^calendar: says when beats are expected, and so does cron/,
    )
    assert.match(fault({ every: '1d', cron: '@daily' }), /^cron: says when beats are expected, and so does every/)
    assert.match(fault({ cron: '@daily', zone: 'Europe/Berln' }), /did you mean "Europe\/Berlin"\?/)
    assert.match(
      fault({ every: '1d', zone: 'Europe/Berlin' }),
      /zone: is that of cron or calendar, and there is neither/,
    )
    assert.match(fault({ calendar: 'daily UTC', zone: 'Europe/Berlin' }), /the calendar names its zone itself, UTC/)
    assert.match(fault({ cron: '@daily', down_after: '1d' }), /with cron the grace says how late is down/)
    assert.match(fault({ cron: '@hourly', degraded_after: '20m' }), /20m late it is down already, with a grace of 12m/)
  })
})

describe('a heartbeat with thresholds', () => {
  test('counts from the last beat: durations, learnt, or none', () => {
    assert.deepEqual(
      read({ degraded_after: '15m', down_after: '1h' }),
      expecting({ degradedAfter: 15 * minute, downAfter: hour }),
    )
    assert.deepEqual(read({ down_after: 'auto' }), expecting({ downAfter: 'auto' }))
    assert.deepEqual(read({ degraded_after: 'auto', down_after: 'none' }), expecting({ degradedAfter: 'auto' }))
    assert.equal(read({ down_after: '0s' }).downAfter, 0)
  })

  test('has no limit of a run but the one that it is given', () => {
    assert.equal(read({ down_after: '1d' }).maxRun, null)
    assert.equal(read({ down_after: '1d', max_run: '3h' }).maxRun, 3 * hour)
  })

  test('is refused where one of them would never be seen', () => {
    assert.match(fault({ degraded_after: '1h', down_after: '1h' }), /must be shorter than down_after \(1h\)/)
    assert.match(fault({ degraded_after: 'auto', down_after: 'auto' }), /would pass in the same moment/)
    assert.match(fault({ grace: '1h', down_after: '1d' }), /grace: is how late a beat may be that is due at a time/)
  })
})

describe('a heartbeat that must be silent', () => {
  test('is well again after ten minutes of silence where nothing else is said', () => {
    assert.deepEqual(read({ silent: true }), expecting({ calmAfter: 10 * minute }))
    assert.deepEqual(read({ silent: true, calm_after: '1h' }), expecting({ calmAfter: hour }))
  })

  test('waits for no beat', () => {
    assert.match(fault({ silent: true, every: '1d' }), /every: means nothing with silent: true/)
    assert.match(fault({ calm_after: '1h' }), /add silent: true/)
  })
})

test('a heartbeat that makes no sense is refused, and a good one described', () => {
  assert.match(fault({ every: '0s' }), /out of range/)
  assert.match(fault({ every: 60 }), /with a unit/)
  assert.match(fault({ evry: '1m' }), /Unrecognized key/)
  const described = [
    [{ every: '1d' }, 'a heartbeat every 1d'],
    [{}, 'heartbeats at any time'],
    [{ down_after: '1h' }, 'a heartbeat within 1h'],
    [{ degraded_after: '5m', down_after: 'none' }, 'a heartbeat within 5m'],
    [{ down_after: 'auto' }, 'heartbeats as often as they usually come'],
    [{ cron: '@daily', zone: 'Europe/Berlin' }, 'a heartbeat by @daily in Europe/Berlin'],
    [{ calendar: 'Mon 10:00' }, 'a heartbeat by Mon 10:00'],
    [{ silent: true }, 'silence; a heartbeat is trouble'],
  ] as const
  for (const [spec, words] of described) assert.equal(say(config.parse(spec)), words)
})
