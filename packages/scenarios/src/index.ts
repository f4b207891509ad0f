export { type FoundFinding, type FoundReport, findDisagreements } from './find-disagreements.ts'
export {
  type ExpectedFindings,
  type GeneratedCapture,
  type GenerateOptions,
  generate,
  ipVersionsOf,
} from './generate.ts'
export type { ExpectedFinding, IpVersion, Scenario } from './scenario.ts'
export { scenarios } from './scenarios.ts'
