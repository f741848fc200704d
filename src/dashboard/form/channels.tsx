// Which channels: those that there are, to tick.
// Promises that a channel that is chosen and no longer there is shown, so that it can be taken out.
import { get } from '../api/client.ts'
import { useLoaded } from '../api/loaded.ts'
import type { Channel, ListOf } from '../api/types.ts'
import { Trouble } from '../parts/basics.tsx'
import { base } from '../router.ts'
import { read } from './entry.ts'
import { faultAt, type NodeProps, pathText, Wrong } from './input.tsx'
import { Many } from './list.tsx'

export function ChannelsInput(props: NodeProps) {
  const { hand, path } = props
  const found = useLoaded('list channel', (signal) => get<ListOf<Channel>>('/channels', { limit: 500 }, signal))
  const value = read(hand.entry, path)
  const chosen = value === undefined ? [] : [value].flat().map(String)
  const known = found.value?.items ?? []
  const gone = chosen.filter((key) => !known.some((one) => one.key === key))
  const lines = [
    ...known.map(({ key, name, kind }) => ({ key, name, about: kind })),
    ...gone.map((key) => ({ key, name: key, about: found.value === null ? '' : 'not there any more' })),
  ]
  const keep = (keys: readonly string[]) =>
    hand.write(path, keys.length === 0 ? undefined : keys.length === 1 ? keys[0] : keys)
  const wrong = hand.faults.find((fault) => fault.path.startsWith(`${pathText(path)}[`))
  return (
    <Many {...props} help={false}>
      {found.problem && <Trouble problem={found.problem} again={found.again} />}
      {found.value?.items.length === 0 && !hand.readOnly && (
        <p class="notice">
          <span>
            There is no channel yet. <a href={`${base}/channels/new`}>Make one</a> first: a mail address, a chat, a
            webhook.
          </span>
        </p>
      )}
      <div class="ticks">
        {lines.map(({ key, name, about }) => (
          <label key={key} class="check">
            <input
              type="checkbox"
              checked={chosen.includes(key)}
              disabled={hand.readOnly}
              onChange={({ currentTarget: { checked } }) =>
                keep(checked ? [...chosen, key] : chosen.filter((one) => one !== key))
              }
            />
            <span class="cut">
              {name} <span class="muted small">{about}</span>
            </span>
          </label>
        ))}
      </div>
      {wrong !== undefined && faultAt(hand, path) === undefined && <Wrong text={wrong.message} />}
    </Many>
  )
}
