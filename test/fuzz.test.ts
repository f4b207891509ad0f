import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'

const COUNT = 3000
/** Far beyond what a busy machine takes. */
const LIMIT_MS = 600_000

describe('npm run fuzz', () => {
  it(
    'finds nothing in a few thousand damaged captures',
    () => {
      const command = join(import.meta.dirname, '../scripts/fuzz.ts')
      const { status, stdout, stderr } = spawnSync(
        process.execPath,
        [command, '--count', String(COUNT), '--seed', '20240229'],
        {
          encoding: 'utf8',
          timeout: LIMIT_MS,
        },
      )
      if (stderr.includes('NO CORPUS')) console.error(stderr)
      expect(status, stdout + stderr).toBe(0)
      expect(stdout).toContain(`${COUNT} mutants`)
    },
    LIMIT_MS,
  )
})
