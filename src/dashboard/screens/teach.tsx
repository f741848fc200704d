// What stands where there is no monitor yet: a line that makes one, and that turns green while one looks.
import { useSignal } from '@preact/signals'
import { at, get, Problem } from '../api/client.ts'
import { useLoaded } from '../api/loaded.ts'
import type { Monitor } from '../api/types.ts'
import { useLive } from '../live.ts'
import { Ago, Empty } from '../parts/basics.tsx'
import { Field } from '../parts/field.tsx'
import { Shape } from '../parts/shape.tsx'
import { base } from '../router.ts'
import { may } from '../session.ts'
import { BeatLines } from './beat-lines.tsx'

export const Teach = () => (
  <div class="stack wide">
    {may('edit') && (
      <Empty title="Watch an address">
        <p>Paste it, and see the first check within seconds.</p>
        <a class="button main" href={`${base}/start`}>
          Watch something
        </a>
      </Empty>
    )}
    <Empty title="Or let a job report">
      <p>A job that sends a line when it is done needs no settings: a new name makes a new monitor.</p>
      <HeartbeatLine />
    </Empty>
  </div>
)

async function find(key: string, signal: AbortSignal): Promise<Monitor | null> {
  try {
    return await get<Monitor>(at('monitors', key), {}, signal)
  } catch (error) {
    if (error instanceof Problem && error.status === 404) return null
    throw error
  }
}

/** Lines to copy for a monitor's heartbeats, and whether one has come. */
export function HeartbeatLine({ fixed }: { readonly fixed?: string }) {
  const name = useSignal(fixed ?? 'nightly-backup')
  const key =
    name.value
      .toLowerCase()
      .replaceAll(/[^a-z0-9._-]+/g, '-')
      .replaceAll(/^[-.]+|-+$/g, '') || 'my-job'
  const monitor = useLoaded(`beat ${key}`, (signal) => find(key, signal))
  useLive(monitor.again, 2_000)
  const beaten = monitor.value?.lastAt ?? null
  return (
    <div class="stack">
      {fixed === undefined && <Field label="Name of the job" value={name.value} set={(text) => (name.value = text)} />}
      <BeatLines name={key} />
      <p role="status" class={`notice ${beaten ? 'good' : ''}`}>
        <Shape status={beaten ? 'up' : 'unknown'} />
        {beaten ? (
          <span>
            It has come, <Ago at={beaten} />. <a href={`${base}/monitors/${encodeURIComponent(key)}`}>See it</a>
          </span>
        ) : (
          'Waiting for the first beat. Run the line; this turns green by itself.'
        )}
      </p>
    </div>
  )
}
