// Writing an entry as it would stand in a file.
// Promises YAML that reads as the same entry. Must not know any kind.
import { stringify } from 'yaml'

/** `monitors:`, the key, and the entry below it. */
export const writeEntry = (section: string, key: string, spec: unknown): string =>
  stringify({ [section]: { [key]: spec } }, { lineWidth: 110, aliasDuplicateObjects: false })
