/** What the page asks of its worker: to analyse a file, or to tell the report again in another language. */
export type Order =
  | { readonly file: File; readonly language: 'en' | 'fr' }
  | { readonly json: string; readonly language: 'en' | 'fr' }

/** What the worker answers: how far it is, then the report or why there is none. */
export type Answer =
  | { readonly kind: 'progress'; readonly readBytes: number; readonly totalBytes: number; readonly packets: number }
  | { readonly kind: 'report' /** As `pcap-analyzer analyze --json` prints it. */; readonly json: string }
  | { readonly kind: 'told'; readonly json: string }
  | { readonly kind: 'refused'; readonly code: string; readonly message: string; readonly hint: string | null }
