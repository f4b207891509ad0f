/** Parts of hellos for tests, put together as RFC 8446 §4 says. */
export interface HelloParts {
  version?: number
  cipherSuites?: number[]
  extensions?: Uint8Array[]
}

/** A vector with its length in `lengthBytes` in front. */
export function vector(lengthBytes: number, ...parts: Uint8Array[]): Uint8Array {
  const content = Buffer.concat(parts)
  const length = Buffer.alloc(lengthBytes)
  length.writeUIntBE(content.length, 0, lengthBytes)
  return Buffer.concat([length, content])
}

export function words(...values: number[]): Uint8Array {
  return Uint8Array.from(values.flatMap((value) => [value >>> 8, value & 0xff]))
}

export function ascii(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0))
}

export function extension(type: number, content: Uint8Array = new Uint8Array(0)): Uint8Array {
  return Buffer.concat([words(type), vector(2, content)])
}

export const serverName = (name: string) => extension(0, vector(2, Uint8Array.of(0), vector(2, ascii(name))))
export const alpn = (...names: string[]) => extension(16, vector(2, ...names.map((name) => vector(1, ascii(name)))))
export const groups = (...values: number[]) => extension(10, vector(2, words(...values)))
export const pointFormats = (...values: number[]) => extension(11, vector(1, Uint8Array.from(values)))
export const signatureAlgorithms = (...values: number[]) => extension(13, vector(2, words(...values)))
export const supportedVersions = (...values: number[]) => extension(43, vector(1, words(...values)))

/** The body of a ClientHello. */
export function clientHelloBody({ version = 0x303, cipherSuites = [0x1301], extensions }: HelloParts = {}): Uint8Array {
  const head = [words(version), new Uint8Array(32), vector(1), vector(2, words(...cipherSuites)), Uint8Array.of(1, 0)]
  return Buffer.concat(extensions === undefined ? head : [...head, vector(2, ...extensions)])
}

/** The body of a ServerHello. */
export function serverHelloBody(extensions: Uint8Array[] = [], random: Uint8Array = new Uint8Array(32)): Uint8Array {
  return Buffer.concat([words(0x303), random, vector(1), words(0x1301), Uint8Array.of(0), vector(2, ...extensions)])
}

export function handshake(type: number, body: Uint8Array): Uint8Array {
  return Buffer.concat([Uint8Array.of(type), vector(3, body)])
}

export function record(type: number, content: Uint8Array, version = 0x303): Uint8Array {
  return Buffer.concat([Uint8Array.of(type), words(version), vector(2, content)])
}
