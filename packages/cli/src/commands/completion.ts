import type { CommandDefinition } from './command.ts'

const shells = ['bash', 'zsh', 'fish']

/** Lets a shell complete commands, options and values. */
export const completion: CommandDefinition = {
  name: 'completion',
  summary: 'print a completion script for bash, zsh or fish',
  description: 'Prints a script that teaches a shell to complete commands, options and file names.',
  arguments: [{ name: 'shell', description: shells.join(', '), completion: shells }],
  options: [],
  examples: [
    { command: 'source <(pcap-analyzer completion bash)', shows: 'completion in this bash' },
    { command: 'source <(pcap-analyzer completion zsh)', shows: 'completion in this zsh' },
    { command: 'pcap-analyzer completion fish | source', shows: 'completion in this fish' },
  ],
  run: async (context, args) => (await import('../completion/run-completion.ts')).runCompletion(context, args),
}
