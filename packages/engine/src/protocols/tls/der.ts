/** Tags that certificates are made of (X.690 §8, RFC 5280). */
export const DerTag = Object.freeze({
  integer: 0x02,
  objectIdentifier: 0x06,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
})

/** One element of DER: its tag and where its content lies. */
export interface DerElement {
  tag: number
  contentStart: number
  contentEnd: number
}

/**
 * The element that begins at `start`, or null when it is cut, leaves `end`, has a tag of several bytes or no definite length
 * (X.690 §8.1). Nothing recurses: whoever wants depth calls again on the content.
 */
export function readDer(bytes: Uint8Array, start: number, end: number): DerElement | null {
  if (end - start < 2) return null
  const tag = bytes[start]
  if ((tag & 0x1f) === 0x1f) return null
  let position = start + 1
  let length = bytes[position++]
  if (length >= 0x80) {
    const lengthBytes = length & 0x7f
    if (lengthBytes === 0 || lengthBytes > 4 || end - position < lengthBytes) return null
    length = 0
    for (let i = 0; i < lengthBytes; i++) length = length * 256 + bytes[position++]
  }
  if (length > end - position) return null
  return { tag, contentStart: position, contentEnd: position + length }
}

/** The elements inside `[start, end)` up to the first that is broken, at most `limit` of them. */
export function readDerList(bytes: Uint8Array, start: number, end: number, limit: number): DerElement[] {
  const elements: DerElement[] = []
  let position = start
  while (position < end && elements.length < limit) {
    const element = readDer(bytes, position, end)
    if (element === null) break
    elements.push(element)
    position = element.contentEnd
  }
  return elements
}

/** True when the element is an object identifier with these content bytes. */
export function isOid(bytes: Uint8Array, element: DerElement | undefined, oid: readonly number[]): boolean {
  if (element?.tag !== DerTag.objectIdentifier) return false
  if (element.contentEnd - element.contentStart !== oid.length) return false
  return oid.every((byte, i) => bytes[element.contentStart + i] === byte)
}

/** Seconds since 1970 of a UTCTime or GeneralizedTime in the form RFC 5280 §4.1.2.5 demands, or null. */
export function readDerTime(bytes: Uint8Array, element: DerElement | undefined): number | null {
  if (element === undefined) return null
  const text = String.fromCharCode(
    ...bytes.subarray(element.contentStart, Math.min(element.contentEnd, element.contentStart + 16)),
  )
  const pattern =
    element.tag === DerTag.utcTime
      ? /^(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/
      : /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/
  if (element.tag !== DerTag.utcTime && element.tag !== DerTag.generalizedTime) return null
  const match = pattern.exec(text)
  if (match === null) return null
  const [year, month, day, hour, minute, second] = match.slice(1).map(Number)
  const century = element.tag === DerTag.utcTime ? (year < 50 ? 2000 : 1900) : 0
  return Date.UTC(century + year, month - 1, day, hour, minute, second) / 1000
}
