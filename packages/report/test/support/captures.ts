import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

const root = join(import.meta.dirname, '../../../..')

/** The captures that come with the project, each with a known story. */
export const samples = readdirSync(join(root, 'samples'))
  .filter((name) => name.endsWith('.pcap'))
  .map((name) => join(root, 'samples', name))

/** A sample by its name. */
export function sample(name: string): string {
  return join(root, 'samples', `${name}.pcap`)
}

const corpus = join(root, '../shared/corpus')

/** Where reference captures are that the project does not ship; null, said loudly, where they are absent. */
export function corpusFolder(what: string, name: string): string | null {
  const folder = join(corpus, name)
  if (existsSync(folder)) return folder
  console.error(`\n*** NO CORPUS at ${folder}: ${what} is NOT tested with it ***\n`)
  return null
}

/** A folder for one test, removed behind it. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'report-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}
