export { pagePaths } from './app/paths.ts'
export { APP_POLICY } from './app/policy.ts'
export { PRIVATE_PAGE_POLICY, SERVICE_WORKER_POLICY } from './private/policy.ts'
