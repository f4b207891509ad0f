import { readAlpn } from './extensions.ts'
import {
  ALPN,
  CIPHER_SUITES,
  COMPRESSION,
  GROUPS,
  type HelloPlaces,
  LISTS,
  POINT_FORMATS,
  SIGNATURE_ALGORITHMS,
  SUPPORTED_VERSIONS,
} from './hello-places.ts'
import { ja3 } from './ja3.ts'
import { type Ja4Transport, ja4 } from './ja4.ts'

/** What a client offers whatever server it speaks to. Shared by the hellos that offer the same. */
export interface ClientOffer {
  /** Null when not even the version is there. */
  readonly legacyVersion: number | null
  readonly cipherSuites: readonly number[]
  readonly compression: readonly number[]
  /** Types of the extensions that are whole, in order. */
  readonly extensions: readonly number[]
  /** Names of application protocols, one character a byte. */
  readonly alpn: readonly string[]
  readonly supportedVersions: readonly number[]
  readonly groups: readonly number[]
  readonly pointFormats: readonly number[]
  readonly signatureAlgorithms: readonly number[]
}

export const NOTHING_OFFERED: ClientOffer = Object.freeze({
  legacyVersion: null,
  cipherSuites: [],
  compression: [],
  extensions: [],
  alpn: [],
  supportedVersions: [],
  groups: [],
  pointFormats: [],
  signatureAlgorithms: [],
})

/** An offer with its fingerprints, each made when it is first asked for. */
export class RememberedOffer {
  readonly offer: ClientOffer
  #ja3 = ''
  readonly #ja4 = { t: '', q: '' }

  constructor(offer: ClientOffer) {
    this.offer = offer
  }

  get ja3(): string {
    if (this.#ja3 === '') this.#ja3 = ja3(this.offer)
    return this.#ja3
  }

  ja4(transport: Ja4Transport): string {
    if (this.#ja4[transport] === '') this.#ja4[transport] = ja4(this.offer, transport)
    return this.#ja4[transport]
  }
}

const REMEMBERED_BITS = 8
const LONGEST_REMEMBERED = 1024
const offers = new Array<RememberedOffer | undefined>(1 << REMEMBERED_BITS)
const keys = new Array<Uint8Array | undefined>(1 << REMEMBERED_BITS)
const key = new Uint8Array(LONGEST_REMEMBERED)

/**
 * The offer whose parts stand at these places. Clients of one kind say the same again and again, so offers are remembered by the bytes
 * that make them up, the latest of every hash; those of more than a kilobyte are not.
 */
export function rememberOffer(bytes: Uint8Array, places: HelloPlaces): RememberedOffer {
  const length = writeKey(bytes, places)
  if (length < 0) return new RememberedOffer(makeOffer(bytes, places))
  let hash = length
  for (let i = 0; i < length; i++) hash = ((hash << 5) | (hash >>> 27)) ^ key[i]
  const slot = Math.imul(hash, 0x9e3779b1) >>> (32 - REMEMBERED_BITS)
  const known = offers[slot]
  if (known !== undefined && isKey(keys[slot]!, length)) return known
  const made = new RememberedOffer(makeOffer(bytes, places))
  offers[slot] = made
  keys[slot] = key.slice(0, length)
  return made
}

function isKey(known: Uint8Array, length: number): boolean {
  if (known.length !== length) return false
  for (let i = 0; i < length; i++) if (known[i] !== key[i]) return false
  return true
}

/** Writes all that makes up the offer, each part behind its length, and gives how long that is; -1 when it is too long. */
function writeKey(bytes: Uint8Array, { version, lists, extensions, extensionCount }: HelloPlaces): number {
  let length = 2 * (1 + LISTS + extensionCount)
  for (let list = 0; list < LISTS; list++) length += Math.max(0, lists[2 * list + 1] - lists[2 * list])
  if (version < 0 || length > LONGEST_REMEMBERED) return -1
  let at = writeWord(0, version)
  for (let list = 0; list < LISTS; list++) {
    const start = lists[2 * list]
    const end = Math.max(start, lists[2 * list + 1])
    at = writeWord(at, end - start)
    for (let i = start; i < end; i++) key[at++] = bytes[i]
  }
  for (let i = 0; i < extensionCount; i++) at = writeWord(at, extensions[i])
  return at
}

function writeWord(at: number, word: number): number {
  key[at] = word >>> 8
  key[at + 1] = word & 255
  return at + 2
}

function makeOffer(bytes: Uint8Array, { version, lists, extensions, extensionCount }: HelloPlaces): ClientOffer {
  const words = (list: number) => wordsOf(bytes, lists[2 * list], lists[2 * list + 1])
  const octets = (list: number) => Array.from(bytes.subarray(lists[2 * list], lists[2 * list + 1]))
  return {
    legacyVersion: version < 0 ? null : version,
    cipherSuites: words(CIPHER_SUITES),
    compression: octets(COMPRESSION),
    extensions: Array.from(extensions.subarray(0, extensionCount)),
    alpn: readAlpn(bytes, lists[2 * ALPN], lists[2 * ALPN + 1]),
    supportedVersions: words(SUPPORTED_VERSIONS),
    groups: words(GROUPS),
    pointFormats: octets(POINT_FORMATS),
    signatureAlgorithms: words(SIGNATURE_ALGORITHMS),
  }
}

/** 16-bit numbers; a last odd byte is left out. */
function wordsOf(bytes: Uint8Array, start: number, end: number): number[] {
  const words: number[] = []
  for (let at = start; at + 2 <= end; at += 2) words.push((bytes[at] << 8) | bytes[at + 1])
  return words
}
