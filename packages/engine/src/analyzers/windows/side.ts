/** Offsets of a record of one side of a connection: first what it advertised as a receiver, then what it sent. */
/** 1 when it advertised a window at all, and a small one. */
export const ADVERTISED = 0
export const SMALL = 1
export const ZERO = 2
export const LEAST = 3
export const GREATEST = 4
export const LAST = 5
/** 1 when the scale is unknown, so that windows are too small by a factor nobody knows. */
export const UNSCALED = 6
/** Time + 1 ns since when the window is closed; 0 while it is open. */
export const CLOSED_SINCE = 7
export const CLOSED_NS = 8
export const LONGEST_CLOSED_NS = 9
export const DATA_SEGMENTS = 10
export const RESENT = 11
export const MOST_IN_FLIGHT = 12
/** Times that it went on sending after the other side had spoken. */
export const RESUMES = 13
/** Of these: the window had been full before; nothing was in flight and it took longer than a round trip explains. */
export const RESUMED_FULL = 14
export const RESUMED_LATE = 15
/** 1 when its last data left no room in the window. */
export const WAS_FULL = 16
export const LAST_TIME = 17
export const FIRST_DATA_FRAME = 18
export const FIRST_DATA_TIME = 19
export const LAST_DATA_TIME = 20
/** Sum of the windows that the other side's data was sent into, in bytes. */
export const WINDOW_SUM = 21
export const SIDE_WIDTH = 22

/** Frames of closed windows that are remembered of one side. */
export const MOST_CLOSED_FRAMES = 1000
