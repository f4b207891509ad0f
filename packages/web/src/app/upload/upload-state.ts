import type { RefusedCapture } from '../answers.ts'
import type { Sending } from './sending.ts'

/** One file on its way to the service. */
export interface UploadState {
  readonly id: number
  readonly file: File
  readonly is: 'waiting' | 'hashing' | 'known' | 'sending' | 'paused' | 'checking' | 'accepted' | 'refused'
  readonly percent: number
  readonly sha256: string | null
  readonly sending: Sending | null
  readonly taskId: string | null
  /** An earlier task over the same bytes. */
  readonly earlierTaskId: string | null
  /** Said by the page, or what failed. */
  readonly problem: string | { readonly error: unknown } | null
  readonly refusal: RefusedCapture | null
}

let made = 0

export function newUpload(file: File): UploadState {
  return {
    id: ++made,
    file,
    is: 'waiting',
    percent: 0,
    sha256: null,
    sending: null,
    taskId: null,
    earlierTaskId: null,
    problem: null,
    refusal: null,
  }
}
