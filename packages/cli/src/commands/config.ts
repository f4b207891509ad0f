import { CommandError } from '../errors.ts'
import type { CommandDefinition } from './command.ts'

/** What the service reads from its environment. */
export const config: CommandDefinition = {
  name: 'config',
  summary: 'check the configuration of the web service',
  description:
    'Prints every variable of the service with where its value comes from, secrets masked, then every problem. Exits with 2 if there is one.',
  arguments: [{ name: 'action', description: 'check', completion: ['check'] }],
  options: [],
  examples: [
    { command: 'pcap-analyzer config check', shows: 'whether the service would start' },
    { command: 'ENVIRONMENT=production pcap-analyzer config check', shows: 'what production still lacks' },
  ],
  run: async (context, [action]) => {
    if (action !== 'check') throw new CommandError('USAGE', `there is no action ${action}; the only one is check`)
    return (await import('../service/check-config.ts')).checkConfig(context)
  },
}
