import {
  createCipheriv,
  createDecipheriv,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  hkdfSync,
  type KeyObject,
  randomBytes,
} from 'node:crypto'
import { DbopsError } from '../errors.ts'
import { Secret } from '../secret.ts'

/** Public half of a key pair as it is written in configurations: `dbops-x25519:` and 32 bytes in base64url. */
export type RecipientName = string

const PREFIX = 'dbops-x25519:'

/** The data key as one recipient can open it (X25519 with an ephemeral key, HKDF-SHA-256, AES-256-GCM). */
export interface WrappedKey {
  readonly recipient: RecipientName
  readonly ephemeral: string
  readonly sealed: string
}

/** A key pair for backups: the machine that makes them needs only the public name. */
export function newIdentity(): { recipient: RecipientName; privateKeyPem: Secret } {
  const { privateKey } = generateKeyPairSync('x25519')
  const privateKeyPem = new Secret(privateKey.export({ type: 'pkcs8', format: 'pem' }) as string)
  return { recipient: recipientOf(privateKey), privateKeyPem }
}

/** @throws {DbopsError} SECRET_INVALID when it is no X25519 private key in PEM */
export function readIdentity(pem: Secret): KeyObject {
  try {
    const key = createPrivateKey(pem.reveal())
    if (key.asymmetricKeyType === 'x25519') return key
  } catch {
    // said below, without what the file holds
  }
  throw new DbopsError('SECRET_INVALID', 'the identity is no X25519 private key in PEM', {
    hint: 'dbops backup keygen makes one',
  })
}

export function recipientOf(key: KeyObject): RecipientName {
  return `${PREFIX}${createPublicKey(key).export({ format: 'jwk' }).x}`
}

/** Seals a data key for one recipient. @throws {DbopsError} USAGE for a name that is none */
export function wrapKey(dataKey: Buffer, recipient: RecipientName): WrappedKey {
  const publicKey = publicKeyOf(recipient)
  const { privateKey: ephemeralKey } = generateKeyPairSync('x25519')
  const ephemeral = recipientOf(ephemeralKey)
  const key = wrappingKey(diffieHellman({ privateKey: ephemeralKey, publicKey }), ephemeral, recipient)
  const nonce = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', key, nonce)
  const sealed = Buffer.concat([nonce, cipher.update(dataKey), cipher.final(), cipher.getAuthTag()])
  return { recipient, ephemeral, sealed: sealed.toString('base64') }
}

/**
 * Opens the data key with the first identity it was sealed for.
 * @throws {DbopsError} SECRET_MISSING when none of the identities is a recipient, INTEGRITY when the sealed key was changed
 */
export function unwrapKey(wrapped: readonly WrappedKey[], identities: readonly KeyObject[]): Buffer {
  for (const identity of identities) {
    const recipient = recipientOf(identity)
    const mine = wrapped.find((one) => one.recipient === recipient)
    if (mine !== undefined) return open(mine, identity)
  }
  throw new DbopsError('SECRET_MISSING', `none of the ${identities.length} identities given can open this backup`, {
    hint: `it was sealed for ${wrapped.map(({ recipient }) => recipient).join(', ')}`,
  })
}

function open({ recipient, ephemeral, sealed }: WrappedKey, identity: KeyObject): Buffer {
  const bytes = Buffer.from(sealed, 'base64')
  try {
    const shared = diffieHellman({ privateKey: identity, publicKey: publicKeyOf(ephemeral) })
    const decipher = createDecipheriv('aes-256-gcm', wrappingKey(shared, ephemeral, recipient), bytes.subarray(0, 12))
    decipher.setAuthTag(bytes.subarray(-16))
    return Buffer.concat([decipher.update(bytes.subarray(12, -16)), decipher.final()])
  } catch (cause) {
    throw new DbopsError('INTEGRITY', 'the sealed data key was changed', { cause })
  }
}

function publicKeyOf(recipient: RecipientName): KeyObject {
  try {
    if (!recipient.startsWith(PREFIX)) throw new Error('prefix')
    return createPublicKey({ key: { kty: 'OKP', crv: 'X25519', x: recipient.slice(PREFIX.length) }, format: 'jwk' })
  } catch (cause) {
    throw new DbopsError('USAGE', `"${recipient}" is no recipient`, {
      hint: `a recipient begins with ${PREFIX}; dbops backup keygen prints one`,
      cause,
    })
  }
}

function wrappingKey(shared: Buffer, ephemeral: string, recipient: string): Buffer {
  return Buffer.from(hkdfSync('sha256', shared, Buffer.alloc(0), `dbops wrap\0${ephemeral}\0${recipient}`, 32))
}
