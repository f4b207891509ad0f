import type { FrameFacts } from './frame-facts.ts'

/** What the values of a field are. A protocol is the bytes from its header on. */
export type FieldType =
  | 'number'
  | 'boolean'
  | 'text'
  | 'ipv4'
  | 'ipv6'
  | 'ether'
  | 'bytes'
  | 'duration'
  | 'time'
  | 'protocol'

/** A value: numbers (booleans are 0 and 1, durations ns), big integers (addresses, times), text, bytes. */
export type FieldValue = number | bigint | string | Uint8Array

/** A field of Wireshark's that we know, under its name. */
export interface Field {
  readonly name: string
  readonly type: FieldType
  /** What it is, for the reference. */
  readonly description: string
  /** The only numbers that we can tell; a filter that asks for others is refused. */
  readonly known?: readonly number[]
  /** All values that the frame has; none when the field is not there. Bytes are borrowed. */
  read(frame: FrameFacts): readonly FieldValue[]
}
