// The second step of the first minute: a channel, a rule that tells it everything, and a test message.
import { useSignal } from '@preact/signals'
import { useMemo } from 'preact/hooks'
import { at, get, post, Problem } from '../api/client.ts'
import { useLoaded } from '../api/loaded.ts'
import { formSpec } from '../api/schemas.ts'
import type { Sent } from '../api/types.ts'
import { partsOf } from '../form/entry.ts'
import { Draft } from '../form/hand.ts'
import type { FormSpec } from '../form/model.ts'
import { NodeField } from '../form/node.tsx'
import { Trouble, Waiting } from '../parts/basics.tsx'
import { Form } from '../parts/form.tsx'
import { Shape } from '../parts/shape.tsx'
import { unsaved } from '../router.ts'

interface ChannelProps {
  readonly told: string | null
  readonly done: (channel: string) => void
}

export function StartChannel({ told, done }: ChannelProps) {
  const schema = useLoaded('schema channel', () => formSpec('channel'))
  const kind = useSignal<string | null>(null)
  return (
    <section class={`step ${told === null ? '' : 'done'}`}>
      <h2>2. Who is told?</h2>
      {schema.problem && <Trouble problem={schema.problem} again={schema.again} />}
      {!schema.value && !schema.problem && <Waiting />}
      {told !== null && (
        <p class="line">
          <Shape status="up" /> “{told}” is told when something goes down, and when it is up again.
        </p>
      )}
      {told === null && schema.value && (
        <>
          <div class="adds" role="group" aria-label="Kind of channel">
            {schema.value.kinds.map((one) => (
              <button
                key={one.kind}
                type="button"
                class="button"
                title={one.summary}
                aria-pressed={kind.value === one.kind}
                onClick={() => (kind.value = one.kind)}
              >
                {one.title}
              </button>
            ))}
          </div>
          {kind.value !== null && <Channel key={kind.value} kind={kind.value} spec={schema.value} done={done} />}
        </>
      )}
    </section>
  )
}

interface OneProps {
  readonly kind: string
  readonly spec: FormSpec
  readonly done: (channel: string) => void
}

function Channel({ kind, spec, done }: OneProps) {
  const draft = useMemo(() => new Draft('channel', null, { [kind]: {} }, kind), [])
  const result = useSignal<Sent | null>(null)
  const { first } = partsOf(spec, kind)
  const hand = draft.hand(false)
  const send = async () => {
    if (draft.stored.value === null) draft.chosenKey.value = await freeChannel(kind)
    const saved = await draft.save()
    unsaved.value = null
    if (saved === null) return
    result.value = await post<Sent>(at('channels', saved.key, 'test'), undefined, { timeout: 60_000 })
    if (!result.value.ok) return
    await tellEverything(saved.key)
    done(saved.name)
  }
  return (
    <Form send={send} action="Send a test">
      {() => (
        <>
          {first
            .filter(({ path }) => path.length > 1)
            .map(({ field, path }) => (
              <NodeField key={path.join('.')} hand={hand} field={field} path={path} />
            ))}
          {draft.problem.value !== null && <Trouble problem={draft.problem.value} />}
          {result.value?.ok === false && (
            <p class="notice bad" role="alert">
              The test did not arrive: {result.value.detail}
            </p>
          )}
        </>
      )}
    </Form>
  )
}

async function freeChannel(kind: string): Promise<string> {
  for (let number = 1; number < 100; number += 1) {
    const tried = number === 1 ? kind : `${kind}-${number}`
    try {
      await get(at('channels', tried))
    } catch (error) {
      if (error instanceof Problem && error.status === 404) return tried
      throw error
    }
  }
  return `${kind}-more`
}

/** A rule for all monitors, or one more channel in the one that there is. */
async function tellEverything(channel: string): Promise<void> {
  const body = { key: 'everything', name: 'Everything', monitors: '*', tell: [channel], on: ['down', 'up'] }
  try {
    await post('/rules', body)
  } catch (error) {
    if (!(error instanceof Problem) || error.kind !== 'exists') throw error
    await post('/rules', { ...body, key: `everything-${channel}`, name: `Everything, to ${channel}` })
  }
}
