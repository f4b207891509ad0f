export * from './data.ts'
export { type RunningService, type ServiceOptions, startService, startWorkerService } from './service.ts'
