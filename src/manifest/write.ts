// Writing entries and whole manifests as they would stand in a file.
// Promises YAML that reads as the same, whatever stands in its texts. Must not know any kind.
import { stringify } from 'yaml'

const style = { lineWidth: 110, aliasDuplicateObjects: false }

/** `monitors:`, the key, and the entry below it. */
export const writeEntry = (section: string, key: string, spec: unknown): string =>
  manifestOf({ [section]: { [key]: spec } })

/** The root of a manifest as text: `${` that stands in a text is no reference, and comes back as it is. */
export const manifestOf = (root: unknown): string => stringify(withEscapes(root), style)

function withEscapes(value: unknown): unknown {
  if (typeof value === 'string') return value.replaceAll('${', '$$${')
  if (Array.isArray(value)) return value.map(withEscapes)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, withEscapes(one)]))
}
