// What is folded away, with what it holds in a few words.
// Promises that it opens when something in it wants to be seen, and never closes under somebody's hands.
import type { ComponentChildren } from 'preact'
import { useEffect, useMemo, useRef } from 'preact/hooks'

interface FoldProps {
  readonly title: string
  readonly brief: string
  /** Whether something in it wants to be seen. */
  readonly open: boolean
  readonly class?: string
  readonly children: ComponentChildren
}

export function Fold({ title, brief, open, children, ...rest }: FoldProps) {
  const details = useRef<HTMLDetailsElement>(null)
  const atFirst = useMemo(() => open, [])
  useEffect(() => {
    if (open && details.current) details.current.open = true
  }, [open])
  return (
    <details class="fold" open={atFirst} ref={details}>
      <summary>
        {title} <span class="muted">{brief}</span>
      </summary>
      <div class={`body ${rest.class ?? 'stack'}`}>{children}</div>
    </details>
  )
}
