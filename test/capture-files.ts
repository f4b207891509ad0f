import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'

const CAPTURE_NAME = /\.(pcap|pcapng|cap|dmp|gz|zst|lz4|trace|snoop)$/i
const OTHER_NAME = /\.(json|log|tsv|txt|md|py)(\.gz)?$/i
const ROOT = join(import.meta.dirname, '..')

/** Where the captures are that the project does not ship; see CONTRIBUTING.md. */
export const defaultCorpus = join(ROOT, '../shared/corpus')

/**
 * Folders that hold captures to test with: those of the corpus, or our samples where there is no corpus, which is said loudly on
 * standard error, since a test without the corpus shows far less.
 */
export function captureFolders(corpus: string = defaultCorpus): string[] {
  const captures = join(corpus, 'captures')
  if (existsSync(captures)) return [captures, join(corpus, 'tcp-rules')].filter((folder) => existsSync(folder))
  if (existsSync(corpus)) return [corpus]
  console.error(`\n*** NO CORPUS at ${corpus}: only samples and built captures are used, which shows far less ***\n`)
  return [join(ROOT, 'samples')]
}

/** Paths of every capture of at most `mostBytes` below the folders, in the order of their names. */
export function captureFiles(folders: readonly string[], mostBytes: number): string[] {
  return folders.flatMap((folder) => {
    if (!existsSync(folder)) return []
    const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort()
    return names
      .filter((name) => CAPTURE_NAME.test(name) && !OTHER_NAME.test(name))
      .map((name) => join(folder, name))
      .filter((path) => statSync(path).isFile() && statSync(path).size <= mostBytes)
  })
}
