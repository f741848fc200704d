// DER: the nested parts of ASN.1 data, as LDAP speaks it and as OCSP answers are written.
// Promises to read no further than the bytes go and to refuse what it does not understand. Knows no meaning of a part.

export interface Part {
  readonly tag: number
  readonly value: Buffer
}

/** Where the value of a part begins and how long it is, from its first bytes; null while they are too few. */
export function measure(bytes: Buffer): { readonly begin: number; readonly length: number } | null {
  const [tag, first] = bytes
  if (tag === undefined || first === undefined) return null
  if ((tag & 0x1f) === 0x1f) throw new RangeError('a tag of several bytes')
  if (first < 0x80) return { begin: 2, length: first }
  const count = first & 0x7f
  if (count === 0 || count > 4) throw new RangeError('a length that is not definite')
  return bytes.length < 2 + count ? null : { begin: 2 + count, length: bytes.readUIntBE(2, count) }
}

/** The parts that stand one after another; throws a RangeError for what is none. */
export function parts(bytes: Buffer): Part[] {
  const found: Part[] = []
  let rest = bytes
  while (rest.length > 0) {
    const size = measure(rest)
    const end = size ? size.begin + size.length : Number.POSITIVE_INFINITY
    if (!size || end > rest.length) throw new RangeError('a part that is longer than what holds it')
    found.push({ tag: rest[0] ?? 0, value: rest.subarray(size.begin, end) })
    rest = rest.subarray(end)
  }
  return found
}
