// Rows keep their place while somebody reads, points at or chooses them; the order that came meanwhile waits.
// Promises that what the rows tell is the newest all the same, and that the order follows soon after the last movement.
import { type Signal, useSignal } from '@preact/signals'
import { useEffect, useMemo, useRef } from 'preact/hooks'
import type { Row } from '../api/types.ts'
import { clock } from '../clock.ts'
import { current } from '../shell/target.ts'
import { allOf, picked } from './picked.ts'

/** So long after the last movement nobody seems to read. */
const restMs = 5_000

export interface Hold {
  readonly held: Signal<boolean>
  /** Somebody points, types or scrolls there. */
  touch(): void
  /** Shows the new order. */
  release(): void
}

export function useHold(): Hold {
  const held = useSignal(false)
  const hold = useMemo(() => holding(held), [])
  useEffect(() => {
    const stop = current.subscribe((key) => {
      if (key !== null) hold.touch()
    })
    return () => {
      stop()
      hold.forget()
    }
  }, [])
  return hold
}

function holding(held: Signal<boolean>) {
  let until = 0
  let forget: (() => void) | null = null
  const look = () => {
    const left = until - clock.now()
    forget = left > 0 || isSelecting() ? clock.after(Math.max(left, 1_000), look) : null
    if (forget === null) held.value = false
  }
  const release = () => {
    forget?.()
    forget = null
    held.value = false
  }
  const touch = () => {
    until = clock.now() + restMs
    held.value = true
    forget ??= clock.after(restMs, look)
  }
  return { held, touch, release, forget: () => forget?.() }
}

/** Somebody marks text to copy it. */
const isSelecting = () => window.getSelection()?.type === 'Range'

export interface Steady {
  readonly rows: readonly Row[]
  /** Another order waits. */
  readonly waits: boolean
}

/** The rows as they are to be shown. `view` names what they are: another one is shown at once. */
export function useSteady(items: readonly Row[], view: string, { held }: Hold): Steady {
  const shown = useRef<{ view: string; rows: readonly Row[] }>({ view: '', rows: [] })
  const steady =
    shown.current.view === view && (held.value || picked.value.size > 0 || allOf.value !== null)
      ? inOrderOf(shown.current.rows, items)
      : { rows: items, waits: false }
  shown.current = { view, rows: steady.rows }
  return steady
}

/** What is told now in the order of before; what is not told any more as it was told last. Pure. */
export function inOrderOf(before: readonly Row[], now: readonly Row[]): Steady {
  if (before.length === 0) return { rows: now, waits: false }
  const news = new Map(now.map((row) => [row.key, row]))
  const rows = before.map((row) => news.get(row.key) ?? row)
  const waits = rows.length !== now.length || rows.some(({ key }, index) => now[index]?.key !== key)
  return { rows, waits }
}
