/** One record of a capture as the tests need it. */
export interface CapturedFrame {
  number: number
  linkType: number
  bytes: Uint8Array
  wireLength: number
}

/** The packet records of a classic pcap or pcapng file; whatever is broken ends the list. */
export function framesOfCapture(file: Buffer): CapturedFrame[] {
  return file.readUInt32BE(0) === 0x0a0d0d0a ? framesOfPcapng(file) : framesOfPcap(file)
}

function framesOfPcap(file: Buffer): CapturedFrame[] {
  const isBig = file[0] === 0xa1
  const word = (at: number) => (isBig ? file.readUInt32BE(at) : file.readUInt32LE(at))
  const frames: CapturedFrame[] = []
  const linkType = word(20) & 0xffff
  for (let at = 24; at + 16 <= file.length; ) {
    const captured = word(at + 8)
    if (at + 16 + captured > file.length) break
    frames.push({
      number: frames.length + 1,
      linkType,
      bytes: file.subarray(at + 16, at + 16 + captured),
      wireLength: word(at + 12),
    })
    at += 16 + captured
  }
  return frames
}

function framesOfPcapng(file: Buffer): CapturedFrame[] {
  const frames: CapturedFrame[] = []
  let linkTypes: number[] = []
  let isBig = false
  for (let at = 0; at + 12 <= file.length; ) {
    if (file.readUInt32BE(at) === 0x0a0d0d0a) {
      isBig = file.readUInt32BE(at + 8) === 0x1a2b3c4d
      linkTypes = []
    }
    const word = (offset: number) => (isBig ? file.readUInt32BE(offset) : file.readUInt32LE(offset))
    const type = word(at)
    const length = word(at + 4)
    if (length < 12 || at + length > file.length) break
    if (type === 1) linkTypes.push(word(at + 8) & 0xffff)
    if (type === 3) {
      const captured = Math.min(word(at + 8), length - 16)
      const bytes = file.subarray(at + 12, at + 12 + captured)
      frames.push({ number: frames.length + 1, linkType: linkTypes[0], bytes, wireLength: word(at + 8) })
    }
    if (type === 6) {
      const captured = word(at + 20)
      const bytes = file.subarray(at + 28, at + 28 + captured)
      frames.push({ number: frames.length + 1, linkType: linkTypes[word(at + 8)], bytes, wireLength: word(at + 24) })
    }
    at += length
  }
  return frames
}

/** The transport header and payload of a frame, if it is a whole TCP or UDP packet that these tests can find. */
export interface Transport {
  protocol: 6 | 17
  source: string
  destination: string
  sourcePort: number
  destinationPort: number
  sequence: number
  /** TCP flags. */
  flags: number
  payload: Uint8Array
  /** False when the frame was cut by the snap length. */
  isWhole: boolean
}

/** Walks Ethernet, VLAN, PPPoE, cooked, null and raw framing to one IP header and what it carries. */
export function findTransport(frame: CapturedFrame): Transport | null {
  const at = findIp(frame)
  return at < 0 ? null : readIp(withoutPadding(frame, at), at)
}

function findIp(frame: CapturedFrame): number {
  const { bytes, linkType } = frame
  if (linkType === 101 || linkType === 228 || linkType === 229 || linkType === 12) return 0
  if (linkType === 0 || linkType === 108) return 4
  if (linkType === 9) return bytes[0] === 0xff ? 4 : 2
  let at = linkType === 113 ? 14 : linkType === 276 ? 0 : 12
  for (;;) {
    const type = (bytes[at] << 8) | bytes[at + 1]
    if (linkType === 276 && at === 0) return 20
    if (type === 0x8100 || type === 0x88a8) at += 4
    else if (type === 0x8864) return at + 10
    else if (type === 0x0800 || type === 0x86dd) return at + 2
    else return -1
  }
}

/** PPPoE tells its length, which can be shorter than what the IP header says. */
function withoutPadding({ bytes }: CapturedFrame, ipStart: number): Uint8Array {
  const isPppoe = ipStart >= 10 && bytes[ipStart - 10] === 0x88 && bytes[ipStart - 9] === 0x64
  return isPppoe ? bytes.subarray(0, ipStart - 2 + ((bytes[ipStart - 4] << 8) | bytes[ipStart - 3])) : bytes
}

function readIp(bytes: Uint8Array, at: number): Transport | null {
  const version = bytes[at] >>> 4
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (version === 4 && at + 20 <= bytes.length) {
    if ((view.getUint16(at + 6) & 0x3fff) !== 0) return null
    const length = view.getUint16(at + 2)
    const end = length === 0 ? bytes.length : at + length
    const header = (bytes[at] & 15) * 4
    const [source, destination] = [at + 12, at + 16].map((i) => bytes.subarray(i, i + 4).join('.'))
    return readTransport(bytes, view, bytes[at + 9], at + header, end, source, destination)
  }
  if (version === 6 && at + 40 <= bytes.length) {
    const end = at + 40 + view.getUint16(at + 4)
    const [source, destination] = [at + 8, at + 24].map((i) => bytes.subarray(i, i + 16).join('.'))
    return readTransport(bytes, view, bytes[at + 6], at + 40, end, source, destination)
  }
  return null
}

function readTransport(
  bytes: Uint8Array,
  view: DataView,
  protocol: number,
  at: number,
  end: number,
  source: string,
  destination: string,
): Transport | null {
  if ((protocol !== 6 && protocol !== 17) || at + (protocol === 6 ? 20 : 8) > bytes.length) return null
  const payloadStart = at + (protocol === 6 ? (bytes[at + 12] >>> 4) * 4 : 8)
  return {
    protocol,
    source,
    destination,
    sourcePort: view.getUint16(at),
    destinationPort: view.getUint16(at + 2),
    sequence: protocol === 6 ? view.getUint32(at + 4) : 0,
    flags: protocol === 6 ? bytes[at + 13] : 0,
    payload: bytes.subarray(payloadStart, Math.min(end, bytes.length)),
    isWhole: end <= bytes.length,
  }
}
