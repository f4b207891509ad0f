const NO_BYTES = new Uint8Array(0)
const NO_VIEW = new DataView(new ArrayBuffer(0))

/** Integers one IP header takes in `ipLayers`: version, four words of source, four of destination (IPv4 uses the first of each). */
export const IP_LAYER_WORDS = 9
const MOST_IP_LAYERS = 40
const MOST_VLAN_TAGS = 16
/** Marks an 802.1ad service tag in {@link Packet.vlanIds}. */
export const SERVICE_TAG = 0x1000

/**
 * The record under the reader: one frame as captured, then what decoding found in it.
 *
 * One instance serves a whole run. It and everything reached from it is *borrowed*: it is overwritten by the next record, so a
 * listener copies what it wants to keep. Names with `Start` and `End` are offsets.
 */
export class Packet {
  // --- written by the reader
  /** Position of the record in the capture, from 1, every packet record counted. */
  number = 0
  /** Time since 1970 in whole seconds; may be negative. */
  seconds = 0
  /** Rest of the time in ns, 0 … 999 999 999. */
  nanoseconds = 0
  /** Whole seconds that stood in the record's fraction field, where they do not belong; part of `seconds`. 0 in a sane file. */
  carriedSeconds = 0
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

  // --- written by decoding: the frame as a whole
  /** The set of protocols, see protocol-set.ts. */
  protocolsLow = 0
  protocolsHigh = 0
  /** Tags outermost first: VLAN ids, plus {@link SERVICE_TAG} in those of 802.1ad. */
  readonly vlanIds = new Int32Array(MOST_VLAN_TAGS)
  vlanCount = 0
  /** Every IP header outside of quotations, outermost first, {@link IP_LAYER_WORDS} integers each. */
  readonly ipLayers = new Int32Array(IP_LAYER_WORDS * MOST_IP_LAYERS)
  ipLayerCount = 0
  isFragmentV4 = false
  isFragmentV6 = false
  /** Bytes of the datagram that this frame completed; 0 when it completed none. */
  reassembledLength = 0
  /** Index in `stopReasons` of why decoding ended before the end of what it knows; 0 when it did not. */
  stopReason = 0
  /** Offset in the frame where it stopped. */
  stopOffset = 0
  /** Headers walked so far, against endless nesting. */
  layerCount = 0

  // --- the cursor of the walk; after it, the transport header that was found last
  /** The buffer being read: the frame, or a reassembled datagram. */
  data: Uint8Array = NO_BYTES
  dataView: DataView = NO_VIEW
  /** Where the next header starts in `data`. */
  offset = 0
  /** One past the last byte of `data` that was captured and belongs to this layer. */
  dataEnd = 0
  /** One past the last byte that was on the wire and belongs to this layer; `dataEnd` is smaller where the capture was cut. */
  reportedEnd = 0
  /** Where the innermost IPv6 packet would end by its own length, which may be beyond the frame. */
  claimedEnd = 0
  /** False inside a first fragment that could not be reassembled, and in headers quoted by ICMP errors. */
  lengthKnown = true
  /** False for the frames that tshark's protocol hierarchy leaves out: what they quote was cut. */
  isInHierarchy = true
  /** True while the walk is inside a header that an ICMP error quotes. */
  isQuoted = false
  ipProtocol = 0
  /** Where the innermost IPv4 header starts in `data`; -1 where that was another buffer or there is none. */
  ipHeaderStart = -1

  // --- the TCP or UDP header
  sourcePort = 0
  destinationPort = 0
  transportStart = 0
  payloadStart = 0
  /** One past the last captured payload byte. */
  payloadEnd = 0
  /** Payload bytes on the wire; 0 when the length is unknown. */
  payloadLength = 0
  /** Raw 32-bit numbers as signed integers; compare only through sequence.ts. */
  sequence = 0
  acknowledgment = 0
  /** The low 12 bits of header bytes 12–13. */
  tcpFlags = 0
  /** Window field, not scaled. */
  window = 0
  tcpHeaderLength = 0

  /** Offset in `ipLayers` of the innermost IP header so far. */
  get ipLayerStart(): number {
    return (this.ipLayerCount - 1) * IP_LAYER_WORDS
  }

  /** Points the cursor at the start of the frame and forgets the frame before. */
  beginDecoding(): void {
    this.protocolsLow = 0
    this.protocolsHigh = 0
    this.vlanCount = 0
    this.ipLayerCount = 0
    this.isFragmentV4 = false
    this.isFragmentV6 = false
    this.reassembledLength = 0
    this.stopReason = 0
    this.layerCount = 0
    this.data = this.bytes
    this.dataView = this.view
    this.offset = this.start
    this.dataEnd = this.end
    this.reportedEnd = this.start + this.wireLength
    this.lengthKnown = true
    this.isInHierarchy = true
    this.isQuoted = false
    this.ipHeaderStart = -1
  }
}
