// Trying settings before they are kept: a check of a monitor, a message by a channel.
// Promises that nothing is stored, and that a hidden secret is put back only where it was given for the same server.
import type { Finding } from '#checks/check.ts'
import type { ChannelModel, MonitorModel, Read } from '#manifest/model.ts'
import type { ObjectType } from '#store/store.ts'
import { existing } from './objects.ts'
import { secretsIn } from './object-types.ts'
import type { CommandParts } from './ports.ts'
import { Refused } from './refused.ts'
import { unmask } from './secrets.ts'

/** Settings as they came, with the key of the stored object whose hidden secrets they may stand for. */
export interface Draft {
  readonly spec: unknown
  readonly of: string | undefined
}

/** The name of what has none yet, for sentences. */
const unnamed = 'untitled'

/** Checks once with these settings; throws Refused where they are wrong, or of a kind that is not checked. */
export async function tryMonitor(
  parts: CommandParts,
  draft: Draft,
): Promise<{ readonly finding: Finding; readonly model: MonitorModel }> {
  const model = await modelOf(parts, 'monitor', draft, parts.readers.readMonitor)
  const finding = await parts.engine.tryOut(model)
  if (finding !== null) return { finding, model }
  const why = `A ${model.kind} is not checked: it reports by itself, or follows from others.`
  throw new Refused({ kind: 'impossible', why })
}

/** The channel that these settings mean. */
export const channelOf = (parts: CommandParts, draft: Draft): Promise<ChannelModel> =>
  modelOf(parts, 'channel', draft, parts.readers.readChannel)

async function modelOf<Model>(
  parts: CommandParts,
  type: ObjectType,
  { spec: sent, of }: Draft,
  read: (key: string, spec: unknown) => Read<Model>,
): Promise<Model> {
  const stored = of === undefined ? null : await existing(parts.store, { type, key: of })
  const { spec, faults } = unmask(sent, stored?.spec, secretsIn(parts, type))
  if (faults.length > 0) throw new Refused({ kind: 'invalid', faults })
  const model = read(of ?? unnamed, spec)
  if (!model.ok) throw new Refused({ kind: 'invalid', faults: model.faults })
  return model.value
}
