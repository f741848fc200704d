// The last results of a monitor, one small bar each: height and colour say the same, and a sentence says it all.
import type { Strip as Results } from '../api/types.ts'
import { count, list } from '../words.ts'

const bars = {
  '+': { status: 'up', word: 'up', height: 9 },
  '~': { status: 'degraded', word: 'degraded', height: 13 },
  '-': { status: 'down', word: 'down', height: 16 },
  '?': { status: 'unknown', word: 'unknown', height: 6 },
} as const
type Sign = keyof typeof bars
const places = 30

/** `28 up and 2 down`. */
export function stripWords(outcomes: string): string {
  if (outcomes === '') return 'Not checked yet'
  const parts = (Object.keys(bars) as Sign[]).flatMap((sign) => {
    const number = outcomes.split(sign).length - 1
    return number === 0 ? [] : [`${number} ${bars[sign].word}`]
  })
  return `Of the last ${count(outcomes.length, 'result')} ${list(parts)}`
}

export function Strip({ results }: { readonly results: Results | undefined }) {
  const outcomes = results?.outcomes ?? ''
  const shown = outcomes.slice(-places)
  const begin = places - shown.length
  const words = stripWords(outcomes)
  return (
    <svg class="strip" viewBox={`0 0 ${places * 5} 16`} role="img" aria-label={words}>
      <title>{words}</title>
      {(Object.keys(bars) as Sign[]).map((sign) => {
        const { status, height } = bars[sign]
        const path = Array.from(shown, (one, index) =>
          one === sign ? `M${(begin + index) * 5 + 2} 16v-${height}` : '',
        )
        return <path key={sign} class={status} d={path.join('')} />
      })}
      {begin > 0 && <path class="unknown" d={`M0 15.5h${begin * 5 - 2}`} opacity="0.5" />}
    </svg>
  )
}
