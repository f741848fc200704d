// What may be anything: written as text, a number, or JSON.
import { useSignal } from '@preact/signals'
import { read } from './entry.ts'
import { FieldFrame, type NodeProps } from './input.tsx'

export const JsonInput = (props: NodeProps) => {
  const { hand, path } = props
  const text = useSignal(textOf(read(hand.entry, path)))
  return (
    <FieldFrame {...props}>
      {({ id, told, bad }) => (
        <textarea
          id={id}
          class="input mono"
          rows={1}
          spellcheck={false}
          readOnly={hand.readOnly}
          aria-describedby={told}
          aria-invalid={bad}
          placeholder="Text, a number, or JSON"
          value={text.value}
          onInput={(event) => {
            text.value = event.currentTarget.value
            hand.write(path, text.value === '' ? undefined : parsed(text.value))
          }}
        />
      )}
    </FieldFrame>
  )
}

/** Text that would be read as something else stands in its quotes. */
function textOf(value: unknown): string {
  if (value === undefined) return ''
  if (typeof value !== 'string') return JSON.stringify(value, null, 2)
  return parsed(value) === value ? value : JSON.stringify(value)
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
