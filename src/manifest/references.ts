// References: `${env:NAME}` and `${file:path}` in a manifest's texts become what they stand for; `$${` is a plain `${`.
// Promises that what was put in is never looked at again. Must not read anything itself: it is handed the world.

/** From where references take their values. */
export interface World {
  readonly env: Readonly<Record<string, string | undefined>>
  /** The text of a file, its path as the reference has it; throws an Error whose message says why it cannot be read. */
  readFile(path: string): string
}

export type Resolved = { readonly ok: true; readonly text: string } | { readonly ok: false; readonly why: string }

const reference = /\$(\$\{)|\$\{([a-z]+):([^}]*)\}/g
const most = 1_000_000

/** A function that puts references in; each file is read once. */
export function openReferences(world: World): (text: string) => Resolved {
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
  return (text) => {
    if (!text.includes('${')) return { ok: true, text }
    try {
      // Behind the last `}` no reference ends: looking for one from each `${` there would take quadratic time.
      const end = text.lastIndexOf('}') + 1
      const put = text
        .slice(0, end)
        .replaceAll(
          reference,
          (_, escaped: string | undefined, source: string, name: string) => escaped ?? valueOf(source, name.trim()),
        )
      return { ok: true, text: put + text.slice(end).replaceAll('$${', '${') }
    } catch (error) {
      return { ok: false, why: (error as Error).message }
    }
  }
}
