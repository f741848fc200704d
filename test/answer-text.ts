// The text of an answer, where it has an end.
// Promises not to wait for a stream.

/** Empty for a stream, which is left. */
export async function textOf(response: Response): Promise<string> {
  if (response.headers.get('content-type') !== 'text/event-stream') return response.text()
  await response.body?.cancel()
  return ''
}
