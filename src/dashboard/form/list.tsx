// Settings of many: plain things line by line, choices to tick, and things with settings of their own, each in a box.
// Promises that what is taken away or moved takes what is shown of it with it.
import type { ComponentChildren } from 'preact'
import { useId, useRef } from 'preact/hooks'
import { Told } from '../parts/text.tsx'
import { read } from './entry.ts'
import { GroupFields } from './group.tsx'
import { faultAt, type Hand, Input, inheritedAt, type NodeProps, Wrong } from './input.tsx'
import { isMap, nodeOf, type Schema } from './model.ts'
import { briefly, fieldWord, oneOf, choiceWord } from './words.ts'

interface ListProps extends NodeProps {
  readonly item: Schema
  readonly single: boolean
}

const plainNodes = new Set(['text', 'number', 'select', 'flag'])

export function ListInput(props: ListProps) {
  const { hand, path, item, single } = props
  const value = read(hand.entry, path)
  const items: readonly unknown[] = Array.isArray(value) ? value : value === undefined ? [] : [value]
  const node = nodeOf(item)
  const plain = plainNodes.has(node.is)
  // One alone stands without its brackets where that is allowed.
  const keep = (next: readonly unknown[]) =>
    hand.write(path, next.length === 0 ? undefined : single && next.length === 1 && plain ? next[0] : next)
  if (node.is === 'select') return <Ticks {...props} values={node.values} items={items} keep={keep} />
  // What is needed has its first line ready.
  const shown = items.length === 0 && plain && props.field.required && !hand.readOnly ? [''] : items
  return (
    <Many {...props}>
      <Items {...props} items={shown} keep={keep} plain={plain} />
    </Many>
  )
}

interface ManyProps extends NodeProps {
  readonly help?: boolean
  readonly children: ComponentChildren
}

/** Heading, help and fault around many. */
export function Many({ hand, field, path, help = true, children }: ManyProps) {
  const id = useId()
  const wrong = faultAt(hand, path)
  return (
    <fieldset class="field" aria-describedby={help ? `${id}-help` : undefined}>
      <legend>
        {fieldWord(field)} {field.required && !hand.readOnly && <span class="help">needed</span>}
      </legend>
      {children}
      {wrong !== undefined && <Wrong text={wrong} />}
      {help && (
        <p class="help" id={`${id}-help`}>
          <Told text={field.schema.description} />
        </p>
      )}
    </fieldset>
  )
}

interface ItemsProps extends ListProps {
  readonly items: readonly unknown[]
  readonly keep: (next: readonly unknown[]) => void
  readonly plain: boolean
}

/** What each is known by while it is shown, wherever it moves. */
function useNames(count: number) {
  const names = useRef<number[]>([])
  const last = useRef(0)
  while (names.current.length < count) names.current.push((last.current += 1))
  names.current.length = count
  return names.current
}

function Items({ hand, field, path, item, items, keep, plain }: ItemsProps) {
  const names = useNames(items.length)
  const word = oneOf(fieldWord(field))
  const drop = (index: number) => {
    names.splice(index, 1)
    keep(items.filter((_one, at) => at !== index))
  }
  const raise = (index: number) => {
    const swap = <Thing,>(all: readonly Thing[]) =>
      all.with(index - 1, all[index] as Thing).with(index, all[index - 1] as Thing)
    const swapped = swap(names)
    for (const [at, name] of swapped.entries()) names[at] = name
    keep(swap(items))
  }
  return (
    <>
      {items.map((one, index) => {
        const shared = { hand, item, word, place: index, path: [...path, index] }
        const acts = { drop: () => drop(index), ...(index > 0 ? { raise: () => raise(index) } : {}) }
        return plain ? (
          <Line key={names[index]} {...shared} {...acts} items={items} keep={keep} />
        ) : (
          <Box key={names[index]} {...shared} {...acts} value={one} />
        )
      })}
      {!hand.readOnly && (
        <div>
          <button type="button" class="button tiny" onClick={() => hand.write(path, [...items, plain ? '' : {}])}>
            + {word}
          </button>
        </div>
      )}
    </>
  )
}

interface ItemProps {
  readonly hand: Hand
  readonly item: Schema
  readonly word: string
  readonly place: number
  readonly path: NodeProps['path']
  readonly drop: () => void
  /** Puts it one place further up. */
  readonly raise?: () => void
}

interface LineProps extends ItemProps {
  readonly items: readonly unknown[]
  readonly keep: (items: readonly unknown[]) => void
}

function Line({ hand, item, items, place, keep, word, path, drop }: LineProps) {
  const id = useId()
  const wrong = faultAt(hand, path)
  const write = (_path: unknown, next: unknown) => keep(items.map((one, at) => (at === place ? (next ?? '') : one)))
  const label = `${word} ${place + 1}`
  return (
    <div class="listed">
      <Input
        hand={{ ...hand, entry: items, write }}
        path={[place]}
        schema={item}
        id={id}
        label={label}
        bad={wrong !== undefined}
      />
      {!hand.readOnly && <RemoveButton what={label} act={drop} />}
      {wrong !== undefined && <Wrong text={wrong} />}
    </div>
  )
}

function Box({ hand, item, word, place, path, value, drop, raise }: ItemProps & { readonly value: unknown }) {
  const node = nodeOf(item)
  const called = isMap(value) ? (value['name'] ?? value['path'] ?? value['url'] ?? value['title']) : undefined
  const title = `${word} ${place + 1}`
  const wrong = faultAt(hand, path)
  return (
    <section class="item" aria-label={title}>
      <header>
        <span class="strong nowrap">{title}</span>
        <span class="muted cut grow">{typeof called === 'string' ? called : briefly(value, 60)}</span>
        {!hand.readOnly && raise && (
          <button type="button" class="button tiny" aria-label={`Move ${title} up`} title="Move up" onClick={raise}>
            ↑
          </button>
        )}
        {!hand.readOnly && <RemoveButton what={title} act={drop} />}
      </header>
      {wrong !== undefined && <Wrong text={wrong} />}
      {node.is === 'group' ? (
        <GroupFields hand={hand} fields={node.fields} path={path} />
      ) : (
        <hand.Node hand={hand} field={{ name: title, schema: item, required: true }} path={path} />
      )}
    </section>
  )
}

export const RemoveButton = ({ what, act }: { readonly what: string; readonly act: () => void }) => (
  <button type="button" class="button tiny icon" aria-label={`Remove ${what}`} title="Remove" onClick={act}>
    ✕
  </button>
)

interface TicksProps extends NodeProps {
  readonly values: readonly unknown[]
  readonly items: readonly unknown[]
  readonly keep: (next: readonly unknown[]) => void
}

/** Some of a few words. */
function Ticks(props: TicksProps) {
  const { hand, field, path, values, items, keep } = props
  const inherited = inheritedAt(hand, path, field.schema)
  const usual = items.length === 0 && Array.isArray(field.schema.default) ? (field.schema.default as unknown[]) : []
  const chosen = items.length === 0 ? usual : items
  return (
    <Many {...props}>
      <div class="ticks">
        {values.map((one) => (
          <label key={String(one)} class="check">
            <input
              type="checkbox"
              checked={chosen.includes(one)}
              disabled={hand.readOnly}
              onChange={({ currentTarget: { checked } }) =>
                keep(values.filter((other) => (other === one ? checked : chosen.includes(other))))
              }
            />
            {choiceWord(one)}
          </label>
        ))}
        {items.length === 0 && inherited !== null && <span class="help">{inherited.source}</span>}
      </div>
    </Many>
  )
}
