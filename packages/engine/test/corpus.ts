import { existsSync, globSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'

const root = join(import.meta.dirname, '../../..')
const corpus = join(root, '../shared/corpus')

/** The samples of this repository, always there. */
export function samplePaths(): string[] {
  return globSync('samples/*.{pcap,pcapng}', { cwd: root })
    .map((path) => join(root, path))
    .sort()
}

/** Reference captures up to a size, beside the samples; only the samples, said loudly, where the reference captures are absent. */
export function capturePaths(mostBytes: number): string[] {
  if (!existsSync(corpus)) {
    process.stderr.write(`\n*** ${corpus} is absent: these tests run over the samples only ***\n`)
    return samplePaths()
  }
  const captures = globSync('captures/**/*.{pcap,pcapng,gz,zst,lz4}', { cwd: corpus }).map((path) => join(corpus, path))
  return [...samplePaths(), ...captures.filter((path) => statSync(path).size <= mostBytes).sort()]
}

/** Captures made in a lab, with the side they were taken at; none where the reference captures are absent. */
export function labCaptures(): [name: string, path: string, side: 'client' | 'server'][] {
  const truth = globSync('truth/*.json', { cwd: corpus }).sort()
  return truth.flatMap((file) => {
    const { name, captured_at } = JSON.parse(readFileSync(join(corpus, file), 'utf8'))
    const path = join(corpus, 'captures/lab', `${name}.pcap`)
    return existsSync(path) ? [[name, path, captured_at]] : []
  })
}
