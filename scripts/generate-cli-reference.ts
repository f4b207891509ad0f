import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { generatedFiles } from '../packages/cli/src/reference/generated-files.ts'

// node --conditions=development scripts/generate-cli-reference.ts [--check]
// Writes the reference of the command line and the JSON Schemas; with --check it fails when one of them is stale.

const root = join(import.meta.dirname, '..')
const isCheck = process.argv.includes('--check')

for (const { path, content } of generatedFiles()) {
  const file = join(root, path)
  if (contentOf(file) === content) continue
  if (isCheck) {
    console.error(`${path} is stale; run: npm run docs`)
    process.exitCode = 1
    continue
  }
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, content)
  console.log(`wrote ${path}`)
}

function contentOf(file: string): string | null {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return null // not written yet
  }
}
