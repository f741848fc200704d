// The kinds that there are, as people choose among them.
// Promises the order of the registries. Must not know any kind.
import { meaninglessFor, type Registries } from '#manifest/read.ts'
import type { KindTold } from './forms.ts'

export function kindsTold({ kinds, channelKinds }: Registries): Readonly<Record<'monitor' | 'channel', KindTold[]>> {
  return {
    monitor: [...kinds.values()].map((one) => ({
      kind: one.kind,
      title: one.title,
      summary: one.summary,
      works: one.active ? 'asked' : one.derived ? 'derived' : one.collected ? 'collected' : 'reports',
      target: one.target ?? null,
      example: one.example ?? null,
      without: meaninglessFor(one),
      defaults: one.active && one.interval !== undefined ? { interval: one.interval } : {},
    })),
    channel: [...channelKinds.values()].map(({ kind, title, summary }) => ({
      kind,
      title,
      summary,
      works: 'sends',
      target: null,
      example: null,
      without: [],
      defaults: {},
    })),
  }
}
