// Clients of StatusCake against the real program: what modules, SDKs and Terraform's provider send, byte for byte where
// it was recorded, and what they go by in the answers.
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { after, before, describe, test } from 'node:test'
import { monitorsOf } from './client.ts'
import { adminToken, openHome, type Program } from './program.ts'

type Json = Readonly<Record<string, unknown>>

describe('StatusCake', () => {
  const ends: (() => unknown)[] = []
  let program: Program
  before(async () => {
    program = await openHome({ after: (end) => ends.push(end as () => unknown) }).start()
  })
  after(async () => {
    for (const end of ends.toReversed()) await end()
  })
  const form = 'application/x-www-form-urlencoded'
  async function ask(method: string, path: string, body: string | undefined, headers: Record<string, string>) {
    const { status, text } = await program.ask(path, {
      method,
      headers: { 'content-type': form, ...headers },
      ...(body === undefined ? {} : { body }),
    })
    return { status, text, json: (text === '' ? null : JSON.parse(text)) as Json }
  }
  const old = (method: string, path: string, body?: string, key: string = adminToken) =>
    ask(method, `/API/${path}`, body, { Username: 'my-user', API: key })
  const v1 = (method: string, path: string, body?: string, token: string = adminToken) =>
    ask(method, `/v1/${path}`, body, { authorization: `Bearer ${token}` })
  const specOf = async (key: string) => {
    const answer = await program.api('GET', `/monitors/${key}`)
    return (answer.json() as { spec: Record<string, unknown> }).spec
  }

  describe('the older API', () => {
    const task =
      'WebsiteName=My+service+check&WebsiteURL=https%3A%2F%2Fmyservice.example.com&CheckRate=60&TestType=HTTP' +
      '&BasicUser=&BasicPass=&UserAgent=StatusCake+Agent'

    test('what the module of a playbook sends makes a test, then changes nothing, then deletes it', async () => {
      assert.deepEqual((await old('PUT', 'Tests')).json, [])
      const made = (await old('PUT', 'Tests/Update', task)).json
      assert.deepEqual([made['Success'], made['Message']], [true, 'Test Inserted'])
      const id = String(made['InsertID'])
      const [listed] = (await old('PUT', 'Tests/')).json as unknown as Json[]
      assert.deepEqual(
        [listed?.['TestID'], listed?.['WebsiteName'], listed?.['CheckRate'], listed?.['Status']],
        [Number(id), 'My service check', 60, 'Down'],
      )
      const again = (await old('PUT', 'Tests/Update', `${task}&TestID=${id}`)).json
      const nothing = `No data has been updated (is any data different?) Given: ${id}`
      assert.deepEqual(again, { Success: false, Message: nothing })
      const changed = (await old('PUT', 'Tests/Update', `${task.replace('=60', '=45')}&TestID=${id}`)).json
      assert.deepEqual([changed['Success'], changed['Message']], [true, 'Test Updated'])
      assert.equal((await specOf('my-service-check'))['interval'], '45s')
      const gone = (await old('DELETE', 'Tests/Details', `${task}&TestID=${id}`)).json
      assert.deepEqual([gone['Success'], gone['Affected'], gone['TestID']], [true, 1, Number(id)])
      assert.deepEqual((await old('GET', 'Tests')).json, [])
      assert.equal((await old('DELETE', `Tests/Details?TestID=${id}`)).json['Success'], false)
    })

    test('the details have the names and the types that clients decode', async () => {
      const sent =
        'WebsiteName=Shop&WebsiteURL=www.shop.example&CheckRate=300&TestType=HTTP&Confirmation=3&TriggerRate=5' +
        '&StatusCodes=404%2C500&TestTags=a,b&FindString=OK&DoNotFind=1&BasicUser=me&BasicPass=hunter22&Timeout=40' +
        '&CustomHeader=%7B%22X-A%22%3A%221%22%7D&FollowRedirect=1&EnableSSLAlert=1&NodeLocations=london'
      const id = String((await old('PUT', 'Tests/Update', sent)).json['InsertID'])
      const { text, json } = await old('GET', `Tests/Details/?TestID=${id}`)
      assert.doesNotMatch(text, /hunter22/)
      const names = [
        'URI',
        'Confirmation',
        'TriggerRate',
        'StatusCodes',
        'Tags',
        'EnableSSLWarning',
        'DoNotFind',
        'UseJar',
      ]
      assert.deepEqual(
        names.map((name) => json[name]),
        ['www.shop.example', '3', '5', ['404', '500'], ['a', 'b'], true, true, 0],
      )
      const spec = await specOf('shop')
      assert.equal(spec['fail_after'], 4)
      assert.deepEqual(spec['labels'], { 'tag-a': 'yes', 'tag-b': 'yes' })
      const { expect, ...http } = spec['http'] as Json
      assert.deepEqual(http, {
        url: 'http://www.shop.example',
        headers: { 'X-A': '***' },
        auth: { basic: { user: '***', password: '***' } },
        follow: 10,
      })
      assert.deepEqual(expect, { status: ['100-403', '405-499', '501-599'], body: { not_contains: 'OK' } })
      // A part alone is changed, and what was secret stays.
      await old('PUT', 'Tests/Update', `TestID=${id}&CheckRate=60`)
      assert.deepEqual((await specOf('shop'))['http'], { ...http, expect })
    })

    test('who is nobody is told as clients expect it, and what is missing, too', async () => {
      const stranger = await old('GET', 'Tests', undefined, 'nobody')
      assert.deepEqual([stranger.status, stranger.json['ErrNo']], [200, 0])
      assert.match(String(stranger.json['Error']), /^Can not access account/)
      const missing = (await old('PUT', 'Tests/Update', 'WebsiteName=x')).json
      assert.deepEqual([missing['Success'], missing['Message']], [false, 'Required Data is Missing.'])
      assert.deepEqual(Object.keys(missing['Issues'] as Json).sort(), ['CheckRate', 'TestType', 'WebsiteURL'])
      assert.equal((await old('GET', 'Nothing')).status, 404)
    })
  })

  describe('API v1', () => {
    test('what the module for v1 sends is taken: brackets, unknown names, True and False', async () => {
      const sent =
        'name=v1+check&website_url=https%3A%2F%2Fv1.example&state=present&tags%5B%5D=something' +
        '&tags%5B%5D=somethingelse' +
        '&status_codes_csv=404%2C500&regions%5B%5D=london&regions%5B%5D=singapore&check_rate=300&test_type=HTTP' +
        '&basic_username=&basic_password=&contact_groups%5B%5D=1234&contact_groups%5B%5D=42&user_agent=agent' +
        '&follow_redirects=True&enable_ssl_alert=False&paused=False&trigger_rate=5&confirmation=3&do_not_find=False' +
        '&custom_header=%7B%22Header01%22%3A+%22Plop%22%7D'
      const made = await v1('POST', 'uptime', sent)
      assert.equal(made.status, 201, made.text)
      const { new_id: id } = (made.json as { data: { new_id: string } }).data
      assert.equal(typeof id, 'string')
      const read = (await v1('GET', `uptime/${id}`)).json['data'] as Json
      assert.deepEqual(
        ['tags', 'status_codes', 'contact_groups', 'follow_redirects', 'trigger_rate', 'custom_header'].map(
          (n) => read[n],
        ),
        [['something', 'somethingelse'], ['404', '500'], ['1234', '42'], true, 5, '{"Header01": "Plop"}'],
      )
      assert.equal((await v1('PUT', `uptime/${id}`, sent)).status, 204)
      assert.equal((await v1('PUT', `uptime/${id}`, 'paused=true&tags%5B%5D=')).status, 204)
      const later = (await v1('GET', `uptime/${id}`)).json['data'] as Json
      assert.deepEqual([later['tags'], later['paused'], later['name']], [[], true, 'v1 check'])
      assert.equal((await v1('PUT', `uptime/${id}`, 'test_type=TCP')).status, 400)
      const list = (await v1('GET', 'uptime?limit=100&page=1')).json
      assert.equal(typeof (list['metadata'] as Json)['page_count'], 'number')
      assert.equal((await v1('DELETE', `uptime/${id}`, sent)).status, 204)
      const gone = await v1('GET', `uptime/${id}`)
      assert.deepEqual([gone.status, gone.json['message']], [404, 'No results found'])
    })

    test('lists spelled with commas or by repeating the name are the same', async () => {
      for (const tags of ['tags=a%2Cb', 'tags=a&tags=b', 'tags%5B%5D=a&tags%5B%5D=b']) {
        const sent = `name=spelled&website_url=https://x.example&check_rate=60&test_type=HTTP&${tags}`
        const made = await v1('POST', 'uptime', sent)
        const { new_id: id } = made.json['data'] as { new_id: string }
        assert.deepEqual(((await v1('GET', `uptime/${id}`)).json['data'] as Json)['tags'], ['a', 'b'])
        await v1('DELETE', `uptime/${id}`)
      }
    })

    test('faults are told by field, and strangers are refused', async () => {
      const wrong = await v1('POST', 'uptime', 'name=x&test_type=FTP&check_rate=often')
      assert.equal(wrong.status, 400)
      const errors = wrong.json['errors'] as Json
      assert.deepEqual(Object.keys(errors).sort(), ['check_rate', 'test_type', 'website_url'])
      assert.equal((await v1('GET', 'uptime', undefined, 'nobody')).status, 401)
      const { secret } = (await program.api('POST', '/tokens', { name: 'looks', scopes: ['read'] })).json() as {
        secret: string
      }
      assert.equal((await v1('GET', 'uptime', undefined, secret)).status, 200)
      assert.equal((await v1('POST', 'uptime', 'name=x', secret)).status, 403)
    })

    test('a contact group is a rule and its channels, and tells of the tests that name it', async () => {
      const sent = 'name=Ops&email_addresses%5B%5D=ops%40example.com&ping_url=https%3A%2F%2Fhook.example%2Fx'
      const made = await v1('POST', 'contact-groups', sent)
      assert.equal(made.status, 201, made.text)
      const { new_id: id } = made.json['data'] as { new_id: string }
      assert.match(id, /^\d+$/)
      const rules = (await program.api('GET', '/rules')).json() as { items: { spec: Json }[] }
      assert.deepEqual(rules.items[0]?.spec['monitors'], { labels: { [`contact-group-${id}`]: 'yes' } })
      assert.equal((await v1('PUT', `contact-groups/${id}`, 'name=Operations')).status, 204)
      const read = (await v1('GET', `contact-groups/${id}`)).json['data'] as Json
      assert.deepEqual([read['name'], read['email_addresses']], ['Operations', ['ops@example.com']])
      const legacy = (await old('GET', 'ContactGroups')).json as unknown as Json[]
      assert.deepEqual([legacy[0]?.['ContactID'], legacy[0]?.['GroupName']], [Number(id), 'Operations'])
      assert.equal((await v1('DELETE', `contact-groups/${id}`)).status, 204)
      assert.deepEqual(((await program.api('GET', '/channels')).json() as { items: unknown[] }).items, [])
    })

    test('a heartbeat has the address that jobs send to', async () => {
      const made = await v1('POST', 'heartbeat', 'name=Nightly+job&period=1800')
      const { new_id: id } = made.json['data'] as { new_id: string }
      const read = (await v1('GET', `heartbeat/${id}`)).json['data'] as Json
      assert.equal(read['period'], 1_800)
      const { pathname } = new URL(String(read['url']))
      assert.equal((await program.ask(pathname)).status, 200)
      assert.equal(((await v1('GET', `heartbeat/${id}`)).json['data'] as Json)['status'], 'up')
      assert.equal((await v1('DELETE', `heartbeat/${id}`)).status, 204)
    })

    test('hostile input is refused or harmless', async () => {
      const huge = `name=${'x'.repeat(500_000)}&website_url=https://x.example&check_rate=60&test_type=HTTP`
      assert.ok([201, 400].includes((await v1('POST', 'uptime', huge)).status))
      for (const id of ['0', '-1', '1e9', '__proto__', '%00', '999999999999999999'])
        assert.equal((await v1('GET', `uptime/${id}`)).status, 404, id)
      const many = Array.from({ length: 5_000 }, (_, n) => `a${n}=1`).join('&')
      assert.equal((await v1('POST', 'uptime', many)).status, 400)
      const odd = 'name=%00%1b&website_url=javascript:alert(1)&check_rate=60&test_type=HTTP'
      const { status } = await v1('POST', 'uptime', odd)
      assert.ok(status === 400 || status === 201)
      const hash = createHash('md5').update('x').digest('hex')
      assert.equal((await old('GET', `Tests?tags=${hash}`)).status, 200)
      assert.ok((await monitorsOf(program)).length < 10)
    })
  })
})
