import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { provenCaptures } from '../packages/engine/test/findings/captures.ts'
import { findDisagreements, lineOf, proofsOf } from '../packages/engine/test/findings/proofs.ts'

/** Writes the list of display filters and what they select, where tshark agrees with all of them. Needs tshark and the reference captures. */
const path = join(import.meta.dirname, '../packages/engine/test/findings/display-filters.json')

const golden: Record<string, string[]> = {}
const wrong: string[] = []
for (const [name, file] of provenCaptures()) {
  const proofs = await proofsOf(file)
  golden[name] = proofs.map(lineOf)
  wrong.push(...findDisagreements(file, proofs).map((text) => `${name}: ${text}`))
}
if (wrong.length === 0) writeFileSync(path, `${JSON.stringify(golden, null, 2)}\n`)
else {
  process.stderr.write(`${wrong.join('\n')}\nnothing was written\n`)
  process.exitCode = 1
}
