// Monitors: what is watched and how it is, with pausing and checking now.
// Promises the state after the commit. Must not know any kind.
import { z } from 'zod'
import { pauseMonitor, runMonitor } from '#commands/monitors.ts'
import { existing } from '#commands/objects.ts'
import type { StoredObject } from '#store/store.ts'
import type { ApiParts } from '../parts.ts'
import { type Route, route } from '../route.ts'
import { byKey } from '../shapes.ts'
import { found, showFound } from './found.ts'
import { bulkRoute } from './monitor-bulk.ts'
import { selectRoute } from './monitor-select.ts'
import { monitorList } from './monitor-list.ts'
import { beatLinesRoute } from './beat-lines.ts'
import { derivedSettings, monitor, showMonitor, showMonitors } from './monitor-shapes.ts'
import { objectRoutes, type Resource } from './objects.ts'

export function monitorRoutes(parts: ApiParts): Route[] {
  const show = (objects: readonly StoredObject[]) => showMonitors(parts, objects)
  const derived = ({ key, spec }: StoredObject) => {
    const read = parts.readers.readMonitor(key, spec)
    return read.ok ? derivedSettings(read.value.policy) : {}
  }
  const resource: Resource<typeof monitor> = { type: 'monitor', plural: 'monitors', answer: monitor, show, derived }
  return [
    monitorList(parts),
    beatLinesRoute(parts),
    bulkRoute(parts),
    selectRoute(parts),
    ...objectRoutes(parts, resource),
    ...(['pause', 'resume'] as const).map((verb) =>
      route({
        at: `POST /api/v2/monitors/{key}/${verb}`,
        scope: 'edit',
        summary: verb === 'pause' ? 'Pause a monitor: it is not watched' : 'Watch a paused monitor again',
        params: byKey,
        answer: monitor,
        handle: async ({ params: { key } }) => {
          await pauseMonitor(parts, key, verb === 'pause')
          // Read anew, so that nothing is shown beyond a limit.
          const [shown] = await showMonitors(parts, [await existing(parts.store, { type: 'monitor', key })])
          return shown as z.input<typeof monitor>
        },
      }),
    ),
    route({
      at: 'POST /api/v2/monitors/{key}/run',
      scope: 'respond',
      summary: 'Check a monitor once, now; it counts like any other check',
      params: byKey,
      answer: z.object({ found, monitor }),
      handle: async ({ params: { key } }) => {
        const { finding, state } = await runMonitor(parts, key)
        const object = await existing(parts.store, { type: 'monitor', key })
        return {
          found: showFound(finding),
          monitor: showMonitor(parts, object, state),
        }
      },
    }),
  ]
}
