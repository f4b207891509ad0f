/** What decoding found in a frame, written by the host before each call; the order is that of src/core/header.ts. */
@unmanaged
export class Header {
  ipVersion: i32
  source: i32
  source1: i32
  source2: i32
  source3: i32
  destination: i32
  destination1: i32
  destination2: i32
  destination3: i32
  sourcePort: i32
  destinationPort: i32
  sequence: i32
  acknowledgment: i32
  tcpFlags: i32
  window: i32
  tcpHeaderLength: i32
  payloadLength: i32
  lengthKnown: i32
  isQuoted: i32
  number: i32
  wireLength: i32
  /** TCP checksum, 0 when it was not captured. */
  checksum: i32
  /** Identification of the IPv4 header; 0 where there is none or it says nothing. */
  identification: i32
  /** Bytes captured from the start of the options, at most 40; negative when not even the fixed header was. */
  optionBytes: i32
  timeNs: f64
  /** The options as they are on the wire: 40 bytes. */
  options: i32
}

export const HEADER_BYTES: usize = 104 + 40
export const OPTIONS_OFFSET: usize = 104
