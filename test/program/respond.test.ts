// From the message to the acknowledgement: the link that the real process sends is one that it understands, also after
// a restart.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { becomes, eventsOf } from './client.ts'
import { freePort, webFace } from './faces.ts'
import { openHome } from './program.ts'
import { eventually } from './wait.ts'

test('whoever presses the button behind the link of a message has acknowledged, also after a restart', async (t) => {
  const face = await webFace(t)
  const home = openHome(
    t,
    `version: 1
public_url: https://status.example.test
monitors:
  web: { tcp: { address: "127.0.0.1:${await freePort()}" }, interval: 1s, fail_after: 1 }
channels: { hook: { webhook: { url: "${face.url}" } } }
rules: { all: { monitors: "*", tell: hook } }
`,
  )
  const first = await home.start()
  await becomes(first, 'web', 'down')
  const { json } = await face.waitFor(({ body }) => body.includes('monitor.down'))
  const { acknowledge_url: link } = json as { acknowledge_url: string }
  const path = link.replace('https://status.example.test', '')
  assert.match(path, /^\/respond\/1\.a\./)
  await first.stop()

  const second = await home.start()
  const opened = await fetch(`${second.url}${path}`)
  assert.equal(opened.status, 200)
  assert.match(await opened.text(), /<button type="submit">Acknowledge<\/button>/)
  const pressed = await fetch(`${second.url}${path}`, { method: 'POST' })
  assert.match(await pressed.text(), /Acknowledged by link sent to hook at /)
  await eventually('the event is there', async () =>
    (await eventsOf(second, 'web')).some(({ type }) => type === 'monitor.acknowledged'),
  )
})
