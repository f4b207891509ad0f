import type { HttpDetails } from '../messages.ts'
import type { ChunkedBody } from './chunked-body.ts'
import type { HttpHead } from './head.ts'

/** A message under way: head known or still to be found, body counted. */
export class OpenMessage {
  head: HttpHead | undefined
  /** What was captured of the head ends within the name of a header. */
  isCut = false
  details: HttpDetails | null = null
  /** Where in the waiting bytes the search for the head's end goes on. */
  searched = 0
  firstFrame = 0
  firstTimeNs = 0
  bodyBytes = 0
  /** Bytes of a body of known length that are still to come; -1: until FIN. */
  missing = 0
  chunks: ChunkedBody | undefined
}

/** Details of a message that is over, its body counted; null unless they were read. */
export function detailsOf({ details, chunks, bodyBytes }: OpenMessage): HttpDetails | null {
  return details === null ? null : { ...details, contentBytes: chunks?.contentBytes ?? bodyBytes }
}
