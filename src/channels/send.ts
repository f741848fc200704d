// Send: one attempt to deliver one message through one channel.
// Promises never to throw, and to be over when the timeout is, whatever the channel does.
import type { ChannelKind, Message, SendContext, Sent } from './channel.ts'
import { plain } from '#core/message.ts'
import { sayDuration } from '#core/duration.ts'

export async function sendMessage(
  kind: ChannelKind,
  config: unknown,
  message: Message,
  context: SendContext,
): Promise<Sent> {
  const failed = (detail: string): Sent => ({ ok: false, retry: true, detail })
  const stopped = failed('Cut off, since Allswell stops.')
  if (context.signal.aborted) return stopped
  const ending = new AbortController()
  const cut = Promise.withResolvers<Sent>()
  const end = (sent: Sent) => {
    cut.resolve(sent)
    ending.abort()
  }
  const stop = () => end(stopped)
  const late = failed(`No answer within ${sayDuration(context.timeout)}.`)
  const timer = context.clock.after(context.timeout, () => end(late))
  context.signal.addEventListener('abort', stop, { once: true })
  try {
    return await Promise.race([attempt(kind, config, message, { ...context, signal: ending.signal }), cut.promise])
  } finally {
    timer.cancel()
    context.signal.removeEventListener('abort', stop)
  }
}

/** A bug in a channel is a failed attempt, not an end of the deliverer. */
async function attempt(kind: ChannelKind, config: unknown, message: Message, context: SendContext): Promise<Sent> {
  try {
    return await kind.send(config, message, context)
  } catch (error) {
    const why = plain(error instanceof Error ? error.message : String(error), 200)
    return { ok: false, retry: true, detail: `The ${kind.kind} channel failed: ${why}` }
  }
}
