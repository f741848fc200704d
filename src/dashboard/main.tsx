// Where the dashboard begins: draws the application into the document and asks who is there.
import { render } from 'preact'
import { App } from './app.tsx'
import { learnWho } from './session.ts'
import { listenToKeys } from './shell/keyboard.ts'
import './style.ts'

const where = document.getElementById('app')
if (where) render(<App />, where)
listenToKeys()
void learnWho()
