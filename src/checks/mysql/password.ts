// Proofs of a password to MySQL and MariaDB, by the names of their plugins.
// Promises that the password itself goes out only encrypted. Must not know how packets travel.
import { constants, createHash, createPublicKey, publicEncrypt } from 'node:crypto'

const hash = (name: 'sha1' | 'sha256', ...parts: readonly Buffer[]) => {
  const made = createHash(name)
  for (const part of parts) made.update(part)
  return made.digest()
}
const xor = (one: Buffer, other: Buffer) => Buffer.from(one.map((byte, at) => byte ^ (other[at % other.length] ?? 0)))

type Proof = (password: Buffer, nonce: Buffer) => Buffer

/** The first answer to the server's nonce, by plugin. */
const proofs: Readonly<Record<string, Proof>> = {
  mysql_native_password: (password, nonce) => {
    const once = hash('sha1', password)
    return xor(once, hash('sha1', nonce, hash('sha1', once)))
  },
  caching_sha2_password: (password, nonce) => {
    const once = hash('sha256', password)
    return xor(once, hash('sha256', hash('sha256', once), nonce))
  },
}

export const knownPlugins = Object.keys(proofs)

/** The proof that a plugin wants; null for one that is not known. Nothing proves that there is no password. */
export function prove(plugin: string, password: string | undefined, nonce: Buffer): Buffer | null {
  const proof = proofs[plugin]
  if (!proof) return null
  return password === undefined ? Buffer.alloc(0) : proof(Buffer.from(password), nonce)
}

/** The password, with its zero, under the public key that the server sent; null where that is no RSA key. */
export function encrypt(password: string, nonce: Buffer, pem: string): Buffer | null {
  try {
    const key = createPublicKey(pem)
    if (key.asymmetricKeyType !== 'rsa' || (key.asymmetricKeyDetails?.modulusLength ?? 0) > 8_192) return null
    return publicEncrypt({ key, padding: constants.RSA_PKCS1_OAEP_PADDING }, xor(Buffer.from(`${password}\0`), nonce))
  } catch {
    return null
  }
}
