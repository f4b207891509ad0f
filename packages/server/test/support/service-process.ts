import { readConfig, startService } from '../../src/index.ts'

// The service, as the command starts it; the test says when it ends, and how.
const service = await startService({
  config: readConfig(process.env),
  writeLog: (line) => process.stderr.write(process.env.SHOW_LOG === 'true' ? line : ''),
  print: (text) => process.stdout.write(text),
  passwordCost: 4,
  mountedPassword: '/nowhere',
})
process.once('SIGTERM', () => void service.close())
