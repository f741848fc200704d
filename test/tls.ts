// A certificate and its key for servers of tests: self-signed, for localhost and 127.0.0.1, valid for a hundred years.
// Promises nothing secret: the key is public. Must not be used by the product.
import { readFileSync } from 'node:fs'

const read = (name: string) => readFileSync(new URL(`./golden/tls/${name}`, import.meta.url), 'utf8')

export const selfSigned = { key: read('key.pem'), cert: read('cert.pem') } as const
