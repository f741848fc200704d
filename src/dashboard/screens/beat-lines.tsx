// Ready-made lines by which a job reports, as the server has them for this monitor, one at a time to copy.
import { useSignal } from '@preact/signals'
import { get } from '../api/client.ts'
import { useLoaded } from '../api/loaded.ts'
import { Trouble, Waiting } from '../parts/basics.tsx'
import { Copy } from '../parts/button.tsx'
import { Select } from '../parts/field.tsx'

interface Lines {
  readonly notes: readonly string[]
  readonly items: readonly {
    readonly name: string
    readonly title: string
    readonly says: string
    readonly text: string
  }[]
}

export function BeatLines({ name }: { readonly name: string }) {
  const chosen = useSignal('curl')
  const load = (signal: AbortSignal) => get<Lines>('/beat-lines', { key: name }, signal)
  const { value, problem, again } = useLoaded(`lines ${name}`, load, { keep: true })
  if (problem) return <Trouble problem={problem} again={again} />
  if (!value) return <Waiting />
  const line = value.items.find((one) => one.name === chosen.value) ?? value.items[0]
  if (line === undefined) return null
  return (
    <div class="stack">
      <Select
        label="How it is sent"
        value={line.name}
        set={(to) => (chosen.value = to)}
        options={value.items.map(({ name: one, title }) => [one, title] as const)}
        help={line.says}
      />
      <Copy text={line.text} />
      {value.notes.map((note) => (
        <p key={note} class="muted small">
          {note}
        </p>
      ))}
    </div>
  )
}
