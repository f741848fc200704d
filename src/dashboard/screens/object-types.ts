// What the four kinds of objects that people make are called, and where they are.
import type { ObjectType } from '../api/schemas.ts'

interface Words {
  readonly one: string
  readonly many: string
  /** Of the API and of the address. */
  readonly path: string
  readonly about: string
}

export const objectWords: Readonly<Record<ObjectType, Words>> = {
  monitor: { one: 'monitor', many: 'Monitors', path: 'monitors', about: 'what is watched' },
  channel: { one: 'channel', many: 'Channels', path: 'channels', about: 'where messages go' },
  rule: { one: 'rule', many: 'Rules', path: 'rules', about: 'who is told what of which monitors' },
  page: { one: 'status page', many: 'Status pages', path: 'pages', about: 'what the public reads' },
}
