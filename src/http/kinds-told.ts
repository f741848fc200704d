// The kinds that there are, as people choose among them.
// Promises the order of the registries. Must not know any kind.
import type { Registries } from '#manifest/read.ts'
import type { KindTold } from './forms.ts'

export function kindsTold({ kinds, channelKinds }: Registries): Readonly<Record<'monitor' | 'channel', KindTold[]>> {
  return {
    monitor: [...kinds.values()].map(({ kind, title, summary, target, example, active, derived }) => ({
      kind,
      title,
      summary,
      works: active ? 'asked' : derived ? 'derived' : 'reports',
      target: target ?? null,
      example: example ?? null,
    })),
    channel: [...channelKinds.values()].map(({ kind, title, summary }) => ({
      kind,
      title,
      summary,
      works: 'sends',
      target: null,
      example: null,
    })),
  }
}
