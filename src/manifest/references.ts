// References: `${env:NAME}` and `${file:path}` in a manifest's texts become what they stand for; `$${` is a plain `${`.
// Promises that what was put in is never looked at again, and stands in no message. Must not read anything itself: it
// is handed the world.

/** From where references take their values. */
export interface World {
  readonly env: Readonly<Record<string, string | undefined>>
  /** The text of a file, its path as the reference has it; throws an Error whose message says why it cannot be read. */
  readFile(path: string): string
}

export type Resolved = { readonly ok: true; readonly text: string } | { readonly ok: false; readonly why: string }

const reference = /\$(\$\{)|\$\{([a-z]+):([^}]*)\}/g
const most = 1_000_000
/** Shorter values are no secrets; hiding them would spoil messages. */
const hiddenLeast = 4

export interface References {
  /** Puts references in; each file is read once. */
  resolve(text: string): Resolved
  /** A message with each value that was put in (4 characters or more), whole or cut off, as its reference again. */
  hide(message: string): string
}

export function openReferences(world: World): References {
  const values = new Map<string, string>()
  const files = new Map<string, string>()
  const read = (path: string): string => {
    const text = files.get(path) ?? world.readFile(path)
    files.set(path, text)
    if (text.length > most) throw new Error('it is larger than 1 MB')
    return text.replace(/\r?\n$/, '')
  }
  const valueOf = (source: string, name: string): string => {
    if (source === 'env') {
      const value = world.env[name]
      if (value === undefined) throw new Error(`the environment variable ${name} is not set`)
      return value
    }
    if (source !== 'file')
      throw new Error(`\${${source}:…} is not known; write \${env:NAME} or \${file:path}, or $\${ for a plain \${`)
    try {
      return read(name)
    } catch (error) {
      throw new Error(`the file ${name} cannot be read: ${(error as Error).message}`, { cause: error })
    }
  }
  const put = (source: string, name: string): string => {
    const value = valueOf(source, name)
    if (value.length >= hiddenLeast) values.set(value, `\${${source}:${name}}`)
    return value
  }
  const resolve = (text: string): Resolved => {
    if (!text.includes('${')) return { ok: true, text }
    try {
      // Behind the last `}` no reference ends: looking for one from each `${` there would take quadratic time.
      const end = text.lastIndexOf('}') + 1
      const head = text
        .slice(0, end)
        .replaceAll(
          reference,
          (_, escaped: string | undefined, source: string, name: string) => escaped ?? put(source, name.trim()),
        )
      return { ok: true, text: head + text.slice(end).replaceAll('$${', '${') }
    } catch (error) {
      return { ok: false, why: (error as Error).message }
    }
  }
  const hide = (message: string): string =>
    [...values]
      .sort(([one], [other]) => other.length - one.length)
      .flatMap(([value, written]) =>
        [value, JSON.stringify(value).slice(1, -1)].map((said) => [said, written] as const),
      )
      .reduce(
        (text, [said, written]) =>
          hideCut(
            text.replaceAll(said, () => written),
            said,
            written,
          ),
        message,
      )
  return { resolve, hide }
}

/** Beginnings of a value that was too long for its message: three dots follow. */
function hideCut(message: string, value: string, written: string): string {
  const begin = value.slice(0, hiddenLeast)
  let text = message
  for (let at = text.indexOf(begin); at >= 0; at = text.indexOf(begin, at + 1)) {
    let end = at + hiddenLeast
    while (end < text.length && text[end] === value[end - at]) end += 1
    if (text.startsWith('...', end)) text = text.slice(0, at) + written + text.slice(end)
  }
  return text
}
