// What every written report needs, apart from what only some exports do, so that the command loads no more than it uses.

export { htmlReport } from '../forms/html.ts'
export { addDetails } from './add-details.ts'
export { sealReport } from './seal-report.ts'
