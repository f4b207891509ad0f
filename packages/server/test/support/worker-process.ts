import { readConfig, startWorkerService } from '../../src/index.ts'

// A worker alone, as the command starts it; the test says when it ends, and how.
const service = await startWorkerService({
  config: readConfig(process.env),
  writeLog: () => undefined,
  print: (text) => process.stdout.write(text),
})
process.once('SIGTERM', () => void service.close())
