/** What an input is that is no capture we read, and what its owner can do. */
export interface OtherFormat {
  found: string
  hint: string
}

type Signature = readonly [found: string, magic: readonly number[] | string, hint: string, offset?: number]

const EDITCAP = 'convert it with: editcap -F pcapng in out'
const UNPACK = 'unpack it and give the capture that is inside'
const PICTURE = 'give the capture file itself, not a picture of it'
const NO_CAPTURE = 'give a capture written by tcpdump, dumpcap, Wireshark or tshark -w'
const TEXT_OUTPUT = 'captures printed as text have lost the packets: capture again with tcpdump -w or tshark -w'
const HEX_DUMP = 'convert it with: text2pcap in out'

/** By first bytes, most telling first. */
const signatures: readonly Signature[] = [
  ['a PNG picture', [0x89, 0x50, 0x4e, 0x47], PICTURE],
  ['a JPEG picture', [0xff, 0xd8, 0xff], PICTURE],
  ['a GIF picture', 'GIF8', PICTURE],
  ['a PDF document', '%PDF', NO_CAPTURE],
  ['a ZIP archive or an Office document', [0x50, 0x4b, 0x03, 0x04], UNPACK],
  ['a gzip file', [0x1f, 0x8b], UNPACK],
  ['a zstd file', [0x28, 0xb5, 0x2f, 0xfd], UNPACK],
  ['an lz4 file', [0x04, 0x22, 0x4d, 0x18], UNPACK],
  ['an xz file', [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00], 'unpack it first: xz -d'],
  ['a bzip2 file', 'BZh', 'unpack it first: bzip2 -d'],
  ['a 7-Zip archive', [0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c], UNPACK],
  ['a RAR archive', 'Rar!', UNPACK],
  ['a tar archive', 'ustar', UNPACK, 257],
  ['an SQLite database', 'SQLite format 3', NO_CAPTURE],
  ['an ELF program', [0x7f, 0x45, 0x4c, 0x46], NO_CAPTURE],
  ['a Windows program', 'MZ', NO_CAPTURE],
  ['a snoop capture', 'snoop\0\0\0', EDITCAP],
  ['a Network Monitor 1 capture', 'RTSS', EDITCAP],
  ['a Network Monitor 2 capture', 'GMBU', EDITCAP],
  ['a Sniffer capture', 'TRSNIFF data', EDITCAP],
  ['a NetXRay or Windows Sniffer capture', 'XCP\0', EDITCAP],
  ['an iptrace capture', 'iptrace ', EDITCAP],
  ['a PacketLogger or Bluetooth snoop capture', 'btsnoop\0', EDITCAP],
  [
    'a Windows event trace (ETL)',
    [0x00, 0x00, 0x01, 0x00, 0x00, 0x00],
    'convert it with: etl2pcapng in.etl out.pcapng',
    2,
  ],
]

/** Names the format of an input that is no capture from its first bytes (1 KiB is enough). */
export function identifyOther(bytes: Uint8Array): OtherFormat {
  for (const [found, magic, hint, offset = 0] of signatures) {
    if (startsWith(bytes, offset, magic)) return { found, hint }
  }
  if (bytes.every((byte) => byte === 0)) {
    return {
      found: 'nothing but zero bytes',
      hint: 'the copy or the disk failed: copy the file again from where it was captured',
    }
  }
  if (isText(bytes)) return identifyText(new TextDecoder().decode(bytes))
  if (isErf(bytes)) return { found: 'an ERF (Endace) capture, as far as can be told', hint: EDITCAP }
  return { found: `unknown format that starts with ${hex(bytes)}`, hint: NO_CAPTURE }
}

function startsWith(bytes: Uint8Array, offset: number, magic: readonly number[] | string): boolean {
  for (let i = 0; i < magic.length; i++) {
    const expected = typeof magic === 'string' ? magic.charCodeAt(i) : magic[i]
    if (bytes[offset + i] !== expected) return false
  }
  return true
}

function isText(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte >= 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d || byte === 0x0c)
}

const tcpdumpLine = /^(\d{4}-\d\d-\d\d )?\d\d:\d\d:\d\d\.\d+ (IP6?|ARP|STP|[0-9a-f]{2}:)/m
const tsharkLine = /^ *\d+ +\d+\.\d+ +\S+ +(→|->|\?) +\S+ /m
const hexDumpLine = /^(0x)?[0-9a-f]{3,8}:? +([0-9a-f]{2,4} ?){4}/im

function identifyText(text: string): OtherFormat {
  const start = text.replace(/^\ufeff/, '').trimStart()
  if (/^<\?xml|^<pdml|^<psml/i.test(start)) {
    if (/<pdml|<psml/i.test(start)) return { found: 'a PDML or PSML export of Wireshark', hint: TEXT_OUTPUT }
    return { found: 'an XML document', hint: NO_CAPTURE }
  }
  if (/^<(!doctype html|html|head|body)/i.test(start)) {
    return { found: 'an HTML page', hint: 'the download gave a web page instead of the file: was a login needed?' }
  }
  if (/^[[{]/.test(start)) return { found: 'a JSON document', hint: TEXT_OUTPUT }
  if (tcpdumpLine.test(start)) return { found: 'text that tcpdump printed', hint: TEXT_OUTPUT }
  if (tsharkLine.test(start)) return { found: 'text that tshark printed', hint: TEXT_OUTPUT }
  if (hexDumpLine.test(start)) return { found: 'a hex dump', hint: HEX_DUMP }
  return { found: 'plain text', hint: NO_CAPTURE }
}

/** ERF has no magic: two records in a row whose types are known and whose lengths fit. */
function isErf(bytes: Uint8Array): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let at = 0
  for (let record = 0; record < 2; record++) {
    if (at + 16 > bytes.length) return record > 0
    const type = view.getUint8(at + 8) & 0x7f
    const recordLength = view.getUint16(at + 10)
    if (type === 0 || type > 48 || recordLength < 16) return false
    at += recordLength
  }
  return true
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes.subarray(0, 16), (byte) => byte.toString(16).padStart(2, '0')).join(' ')
}
