// One field of a generated form, whatever its schema is; groups hold further ones.
import { Either } from './either.tsx'
import { isMap, read } from './entry.ts'
import { faultAt, FieldFrame, Input, isFaulty, type NodeProps } from './input.tsx'
import { JsonInput, ListInput, NamesInput } from './many.tsx'
import { type Field, fieldWord, nodeOf } from './model.ts'

export function NodeField(props: NodeProps) {
  const node = nodeOf(props.field.schema)
  if (node.is === 'group') return <Group {...props} fields={node.fields} />
  if (node.is === 'either') return <Either {...props} ways={node.ways} />
  if (node.is === 'list') return <ListInput {...props} item={node.item} single={node.single} />
  if (node.is === 'names') return <NamesInput {...props} />
  if (node.is === 'json') return <JsonInput {...props} />
  return <Simple {...props} />
}

const Simple = (props: NodeProps) => (
  <FieldFrame {...props}>{(ids) => <Input {...props} schema={props.field.schema} {...ids} />}</FieldFrame>
)

function Group({ hand, field, path, fields }: NodeProps & { readonly fields: readonly Field[] }) {
  const value = read(hand.entry, path)
  const used = isMap(value) && Object.keys(value).length > 0
  const wrong = faultAt(hand, path)
  return (
    <details class="fold" open={used || field.required || isFaulty(hand, path)}>
      <summary>{fieldWord(field)}</summary>
      <div class="body stack">
        {field.schema.description !== undefined && <p class="help">{field.schema.description}</p>}
        {wrong !== undefined && <p class="wrong">{wrong}</p>}
        {fields.map((one) => (
          <NodeField key={one.name} hand={hand} field={one} path={[...path, one.name]} />
        ))}
      </div>
    </details>
  )
}
