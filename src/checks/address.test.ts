// Tests of reading `host:port`, and of what is said where it is something else.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { readHostPort } from './address.ts'

test('names, IPv4 and bracketed IPv6 addresses are read with their port', () => {
  assert.deepEqual(readHostPort('db.example.test:5432'), { host: 'db.example.test', port: 5432 })
  assert.deepEqual(readHostPort('127.0.0.1:1'), { host: '127.0.0.1', port: 1 })
  assert.deepEqual(readHostPort('[2001:db8::1]:65535'), { host: '2001:db8::1', port: 65_535 })
})

test('what is missing or wrong is said, with how to write it', () => {
  const says = (text: string, words: RegExp) => {
    const read = readHostPort(text)
    assert.match(typeof read === 'string' ? read : JSON.stringify(read), words)
  }
  says('db.example.test', /^db\.example\.test has no port; write host:port, such as db\.example\.test:443$/)
  says('db.example.test:', /has no port/)
  says('2001:db8::1', /has no port; write the address in brackets and add it: \[2001:db8::1\]:443/)
  says('[2001:db8::1]', /in brackets, such as/)
  says('2001:db8::x:5432', /write an IPv6 address in brackets/)
  says('https://example.test:443', /is a URL; write only host:port/)
  says('h:0', /a port is a number from 1 to 65535/)
  says('h:65536', /a port is a number from 1 to 65535/)
  says('h:http', /is not host:port/)
  says('[localhost]:80', /in brackets stands an IPv6 address/)
  says('a b:80', /is not host:port/)
  says('', /has no port/)
})

test('any text is read or complained of, never thrown at', () => {
  fc.assert(fc.property(fc.string(), (text) => typeof readHostPort(text) === 'string' || text.includes(':')))
})
