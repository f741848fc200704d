// Where the dashboard begins: draws the application into the document and asks who is there.
import { render } from 'preact'
import { App } from './app.tsx'
import { startClock } from './clock.ts'
import { watchLine } from './live.ts'
import { learnWho } from './session.ts'
import { listenToKeys } from './shell/keyboard.ts'
import './style.ts'

const where = document.getElementById('app')
if (where) render(<App />, where)
startClock()
watchLine()
listenToKeys()
void learnWho()
