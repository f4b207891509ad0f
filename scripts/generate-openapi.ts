import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readConfig, startService } from '../packages/server/src/index.ts'

/** Writes docs/reference/openapi.json from the routes of a service that is started for it; with --check only says whether it is up to date. */
const path = join(import.meta.dirname, '../docs/reference/openapi.json')
const folder = mkdtempSync(join(tmpdir(), 'pcap-openapi-'))
const config = readConfig({ ENVIRONMENT: 'test', PORT: '0', DATA_DIR: folder, INLINE_WORKER: 'false' })
const service = await startService({ config, writeLog: () => undefined, print: () => undefined, passwordCost: 4 })
const answer = await fetch(`${service.url}/openapi.json`)
const text = `${JSON.stringify(await answer.json(), null, 2)}\n`
await service.close()
rmSync(folder, { recursive: true })
if (!process.argv.includes('--check')) writeFileSync(path, text)
else if (readFileSync(path, 'utf8') !== text) {
  process.stderr.write(`${path} is out of date: npm run docs\n`)
  process.exitCode = 1
}
