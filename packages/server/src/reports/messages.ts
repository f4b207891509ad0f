import type { CaptureFormId } from './forms.ts'

/** What the child is told, as its only argument; `report` is the path of a stored report's JSON. */
export type ReportOrder =
  | {
      readonly kind: 'form'
      readonly form: string
      /** Which file of a form with several. */
      readonly part: string | null
      readonly report: string
      readonly folder: string
    }
  | {
      readonly kind: 'capture-form'
      readonly form: CaptureFormId
      /** Which of its files; null for their names alone. */
      readonly part: string | null
      readonly report: string
      readonly capture: string
      readonly folder: string
      readonly mostExpansionRatio: number
    }
  | {
      readonly kind: 'evidence'
      /** Number, key or kind of a finding. */
      readonly finding: string
      readonly report: string
      readonly capture: string
      /** The user's name of the capture. */
      readonly name: string
      readonly folder: string
      readonly mostExpansionRatio: number
    }

/** What the child says. */
export type ReportMessage =
  | {
      readonly kind: 'made'
      /** Name within the folder; null when the form has several files and none of them was asked for, or not that one. */
      readonly file: string | null
      /** Its name for people. */
      readonly name: string | null
      readonly parts: readonly string[]
    }
  | { readonly kind: 'missing'; readonly message: string }
  | { readonly kind: 'failed'; readonly code: string; readonly message: string }
