import { parseConnection } from '../../src/connection/url.ts'
import { rotateDual } from '../../src/rotation/rotate-dual.ts'
import { rotateSingle } from '../../src/rotation/rotate-single.ts'
import { FileLoginStore } from '../../src/rotation/secret-store.ts'
import { Journal } from '../../src/state/journal.ts'

// Rotates in a process of its own that ends itself, as a crash would, at the step it is told.
const [url, storePath, journalFolder, id, step, moment, first, login = 'app_a'] = process.argv.slice(2)

class DyingStore extends FileLoginStore {
  override async write(login: Parameters<FileLoginStore['write']>[0]): Promise<void> {
    await super.write(login)
    if (moment === 'inside' && step === 'publish') process.kill(process.pid, 'SIGKILL')
  }
}

const common = {
  // a URL with a password comes by the environment
  admin: parseConnection(process.env[url] ?? url),
  store: new DyingStore(storePath),
  graceMs: 0,
  onStep: (name: string, when: 'before' | 'after') => {
    if (name === step && when === moment) process.kill(process.pid, 'SIGKILL')
  },
}
const journal = Journal.open(journalFolder, id)
if (first === undefined) await rotateDual({ ...common, logins: ['app_a', 'app_b'] }, journal)
else await rotateSingle({ ...common, login, first: first === 'database' ? 'database' : 'provider' }, journal)
