// CSV as RFC 4180 has it, with what spreadsheets really write: a byte order mark, CRLF or LF, `;` between fields.
// Promises rows by the names of the first line, and a sentence with the line for whatever is wrong. Pure.

export interface Row {
  /** Its line in the file, 1 is the first. */
  readonly line: number
  readonly values: Readonly<Record<string, string>>
}

/** The rows below the line of names; empty lines are left out. Throws an Error that says which line is wrong. */
export function readCsv(text: string): Row[] {
  const plain = text.startsWith('\uFEFF') ? text.slice(1) : text
  const comma = /^[^\n",]*;/.test(plain) ? ';' : ','
  const [head, ...rows] = linesOf(plain, comma)
  if (head === undefined) throw new Error('it is empty; its first line must name the columns')
  const names = head.fields.map((name) => name.trim())
  for (const [index, name] of names.entries()) {
    if (!variableName.test(name))
      throw new Error(`line ${head.line}: ${JSON.stringify(name)} is not a name; take letters, digits and _`)
    if (names.indexOf(name) !== index) throw new Error(`line ${head.line}: two columns are called ${name}`)
  }
  return rows.map(({ line, fields }) => {
    if (fields.length !== names.length) {
      const counts = `${fields.length} fields, but the first line names ${names.length}`
      throw new Error(`line ${line}: has ${counts}`)
    }
    return { line, values: Object.fromEntries(names.map((name, index) => [name, fields[index] as string])) }
  })
}

/** What `${name}` may be called. */
export const variableName = /^[A-Za-z_][A-Za-z0-9_]*$/

function linesOf(text: string, comma: string): { line: number; fields: string[] }[] {
  const lines: { line: number; fields: string[] }[] = []
  let [at, line] = [0, 1]
  while (at < text.length) {
    const began = line
    const fields: string[] = []
    for (;;) {
      const field = text[at] === '"' ? quoted(text, at, began) : bare(text, at, comma)
      fields.push(field.value)
      line += field.breaks
      at = field.end
      if (text[at] !== comma) break
      at += 1
    }
    if (text[at] === '\r') at += 1
    if (at < text.length && text[at] !== '\n') throw new Error(`line ${line}: there is text behind a closing quote`)
    at += 1
    line += 1
    if (fields.length > 1 || fields[0] !== '') lines.push({ line: began, fields })
  }
  return lines
}

function bare(text: string, start: number, comma: string) {
  let end = start
  while (end < text.length && text[end] !== comma && text[end] !== '\n' && text[end] !== '\r') end += 1
  return { value: text.slice(start, end).trim(), end, breaks: 0 }
}

function quoted(text: string, start: number, line: number) {
  let [value, from] = ['', start + 1]
  for (;;) {
    const end = text.indexOf('"', from)
    if (end < 0) throw new Error(`line ${line}: a quote is not closed`)
    value += text.slice(from, end)
    if (text[end + 1] !== '"') return { value, end: end + 1, breaks: value.split('\n').length - 1 }
    value += '"'
    from = end + 2
  }
}
