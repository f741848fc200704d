// The dashboard: its server first, then a browser that works with it, against 5,000 monitors with 90 days of history.
import type { Row } from '../table.ts'
import * as browser from './browser.ts'
import * as server from './server.ts'

export const measure = async (): Promise<Row[]> => [...(await server.measure()), ...(await browser.measure())]
