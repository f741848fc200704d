// The bar that says that what is shown grows old.
import { present } from '../clock.ts'
import { knock, lostSince } from '../live.ts'
import { timeOfDay } from '../words.ts'

export function LostBar() {
  const since = lostSince.value
  if (since === null) return null
  void present.value
  return (
    <div class="lost" role="alert">
      <span>Connection lost. This is how things were at {timeOfDay(since)}.</span>
      <button type="button" onClick={() => void knock()}>
        Try again
      </button>
    </div>
  )
}
