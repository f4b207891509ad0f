export {
  columns as packetColumns,
  type Frame,
  type PacketColumn,
  type PacketRow,
  type Stream,
} from './app/packets/answers.ts'
export { pagePaths, pages } from './app/paths.ts'
export { APP_POLICY } from './app/policy.ts'
export { PRIVATE_PAGE_POLICY, SERVICE_WORKER_POLICY } from './private/policy.ts'
