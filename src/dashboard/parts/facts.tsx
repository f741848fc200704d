// Evidence as a check found it: times, certificates, answers; whatever it is, it is shown as text.
import { nameWord } from '../form/words.ts'
import { Text } from './text.tsx'
import { latency } from '../words.ts'

type Facts = Readonly<Record<string, unknown>>

const isMap = (value: unknown): value is Facts => typeof value === 'object' && value !== null && !Array.isArray(value)

function Value({ value }: { readonly value: unknown }) {
  if (isMap(value)) return <FactList facts={value} />
  if (Array.isArray(value)) {
    const simple = value.every((one) => typeof one !== 'object' || one === null)
    if (simple) return <>{value.map(String).join(', ')}</>
    return (
      <ol class="stack">
        {value.map((one, index) => (
          <li key={index}>
            <Value value={one} />
          </li>
        ))}
      </ol>
    )
  }
  const text = String(value)
  return text.includes('\n') || text.length > 200 ? <Text text={text} label="The whole text" /> : <>{text}</>
}

/** What says nothing is not told. */
const isBare = (value: unknown): boolean =>
  value === null || value === undefined || value === '' || (isMap(value) && Object.values(value).every(isBare))

export const saysSomething = (facts: Facts): boolean => !isBare(facts)

export function FactList({ facts }: { readonly facts: Facts }) {
  const entries = Object.entries(facts).filter(([, value]) => !isBare(value))
  if (entries.length === 0) return null
  return (
    <dl class="facts">
      {entries.map(([name, value]) => (
        <Fact key={name} name={name} value={value} />
      ))}
    </dl>
  )
}

const Fact = ({ name, value }: { readonly name: string; readonly value: unknown }) => (
  <>
    <dt>{nameWord(name)}</dt>
    <dd>{name === 'phases' && isMap(value) ? <Phases phases={value} /> : <Value value={value} />}</dd>
  </>
)

/** Where the time went, part by part. */
const Phases = ({ phases }: { readonly phases: Facts }) => (
  <span class="number">
    {Object.entries(phases)
      .filter(([, ms]) => typeof ms === 'number')
      .map(([name, ms]) => `${nameWord(name).toLowerCase()} ${latency(ms as number)}`)
      .join(' · ')}
  </span>
)
