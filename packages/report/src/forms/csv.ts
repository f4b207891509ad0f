import { csvFiles } from '../csv/csv-files.ts'
import type { Form } from '../form.ts'

/** Tables for spreadsheets and scripts. */
export const csv: Form = {
  id: 'csv',
  description: 'tables for spreadsheets and scripts',
  files: csvFiles,
}
