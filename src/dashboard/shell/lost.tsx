// The bar that says that what is shown grows old.
// Promises to go away by itself.
import { Button } from '../parts/button.tsx'
import { knock, lost } from '../live.ts'
import { timeOfDay } from '../words.ts'

export function LostBar() {
  const now = lost.value
  if (now === null) return null
  return (
    <div class="lost" role="alert">
      <span>
        <strong>{now.answers ? 'The server cannot answer just now.' : 'Connection lost.'}</strong> This is how things
        were at {timeOfDay(now.since)}; it goes on by itself when it is back.
      </span>
      <Button act={knock}>Try now</Button>
    </div>
  )
}
