// Beat logs: what came with a heartbeat, the newest few of each monitor, of failures and of all else.
// Promises that a monitor never has more than `keep` of either: good runs push no failure out. Reads no bodies.
import { sql } from 'kysely'
import type { Signal } from '#core/words.ts'
import type { Context } from './context.ts'
import type { BeatLogs } from './store.ts'

export function beatLogs(context: Context): BeatLogs {
  return {
    async insert({ monitor, at, signal, body, size = body.byteLength, run = null, exit = null, keep }) {
      await context.transaction(async () => {
        const db = context.db()
        await db.insertInto('beat_logs').values({ monitor_id: monitor, at, signal, body, size, run, exit }).execute()
        const isLike = signal === 'fail' ? sql`signal = 'fail'` : sql`signal <> 'fail'`
        await sql`
          delete from beat_logs where monitor_id = ${monitor} and ${isLike} and id <= (
            select id from beat_logs where monitor_id = ${monitor} and ${isLike}
            order by id desc limit 1 offset ${keep})`.execute(db)
      })
    },
    async list(monitor, limit) {
      const query = context.db().selectFrom('beat_logs').selectAll().where('monitor_id', '=', monitor)
      const rows = await query.orderBy('id', 'desc').limit(limit).execute()
      return rows.map(({ at, signal, body, size, run, exit }) => {
        return { at, signal: signal as Signal, body, size: size ?? body.byteLength, run, exit }
      })
    },
  }
}
