import { readConfig, startService, startWorkerService } from '@pcap-analyzer/server'
import type { CommandContext } from '../context.ts'
import { EXIT_FINE, type ExitCode } from '../exit-codes.ts'
import { batchLines } from './line-batch.ts'

/** Runs the service or a worker until it is told to stop; a second signal ends it at once. */
export async function runService(context: CommandContext, part: 'serve' | 'work'): Promise<ExitCode> {
  const start = part === 'serve' ? startService : startWorkerService
  const service = await start({
    config: readConfig(context.environment),
    writeLog: batchLines((text) => context.stderr.write(text)),
    print: (text) => context.stdout.write(text),
  })
  await nextSignal()
  await Promise.race([service.close(), nextSignal()])
  return EXIT_FINE
}

function nextSignal(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve())
  })
}
