import { existsSync, globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const root = join(import.meta.dirname, '../../../..')
const corpus = join(root, '../shared/corpus')

interface Manifest {
  readonly captures: readonly ManifestEntry[]
}

/** What is known of a reference capture. */
export interface ManifestEntry {
  readonly file: string
  /** What it shows, in words. */
  readonly shows: string
}

/** The reference captures; none where they are absent, which is said. */
export function manifest(): readonly ManifestEntry[] {
  const path = join(corpus, 'manifest.json')
  if (existsSync(path)) return (JSON.parse(readFileSync(path, 'utf8')) as Manifest).captures
  process.stderr.write(`\n*** ${corpus} is absent: findings are not tested on real captures ***\n`)
  return []
}

export function corpusPath(file: string): string {
  return join(corpus, file)
}

/** The samples and the reference captures that are there: name, path. */
export function provenCaptures(): [name: string, path: string][] {
  const samples = globSync('samples/*.{pcap,pcapng}', { cwd: root }).sort()
  return [
    ...samples.map((file): [string, string] => [file, join(root, file)]),
    ...manifest().map(({ file }): [string, string] => [file, corpusPath(file)]),
  ]
}
