const NO_BYTES = new Uint8Array(0)
const NO_VIEW = new DataView(new ArrayBuffer(0))

/**
 * The record under the reader: one frame as captured, then what decoding found in it.
 *
 * One instance serves a whole run. It and everything reached from it is *borrowed*: it is overwritten by the next record, so a
 * listener copies what it wants to keep. `…Start` and `…End` are offsets into `bytes` (or `transportBytes`).
 */
export class Packet {
  // --- written by the reader
  /** Position of the record in the capture, from 1, every packet record counted. */
  number = 0
  /** Time since 1970 in whole seconds; may be negative. */
  seconds = 0
  /** Rest of the time in ns, 0 … 999 999 999. */
  nanoseconds = 0
  /** False for records without a time (pcapng Simple Packet Blocks); then the times repeat those of the record before. */
  hasTime = true
  /** LINKTYPE_ number of the interface that captured it. */
  linkType = 1
  /** Index of the interface within its section; 0 in classic pcap. */
  interfaceIndex = 0
  /** Bytes at the end of the frame that are a frame check sequence, if the file says so. */
  fcsLength = 0
  bytes: Uint8Array = NO_BYTES
  view: DataView = NO_VIEW
  start = 0
  /** One past the last captured byte. */
  end = 0
  capturedLength = 0
  wireLength = 0

  // --- written by the loop
  /** Time since the first frame that has a time, in ns; exact while it is below 104 days (2^53). */
  timeNs = 0

  // --- written by decoding: the protocols of the frame, see protocol-set.ts
  protocolsLow = 0
  protocolsHigh = 0
}
