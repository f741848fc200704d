// Source text taken apart just far enough for the house rules: code, comments, strings and imports, by plain scanning.
// Promises that code keeps its lines and columns: what is blanked becomes spaces. Must not know any rule.

export interface Source {
  /** Path from the root of the checkout, with `/`. */
  readonly path: string
  readonly text: string
  /** The text with comments and the insides of strings blanked. */
  readonly code: string
  readonly comments: readonly Found[]
  readonly strings: readonly Found[]
  readonly imports: readonly Found[]
}

/** A piece of the source and the line on which it begins, from 1. */
export interface Found {
  readonly text: string
  readonly line: number
}

/** Blanks everything but line feeds. */
const blank = (text: string) => text.replaceAll(/[^\n]/g, ' ')

/** A slash after one of these, or at the beginning, starts a regular expression, not a division. */
const beforeRegex = /(?:^|[=([{,;:!&|?+\-*%<>~^]|=>|\b(?:return|case|typeof|in|of|yield|await|delete|void))\s*$/

const pieces = [
  { kind: 'comment', at: /\/\/[^\n]*/y },
  { kind: 'comment', at: /\/\*[\s\S]*?\*\//y },
  { kind: 'string', at: /'(?:[^'\\\n]|\\[\s\S])*'/y },
  { kind: 'string', at: /"(?:[^"\\\n]|\\[\s\S])*"/y },
] as const
const regex = /\/(?![*/])(?:[^/\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/[a-z]*/y

/** The same where there is markup: a slash after `<` ends an element. Its text must do without straight quotes. */
const beforeRegexInMarkup = /(?:^|[=([{,;:!&|?+\-*%~^]|=>|\b(?:return|case|typeof|in|of|yield|await|delete|void))\s*$/

/** Takes a TypeScript file apart. */
export function scan(path: string, text: string): Source {
  const comments: Found[] = []
  const strings: Found[] = []
  const before = path.endsWith('.tsx') ? beforeRegexInMarkup : beforeRegex
  let code = ''
  let at = 0
  const lineAt = (offset: number) => text.slice(0, offset).split('\n').length
  /** How deep in braces each open `${` of a template is. */
  const templates: number[] = []

  const take = (pattern: RegExp): string | null => {
    pattern.lastIndex = at
    return pattern.exec(text)?.[0] ?? null
  }
  const string = (length: number) => {
    const whole = text.slice(at, at + length)
    strings.push({ text: whole.slice(1, -1), line: lineAt(at) })
    code += `${whole[0]}${blank(whole.slice(1, -1))}${whole.at(-1)}`
    at += length
  }
  /** The text of a template up to its end or its next `${`; `at` stands on the backquote or brace before it. */
  const template = () => {
    const found = /(?:[^`\\$]|\\[\s\S]|\$(?!\{))*/y
    found.lastIndex = at + 1
    const inside = found.exec(text)?.[0] ?? ''
    strings.push({ text: inside, line: lineAt(at) })
    code += `\`${blank(inside)}\``
    at += inside.length + 2
    if (text[at - 1] === '$') {
      templates.push(0)
      code += ' '
      at += 1
    }
  }

  while (at < text.length) {
    const piece = pieces
      .map(({ kind, at: pattern }) => ({ kind, whole: take(pattern) }))
      .find(({ whole }) => whole !== null)
    const expression = text[at] === '/' && before.test(code.slice(-200)) ? take(regex) : null
    const character = text[at] ?? ''
    const depth = templates.at(-1)
    if (piece?.kind === 'comment') {
      const whole = piece.whole ?? ''
      comments.push({ text: whole, line: lineAt(at) })
      code += blank(whole)
      at += whole.length
    } else if (piece !== undefined) string(piece.whole?.length ?? 0)
    else if (expression !== null) string(expression.length)
    else if (character === '`') template()
    else if (character === '}' && depth === 0) {
      templates.pop()
      template()
    } else {
      if (depth !== undefined && character === '{') templates[templates.length - 1] = depth + 1
      if (depth !== undefined && character === '}') templates[templates.length - 1] = depth - 1
      code += character
      at += 1
    }
  }
  return { path, text, code, comments, strings, imports: findImports(text, code) }
}

const statement =
  /(?:^|[\n;])\s*(?:import\b[^'"`;]*?|export\b[^'"`;()=]*?\bfrom\s*)(['"])[^\n]*?\1|\bimport\s*\(\s*(['"])[^\n]*?\2/g
const fromUrl = /\bnew URL\(\s*(['"])[^\n]*?\1\s*,\s*import\.meta\.url/g

/** What a file imports: statements, re-exports, `import()`, and files it names by `new URL('…', import.meta.url)`. */
function findImports(text: string, code: string): Found[] {
  const found: Found[] = []
  for (const pattern of [statement, fromUrl]) {
    for (const match of code.matchAll(pattern)) {
      const whole = match[0]
      const quote = match[1] ?? match[2] ?? "'"
      const begin = match.index + whole.indexOf(quote) + 1
      const target = text.slice(begin, text.indexOf(quote, begin))
      if (pattern === statement || target.endsWith('.ts'))
        found.push({ text: target, line: text.slice(0, begin).split('\n').length })
    }
  }
  return found.sort((one, other) => one.line - other.line)
}
