import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, globSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { version } from '../packages/engine/src/version.ts'
import { samples } from '../scripts/make-samples.ts'

const root = join(import.meta.dirname, '..')
const documents = globSync(['*.md', 'docs/**/*.md'], { cwd: root }).sort()
const scratch = mkdtempSync(join(tmpdir(), 'documents-'))

/** Fenced blocks of a language; `isMarked` tells whether the line before says that it is to be run. */
function blocks(document: string, language: string): { text: string; isMarked: boolean }[] {
  const text = readFileSync(join(root, document), 'utf8')
  const pattern = new RegExp(`(<!-- run -->\\n)?\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, 'g')
  return [...text.matchAll(pattern)].map((match) => ({ text: match[2], isMarked: match[1] !== undefined }))
}

/** Commands of the README and the guides that a reader may type; installing and testing is what runs this test. */
const commands = documents
  .filter((document) => document === 'README.md' || document.startsWith('docs/guides'))
  .flatMap((document) =>
    blocks(document, 'bash').flatMap(({ text }) =>
      text
        .trim()
        .split('\n')
        .map((line) => [document, line] as const),
    ),
  )
  .map(([document, line]) => [document, line.replace(/^npm ci && /, '')] as const)
  .filter(([, line]) => line.startsWith('npx pcap-analyzer'))

const examples = documents.flatMap((document) =>
  blocks(document, 'ts').flatMap(({ text, isMarked }, index) =>
    isMarked ? [[`${document} ${index}`, text] as const] : [],
  ),
)

/** Names and times of the files that commands have written. */
function filesBelow(folder: string): string {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort()
  return names.map((name) => `${name} ${statSync(join(folder, name)).mtimeMs}`).join('\n')
}

beforeAll(() => void execFileSync(process.execPath, [join(root, 'scripts/bundle.ts')]))
afterAll(() => rmSync(scratch, { recursive: true }))

describe('documents', () => {
  it.each(commands)('%s: %s works', (_, line) => {
    const words = (line.replace(/ +#.*$/, '').match(/'[^']*'|\S+/g) ?? [])
      .slice(2)
      .map((word) => word.replaceAll("'", ''))
    const paths = words.map((word) => (word.startsWith('samples/') ? join(root, word) : word))
    const before = filesBelow(scratch)
    const result = spawnSync(process.execPath, [join(root, 'packages/cli/bin/pcap-analyzer.js'), ...paths], {
      cwd: scratch,
      encoding: 'utf8',
    })
    expect(result.status, result.stderr).toBe(0)
    const isSaid = result.stdout.length > (words[0] === 'verify' ? 10 : 100)
    expect(isSaid || filesBelow(scratch) !== before, 'prints or writes something').toBe(true)
  })

  it.each(examples)('example %s runs', (_, text) => {
    const file = join(root, 'test', `.example-${process.pid}.ts`)
    writeFileSync(file, text)
    try {
      const output = execFileSync(process.execPath, ['--conditions=development', file], { cwd: root, encoding: 'utf8' })
      expect(output.trim()).not.toBe('')
    } finally {
      rmSync(file)
    }
  })

  it.each(documents)('%s links only to what exists', (document) => {
    const text = readFileSync(join(root, document), 'utf8')
    const links = [...text.matchAll(/\]\((?!https?:)([^)#]+)/g)].map((match) => match[1])
    const missing = links.filter((link) => !existsSync(join(root, dirname(document), link)))
    expect(missing).toEqual([])
  })

  it('name files of the repository that exist', () => {
    const named = documents.flatMap((document) =>
      [
        ...readFileSync(join(root, document), 'utf8').matchAll(
          /`((?:docs|packages|test|scripts|samples)\/[\w./-]+\.\w+)`/g,
        ),
      ].map((match) => match[1]),
    )
    expect(named.filter((path) => !existsSync(join(root, path)))).toEqual([])
  })

  it('samples are what their script makes', () => {
    for (const [name, bytes] of samples()) {
      expect(Buffer.compare(readFileSync(join(root, 'samples', name)), bytes), name).toBe(0)
    }
  })

  it.each([
    'packages/engine/package.json',
    'packages/scenarios/package.json',
    'packages/dbops/package.json',
    'packages/viewer/package.json',
    'packages/report/package.json',
    'packages/server/package.json',
    'packages/web/package.json',
    'packages/cli/package.json',
    'package.json',
  ])("version of %s is the engine's", (path) => {
    expect(JSON.parse(readFileSync(join(root, path), 'utf8')).version).toBe(version)
  })
})
