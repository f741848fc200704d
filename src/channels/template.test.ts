// Tests of templates: what may stand in them and what becomes of it.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parse } from 'yaml'
import { contextFor, hostile, hostileMessage, messages } from '#test/messages.ts'
import { payload } from './payload.ts'
import { checkTemplate, checkYaml, fields, literals, render } from './template.ts'

const values = payload(messages.down, contextFor())
const json = 'application/json'

test('the fields are those of the default body', () => {
  const names = (value: unknown, path: string): string[] =>
    typeof value !== 'object' || value === null || Array.isArray(value) || path === 'monitor.labels'
      ? [path]
      : Object.entries(value).flatMap(([name, one]) => names(one, path === '' ? name : `${path}.${name}`))
  assert.deepEqual([...fields].sort(), names(values, '').sort())
})

test('a placeholder alone in a leaf keeps the type of the value', () => {
  const body = { n: '{{lasted_ms}}', none: '{{url}}', list: ['{{locations}}'], labels: '{{ monitor.labels }}' }
  assert.deepEqual(JSON.parse(render(body, json, values)), {
    n: 273_600_000,
    none: null,
    list: [['local', 'berlin']],
    labels: { customer: 'acme' },
  })
})

test('placeholders among other text are spelled out, and nothing stands for null', () => {
  const body = { text: '{{monitor.name}} [{{url}}] {{locations}} {{monitor.labels}} {{lasted_ms}}' }
  const filled = { text: 'Web shop [] local, berlin customer=acme 273600000' }
  assert.deepEqual(JSON.parse(render(body, json, values)), filled)
})

test('a label is a field, and one that the monitor has not is null', () => {
  const body = { is: '{{monitor.labels.customer}}', not: '{{monitor.labels.zone}}', own: '{{monitor.labels.toString}}' }
  assert.deepEqual(JSON.parse(render(body, json, values)), { is: 'acme', not: null, own: null })
})

test('other leaves stay as they are, and four braces are two', () => {
  const body = { a: 1, b: true, c: null, d: '{{{{status}}', e: '${status} {x}' }
  const filled = { a: 1, b: true, c: null, d: '{{status}}', e: '${status} {x}' }
  assert.deepEqual(JSON.parse(render(body, json, values)), filled)
})

test('texts of any form are read in linear time', () => {
  for (const piece of ['{{a', '{', '{{', '{{ }', 'a"', '" ']) {
    const text = piece.repeat(200_000)
    checkTemplate(text)
    literals(text)
  }
  const unknown = checkTemplate(`{{${'a'.repeat(200_000)}}}`)
  assert.match(unknown[0]?.message ?? '', /^the placeholder "\{\{a{57}\.\.\.\}\}" is not known/)
})

test('an unknown placeholder is a fault at its place, with the nearest known one', () => {
  const faults = checkTemplate({ a: ['{{status}}', { b: 'x {{monitor.nmae}}' }], c: '{{constructor}}', d: '{{status' })
  assert.deepEqual(
    faults.map(({ path }) => path.join('.')),
    ['a.1.b', 'c', 'd'],
  )
  assert.match(faults[0]?.message ?? '', /did you mean "\{\{monitor\.name\}\}"\?/)
  assert.match(faults[1]?.message ?? '', /known: version, id/)
  assert.match(faults[2]?.message ?? '', /has no end/)
})

test('hostile text breaks out of nothing, in a structure or in text of any type', () => {
  for (const bad of hostile) {
    const given = payload(hostileMessage(bad), contextFor())
    const structure = JSON.parse(render({ a: '{{monitor.name}}', b: 'x{{monitor.name}}' }, json, given))
    assert.deepEqual(structure, { a: bad, b: `x${bad}` })
    assert.deepEqual(JSON.parse(render('{"a": "{{monitor.name}}"}', json, given)), { a: bad })
    const form = new URLSearchParams(render('a={{monitor.name}}&b=1', 'application/x-www-form-urlencoded', given))
    assert.deepEqual(
      [...form.entries()],
      [
        ['a', bad.toWellFormed()],
        ['b', '1'],
      ],
    )
    assert.match(render('<p>{{monitor.name}}</p>', 'text/html; charset=utf-8', given), /^<p>[^<>"\0]*<\/p>$/)
  }
})

test('hostile text stays within the double quotes of YAML', () => {
  const template = 'alert:\n  title: "{{monitor.name}}"\n  after: {{lasted_ms}}\n'
  for (const type of ['application/yaml', 'text/x-yaml; charset=utf-8', 'application/vnd.x+yaml']) {
    for (const bad of [...hostile, "a\"b\n- c: 'd' # {e: [f", '\u0085\u2028\ufeff\u009b']) {
      const given = payload(hostileMessage(bad), contextFor())
      const { alert } = parse(render(template, type, given)) as { alert: { title: string } }
      assert.equal(alert.title, bad.toWellFormed())
    }
  }
})

test('a template of YAML has its placeholders in double quotes, but those of numbers', () => {
  const good = [
    'a: "{{title}}"',
    'a: "x {{title}} {{{{ {{sentence}}"\nn: {{lasted_ms}}',
    '["{{title}}"]',
    '"{{event}}": 1',
  ]
  for (const text of good) assert.equal(checkYaml(text), null, text)
  for (const text of [
    'a: {{title}}',
    "a: '{{title}}'",
    'a: |\n  {{text}}',
    'a: "x" # {{title}}',
    'a: ["{{title}}"',
    '{{',
  ])
    assert.match(checkYaml(text) ?? '', /in double quotes/, text)
})

test('a mapping is sent as a form where the content type says so', () => {
  const body = { user: 'u', message: '{{title}} & {{duration}}', url: '{{url}}' }
  assert.equal(
    render(body, 'application/x-www-form-urlencoded', values),
    'user=u&message=DOWN%3A+Web+shop+%26+3+d+4+h&url=',
  )
})
