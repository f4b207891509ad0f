// How the core decides stands in assembly/loss.ts.

/**
 * What our own view says of a segment that tshark may call retransmitted, out of order or nothing at all.
 * @public
 */
export const LOSS_NONE = 0
/** The capture holds the same packet twice (a mirrored port, two interfaces). It counts for nothing else. */
export const LOSS_CAPTURE_DUPLICATE = 1
/** Sent again, and the first copy never passed the capture point: lost between sender and capture. */
export const LOSS_BEFORE_CAPTURE = 2
/** Sent again though the first copy passed: lost between capture and receiver, or its acknowledgment was. */
export const LOSS_AFTER_CAPTURE = 3
/** Sent in order, arrived late: timestamps or IP identification are older than those of its successors. */
export const LOSS_REORDERED = 4
/** Sent again though the receiver had it, as its ACK or SACK before shows. */
export const LOSS_NEEDLESS = 5
/**
 * The capture cannot tell reordering from retransmission.
 * @public
 */
export const LOSS_AMBIGUOUS = 6

export const lossNames = [
  'none',
  'capture duplicate',
  'lost before the capture point',
  'lost after the capture point',
  'reordered',
  'needless',
  'ambiguous',
] as const
