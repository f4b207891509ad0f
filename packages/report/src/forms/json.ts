import type { Form } from '../form.ts'
import { reportJson } from './report-json.ts'

/** The report itself, canonical: the same report gives the same bytes. */
export const json: Form = {
  id: 'json',
  description: 'the whole report; report.schema.json describes it',
  files: (report) => [{ name: 'report.json', content: reportJson(report, 'pretty') }],
}
