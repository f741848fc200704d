// StatusCake's older API below /API/: forms in, 200 with `Success` out.
// Promises the answers by which its modules tell a change from none. Must not know how requests come.
import type { MonitorState } from '#core/state.ts'
import type { StoredObject } from '#store/store.ts'
import { isDeepStrictEqual } from 'node:util'
import { type Form, textOf } from './form.ts'
import {
  changeGroup,
  createGroup,
  groupFaults,
  groupIn,
  groupOf,
  isGroup,
  legacyGroupNames,
  removeGroup,
} from './groups.ts'
import type { Ask, Reply } from './ports.ts'
import { must, type Shelf } from './shelf.ts'
import { allOf, entryOf, type Fields, faultsOf, fieldsIn, isTest, isUp, legacyNames, sentOf } from './tests.ts'

const ok = (body: unknown): Reply => ({ status: 200, body })
const failed = (message: string, issues: unknown = {}): Reply =>
  ok({ Issues: issues, Success: false, Message: message, Error: message })
const missing = 'No test found with that TestID.'
const locations = [
  { guid: 'local', servercode: 'LOCAL', title: 'This server', ip: '', ipv6: null, countryiso: '', status: 'Up' },
]

/** Null: there is nothing of that name. */
export async function legacy(shelf: Shelf, ask: Ask): Promise<Reply | null> {
  const { path, method, form, caller } = ask
  const name = path.join('/').toLowerCase()
  const writes = method === 'DELETE' || path.at(-1)?.toLowerCase() === 'update'
  must(caller, writes ? 'edit' : 'read')
  if (name === 'auth') return ok({ Success: true, Message: 'Authenticated', Details: { Username: 'allswell' } })
  if (name === 'locations/json' || name === 'locations') return ok({ 1: locations[0] })
  if (name === 'tests') return list(shelf, form)
  if (name === 'tests/details' && method === 'DELETE') return remove(shelf, form)
  if (name === 'tests/details') return details(shelf, form)
  if (name === 'tests/update') return update(shelf, form)
  if (name === 'tests/checks') return checks(shelf, form)
  if (name === 'contactgroups') return groups(shelf)
  if (name === 'contactgroups/update' && method === 'DELETE') return removeOneGroup(shelf, form)
  if (name === 'contactgroups/update') return updateGroup(shelf, form)
  return null
}

async function list(shelf: Shelf, form: Form): Promise<Reply> {
  const wanted = textOf(form, 'Status')?.toLowerCase()
  const group = textOf(form, 'CUID')
  const tags = (textOf(form, 'tags') ?? '').split(',').filter((tag) => tag !== '')
  const any = textOf(form, 'matchany') === 'true'
  const tests = await shelf.all('monitor', isTest)
  const [states, uptimes] = [await shelf.states(tests), await shelf.uptimes(tests)]
  const rows = tests
    .map((test) => item(test, allOf(test), states.get(test.id), uptimes.get(test.id) ?? null))
    .filter((row) => wanted === undefined || row.Status.toLowerCase() === wanted)
    .filter((row) => group === undefined || row.ContactGroup.includes(group))
    .filter(({ TestTags }) => tags.length === 0 || tags[any ? 'some' : 'every']((tag) => TestTags.includes(tag)))
  return ok(rows)
}

function item({ id }: StoredObject, fields: Fields, state: MonitorState | undefined, uptime: number | null) {
  return {
    TestID: id,
    Paused: state?.paused ?? fields['paused'] === true,
    TestType: fields['test_type'],
    WebsiteName: fields['name'],
    WebsiteURL: fields['website_url'],
    CheckRate: fields['check_rate'],
    ContactGroup: fields['contact_groups'] as readonly string[],
    Public: fields['public'] === true ? 1 : 0,
    Status: isUp(state) ? 'Up' : 'Down',
    TestTags: fields['tags'] as readonly string[],
    WebsiteHost: fields['host'] ?? '',
    NormalisedResponse: 0,
    Uptime: uptime,
    NodeLocations: fields['regions'],
  }
}

const found = (shelf: Shelf, form: Form) => shelf.byId('monitor', textOf(form, 'TestID') ?? '', isTest)

async function details(shelf: Shelf, form: Form): Promise<Reply> {
  const test = await found(shelf, form)
  if (test === null) return failed(missing)
  const all = allOf(test)
  const state = (await shelf.states([test])).get(test.id)
  const groupIds = all['contact_groups'] as readonly string[]
  const known = await shelf.all('rule', (rule) => isGroup(rule) && groupIds.includes(String(rule.id)))
  const text = (name: string) => String(all[name] ?? '')
  return ok({
    Method: all['test_type'] === 'HEAD' ? 'HEAD' : 'GET',
    TestID: test.id,
    TestType: all['test_type'],
    Paused: state?.paused ?? all['paused'] === true,
    WebsiteName: all['name'],
    URI: all['website_url'],
    ContactGroup: null,
    ContactID: Number(groupIds[0] ?? 0),
    ContactGroups: known.map((rule) => {
      const group = groupOf(rule)
      return { ID: rule.id, Name: group['name'], Email: (group['email_addresses'] as string[])[0] ?? '' }
    }),
    Status: isUp(state) ? 'Up' : 'Down',
    Uptime: (await shelf.uptimes([test])).get(test.id) ?? 0,
    CustomHeader: text('custom_header'),
    UserAgent: text('user_agent'),
    CheckRate: all['check_rate'],
    Timeout: all['timeout'],
    LogoImage: text('logo_image'),
    Confirmation: text('confirmation'),
    WebsiteHost: text('host'),
    NodeLocations: all['regions'],
    FindString: text('find_string'),
    DoNotFind: all['do_not_find'] === true,
    LastTested: state?.lastAt ? new Date(state.lastAt).toISOString().slice(0, 19).replace('T', ' ') : '',
    NextLocation: 'LOCAL',
    Port: Number(all['port'] ?? 0),
    Processing: false,
    ProcessingState: '',
    ProcessingOn: '',
    DownTimes: '0',
    TriggerRate: text('trigger_rate'),
    Sensitive: false,
    UseJar: all['use_jar'] === true ? 1 : 0,
    PostRaw: text('post_raw'),
    PostBody: text('post_body'),
    FinalEndpoint: text('final_endpoint'),
    EnableSSLWarning: all['enable_ssl_alert'] === true,
    FollowRedirect: all['follow_redirects'] === true,
    DNSServer: text('dns_server'),
    DNSIP: (all['dns_ips'] as readonly string[]).join(','),
    StatusCodes: all['status_codes'],
    Tags: all['tags'],
  })
}

async function update(shelf: Shelf, form: Form): Promise<Reply> {
  const sent = fieldsIn(form, legacyNames)
  const id = textOf(form, 'TestID') ?? ''
  const stored = id === '' ? null : await found(shelf, form)
  if (id !== '' && stored === null) return failed(missing)
  const before = stored === null ? {} : sentOf(stored)
  const fields = withoutEmpty({ ...before, ...sent.fields })
  const faults = { ...faultsOf(fields), ...sent.faults }
  if (Object.keys(faults).length > 0) return failed('Required Data is Missing.', legacyIssues(faults))
  if (stored === null) {
    const made = await shelf.create('monitor', String(fields['name']), entryOf(fields))
    return ok({ Issues: {}, Success: true, Message: 'Test Inserted', InsertID: made.id, Data: fields })
  }
  const wholly = (all: Fields) => entryOf(withoutEmpty({ ...all }))
  if (isDeepStrictEqual(wholly(before), wholly(fields)))
    return ok({ Success: false, Message: `No data has been updated (is any data different?) Given: ${stored.id}` })
  await shelf.replace(stored, entryOf(fields))
  return ok({ Issues: {}, Success: true, Message: 'Test Updated' })
}

/** Sent empty is the same as never sent. */
const withoutEmpty = (fields: Fields): Fields =>
  Object.fromEntries(
    Object.entries(fields)
      .filter(([, value]) => value !== '' && !(Array.isArray(value) && value.length === 0))
      .sort(([one], [other]) => (one < other ? -1 : 1)),
  )

/** Issues by the names that the form has. */
function legacyIssues(faults: Readonly<Record<string, readonly string[]>>): Record<string, string> {
  const spelled = new Map(Object.entries(legacyNames).map(([spelling, name]) => [name, spelling]))
  return Object.fromEntries(Object.entries(faults).map(([name, why]) => [spelled.get(name) ?? name, why.join('; ')]))
}

async function remove(shelf: Shelf, form: Form): Promise<Reply> {
  const test = await found(shelf, form)
  if (test === null) return failed(missing)
  await shelf.remove(test)
  const said = 'This Check Has Been Deleted. It can not be recovered.'
  return ok({ TestID: test.id, Affected: 1, Success: true, Message: said })
}

async function checks(shelf: Shelf, form: Form): Promise<Reply> {
  const test = await found(shelf, form)
  if (test === null) return failed(missing)
  const limit = Math.min(1_000, Math.max(1, Number(textOf(form, 'Limit') ?? 100) || 100))
  const observed = await shelf.recent(test.id, limit)
  return ok(
    Object.fromEntries(
      observed.map(({ at, outcome, latency }, index) => [
        String(index + 1),
        {
          Location: 'LOCAL',
          Time: Math.floor(at / 1_000),
          Status: outcome === 'up' ? 200 : 0,
          Performance: latency ?? 0,
        },
      ]),
    ),
  )
}

async function groups(shelf: Shelf): Promise<Reply> {
  const found = await shelf.all('rule', isGroup)
  return ok(
    found.map((rule) => {
      const group = groupOf(rule)
      return {
        ContactID: rule.id,
        GroupName: group['name'],
        Emails: group['email_addresses'],
        Mobiles: (group['mobile_numbers'] as readonly string[]).join(','),
        Boxcar: '',
        Pushover: '',
        DesktopAlert: 0,
        PingURL: group['ping_url'],
      }
    }),
  )
}

async function updateGroup(shelf: Shelf, form: Form): Promise<Reply> {
  const id = textOf(form, 'ContactID') ?? ''
  const stored = id === '' ? null : await shelf.byId('rule', id, isGroup)
  if (id !== '' && stored === null) return failed('No contact group found with that ContactID.')
  const sent = groupIn(form, legacyGroupNames)
  const group = { ...(stored === null ? {} : groupOf(stored)), ...sent }
  const faults = groupFaults(group)
  if (Object.keys(faults).length > 0) return failed('Required Data is Missing.', faults)
  if (stored !== null) {
    await changeGroup(shelf, stored, sent)
    return ok({ Success: true, Message: 'Updated', error_code: 0, Issues: [], Data: group })
  }
  const made = await createGroup(shelf, group)
  return ok({ Success: true, Message: 'Inserted', error_code: 0, Issues: [], Data: group, InsertID: made.id })
}

async function removeOneGroup(shelf: Shelf, form: Form): Promise<Reply> {
  const stored = await shelf.byId('rule', textOf(form, 'ContactID') ?? '', isGroup)
  if (stored === null) return failed('No contact group found with that ContactID.')
  await removeGroup(shelf, stored)
  return ok({ Success: true, Message: 'Deleted', error_code: 0, Issues: [] })
}
