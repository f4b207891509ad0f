import type { CommandDefinition } from './command.ts'

/** The web service with its API. */
export const serve: CommandDefinition = {
  name: 'serve',
  summary: 'start the web service: accounts, uploads, analyses, reports',
  description:
    'Starts the service on HOST and PORT (127.0.0.1:8000) over DATABASE_URL (SQLite at data/pcap_analyzer.db): migrates the database, ' +
    'creates the first administrator, and analyses in the same process unless INLINE_WORKER=false. Everything is set by environment variables.',
  arguments: [],
  options: [],
  examples: [
    { command: 'pcap-analyzer serve', shows: 'the service for trying out' },
    { command: 'PORT=9000 LOG_FORMAT=text pcap-analyzer serve', shows: 'another port, a log for people' },
  ],
  run: async (context) => (await import('../service/run-service.ts')).runService(context, 'serve'),
}
