import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'

const root = join(import.meta.dirname, '..')
const table = readFileSync(join(root, 'docs/reference/past-defects.md'), 'utf8')
const rows = [...table.matchAll(/^\| (.+?) \| (.+?) \| `(.+?)`: (.+) \|$/gm)].map((match) => match.slice(1))

describe('the table of past defects', () => {
  it('has a row of every line', () => expect(rows).toHaveLength(table.match(/^\| .*`/gm)?.length ?? 0))

  it.each(rows)('%s, «%s»: the test is there', (_, __, file, title) => {
    const path = join(root, 'packages/engine/test', file)
    expect(existsSync(path), path).toBe(true)
    expect(readFileSync(path, 'utf8')).toContain(`'${title}'`)
  })
})
