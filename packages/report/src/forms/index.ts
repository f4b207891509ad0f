import type { Form } from '../form.ts'
import { csv } from './csv.ts'
import { html } from './html.ts'
import { json } from './json.ts'
import { junit } from './junit.ts'
import { markdown } from './markdown.ts'
import { openMetrics } from './openmetrics.ts'
import { sarif } from './sarif.ts'

/** Every form that a report can be told in without its capture. */
export const forms: readonly Form[] = [json, html, csv, markdown, junit, sarif, openMetrics]
