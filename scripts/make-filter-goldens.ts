import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { samples } from '../packages/report/test/support/captures.ts'
import { filters } from '../packages/report/test/support/filters.ts'

// node --conditions=development scripts/make-filter-goldens.ts
// Asks tshark 4.0.17 which frames of the samples each filter selects, for the tests of machines that have no tshark.

/** Runs drawn together: `1-4 9`. */
function ranges(list: readonly number[]): string {
  const parts: string[] = []
  for (let i = 0; i < list.length; ) {
    let end = i
    while (end + 1 < list.length && list[end + 1] === list[end] + 1) end++
    parts.push(end === i ? `${list[i]}` : `${list[i]}-${list[end]}`)
    i = end + 1
  }
  return parts.join(' ')
}

const goldens = filters.map((filter) => {
  const selected = samples.map((path) => {
    const fields = ['-T', 'fields', '-e', 'frame.number']
    const text = execFileSync('tshark', ['-r', path, '-Y', filter, ...fields], { encoding: 'utf8', stdio: 'pipe' })
    return [path.split('/').at(-1) ?? path, ranges(text.split('\n').filter(Boolean).map(Number))] as const
  })
  return [filter, Object.fromEntries(selected)] as const
})
const target = join(import.meta.dirname, '../packages/report/test/filter-goldens.json')
writeFileSync(target, `${JSON.stringify(Object.fromEntries(goldens), null, 2)}\n`)
