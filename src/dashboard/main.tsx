// Where the dashboard begins: draws the application into the document.
import { render } from 'preact'
import { App } from './app.tsx'

const place = document.getElementById('app')
if (place) render(<App />, place)
