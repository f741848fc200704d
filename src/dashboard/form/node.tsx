// One field of a generated form, whatever its schema is.
import { ChannelsInput } from './channels.tsx'
import { Either } from './either.tsx'
import { Group } from './group.tsx'
import { FieldFrame, Input, type NodeProps } from './input.tsx'
import { JsonInput } from './json.tsx'
import { ListInput } from './list.tsx'
import { nodeOf } from './model.ts'
import { MonitorsInput } from './monitors.tsx'
import { NamesInput } from './names.tsx'

export function NodeField(props: NodeProps) {
  const node = nodeOf(props.field.schema)
  if (node.is === 'group') return <Group {...props} fields={node.fields} />
  if (node.is === 'either') return <Either {...props} ways={node.ways} />
  if (node.is === 'list') return <ListInput {...props} item={node.item} single={node.single} />
  if (node.is === 'names') return <NamesInput {...props} item={node.item} />
  if (node.is === 'monitors') return <MonitorsInput {...props} />
  if (node.is === 'channels') return <ChannelsInput {...props} />
  if (node.is === 'json') return <JsonInput {...props} />
  return <Simple {...props} />
}

const Simple = (props: NodeProps) => (
  <FieldFrame {...props}>{(ids) => <Input {...props} schema={props.field.schema} {...ids} />}</FieldFrame>
)
