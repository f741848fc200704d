// What people tell the public: incidents with a timeline, written by hand or taken over from what opened by itself.
// Promises plain data, and one meaning for each stage. Must not know how it is stored or shown.
import { type ComponentStatus, worstComponent } from './component.ts'

/** How far people are with it. `scheduled` is not trouble yet. */
export const stages = ['scheduled', 'investigating', 'identified', 'watching', 'fixed'] as const
export type Stage = (typeof stages)[number]

/** What a component is meanwhile; null: what its monitors say. */
export interface Affected {
  readonly component: string
  readonly status: ComponentStatus | null
}

/** What people make of an incident. */
export interface Told {
  readonly title: string
  readonly stage: Stage
  /** False: a draft, or for those who may see everything. */
  readonly visible: boolean
  readonly pinned: boolean
  readonly affected: readonly Affected[]
  /** What it was and what follows from it, in Markdown; null: nobody has written it. */
  readonly postmortem: string | null
  /** What programs keep with it. */
  readonly meta: Readonly<Record<string, unknown>>
  /** Who wrote it. */
  readonly by: string
  readonly createdAt: number
  readonly updatedAt: number
}

/** One entry of its timeline. */
export interface Entry {
  readonly stage: Stage
  /** Markdown. */
  readonly message: string
  readonly by: string
  /** It is what the incident itself says, as some programs tell that from updates of it. */
  readonly own?: boolean
}

/** Whether it still goes on. */
export const isOver = ({ stage }: Pick<Told, 'stage'>): boolean => stage === 'fixed'

/** The worst that it does to any component. */
export const impactOf = ({ affected }: Pick<Told, 'affected'>): ComponentStatus => {
  const named = affected.flatMap(({ status }) => status ?? [])
  return named.length === 0 ? 'operational' : worstComponent(named)
}

/** What running incidents say of components; of several the worst counts. */
export function impacts(running: Iterable<Pick<Told, 'stage' | 'visible' | 'affected'>>): Map<string, ComponentStatus> {
  const found = new Map<string, ComponentStatus>()
  for (const { stage, visible, affected } of running) {
    if (!visible || stage === 'fixed' || stage === 'scheduled') continue
    for (const { component, status } of affected) {
      if (status === null) continue
      const other = found.get(component)
      found.set(component, other === undefined ? status : worstComponent([other, status]))
    }
  }
  return found
}
