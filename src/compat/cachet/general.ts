// What Cachet says of itself and of all components together.
// Promises answers without a token, and none that tells of what is hidden.
import { isTrouble } from '#core/component.ts'
import type { StoredIncident } from '#store/store.ts'
import { boardOf } from './board.ts'
import { codeOf } from './codes.ts'
import { stageNow } from './incident-shapes.ts'
import { isSeen } from './incidents.ts'
import type { Ask, CachetParts, Reply } from './ports.ts'

/** The last of its generation, as clients ask for what they may use. */
const versions = { '2015': '1.0.0', v1: '2.4.1', v3: '3.x-dev' } as const

export const ping = (): Reply => ({ status: 200, body: { data: 'Pong!' } })

export function version({ generation }: Ask): Reply {
  if (generation === 'v3') return { status: 200, body: { data: { version: versions.v3 } } }
  const tag = `v${versions[generation]}`
  const meta = { on_latest: true, latest: { tag_name: tag, prelease: false, draft: false } }
  return { status: 200, body: { meta, data: versions[generation] } }
}

export async function status(parts: CachetParts, ask: Ask): Promise<Reply> {
  const board = await boardOf(parts, ask)
  const seen = board.items.filter(({ hidden }) => !hidden)
  const running = ask.page === null ? [] : await parts.store.incidents.all(ask.page.key, 1_000)
  const open = running.filter((one) => isSeen(one, board, { ...ask, caller: null }) && isOpen(one))
  const major = seen.filter((item) => item.status === 'major_outage').length
  const data = ask.generation === 'v3' ? third(seen, major) : second(seen, major, open.length)
  return { status: 200, body: { data }, headers: { 'cache-control': 'public, no-cache' } }
}

const isOpen = (one: Pick<StoredIncident, 'told' | 'phase'>) => !['fixed', 'scheduled'].includes(stageNow(one))

type Seen = Awaited<ReturnType<typeof boardOf>>['items']

/** Half of all enabled ones in a major outage are one of the whole. */
function second(seen: Seen, major: number, open: number): { status: string; message: string } {
  const many = seen.length > 1
  if (seen.length > 0 && major / seen.length >= 0.5)
    return {
      status: 'danger',
      message: many ? 'Some systems are experiencing major issues' : 'The system is experiencing major issues',
    }
  if (open > 0 || seen.some((item) => codeOf(item.status) !== 1))
    return {
      status: 'info',
      message: many ? 'Some systems are experiencing issues' : 'The system is experiencing issues',
    }
  return { status: 'success', message: many ? 'All systems are operational' : 'System operational' }
}

function third(seen: Seen, major: number): { status: string; message: string } {
  if (seen.length > 0 && major / seen.length >= 0.25)
    return { status: 'major_outage', message: 'Some systems are experiencing major issues.' }
  if (seen.some((item) => isTrouble(item.status) || item.status === 'unknown'))
    return { status: 'partial_outage', message: 'Some systems are experiencing issues.' }
  if (seen.some((item) => item.status === 'maintenance'))
    return { status: 'under_maintenance', message: 'Some systems are under maintenance.' }
  return { status: 'operational', message: 'All systems are operational.' }
}
