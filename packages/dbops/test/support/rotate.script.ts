import { parseConnection } from '../../src/connection/url.ts'
import { type RotationStep, rotateDual } from '../../src/rotation/rotate-dual.ts'
import { FileLoginStore } from '../../src/rotation/secret-store.ts'
import { Journal } from '../../src/state/journal.ts'

// Rotates in a process of its own that ends itself, as a crash would, at the step it is told.
const [url, storePath, journalFolder, id, step, moment] = process.argv.slice(2)

class DyingStore extends FileLoginStore {
  override async write(login: Parameters<FileLoginStore['write']>[0]): Promise<void> {
    await super.write(login)
    if (moment === 'inside' && step === 'publish') process.kill(process.pid, 'SIGKILL')
  }
}

await rotateDual(
  {
    admin: parseConnection(url),
    logins: ['app_a', 'app_b'],
    store: new DyingStore(storePath),
    graceMs: 0,
    onStep: (name: RotationStep, when) => {
      if (name === step && when === moment) process.kill(process.pid, 'SIGKILL')
    },
  },
  Journal.open(journalFolder, id),
)
