// Checks alone: what each costs beside what else could do it, in one run against targets of Debian's.
import type { Row } from '../table.ts'
import { measureDns } from './dns.ts'
import { measureHttp } from './http.ts'
import { measurePing } from './ping.ts'
import { openNginx } from './tools.ts'

export async function measure(): Promise<Row[]> {
  const web = await openNginx()
  try {
    return [...(await measureHttp(web)), ...(await measureDns()), ...(await measurePing())]
  } finally {
    await web.stop()
  }
}
