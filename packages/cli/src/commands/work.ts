import type { CommandDefinition } from './command.ts'

/** A worker of the service alone. */
export const work: CommandDefinition = {
  name: 'work',
  summary: 'start a worker of the web service alone',
  description:
    'Analyses captures that a service over the same database and the same store has taken in. Any number of workers on any number of ' +
    'machines share the work, which needs PostgreSQL and, across machines, STORAGE=s3.',
  arguments: [],
  options: [],
  examples: [{ command: 'WORKER_CONCURRENCY=2 pcap-analyzer work', shows: 'two analyses at once' }],
  run: async (context) => (await import('../service/run-service.ts')).runService(context, 'work'),
}
