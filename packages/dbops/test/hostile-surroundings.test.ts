import { execFileSync, spawnSync } from 'node:child_process'
import { closeSync, existsSync, openSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { startCluster, type TestCluster } from '@pcap-analyzer/dbops/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { visible, visiblePart } from '../src/command/printed/visible.ts'
import { findHome } from '../src/home-folder.ts'
import { newCommandLine, scratchFolder } from './support/command.ts'

let cluster: TestCluster
beforeAll(async () => {
  cluster = await startCluster()
})
afterAll(() => cluster.stop())

const main = join(import.meta.dirname, '../src/main.ts')
/** The command as a process of its own. */
function command(
  words: readonly string[],
  variables: Record<string, string>,
  stdout: number | 'pipe' = 'pipe',
  folder = scratchFolder(),
) {
  return spawnSync(process.execPath, ['--conditions=development', main, ...words], {
    cwd: folder,
    encoding: 'utf8',
    env: { PATH: process.env.PATH ?? '', ...variables },
    stdio: ['ignore', stdout, 'pipe'],
  })
}

describe('T105 surroundings that fail', () => {
  it.runIf(existsSync('/dev/full'))('a result that cannot be written ends with 70 and a sentence', () => {
    const full = openSync('/dev/full', 'w')
    const ran = command(['conf', 'generate'], { DBOPS_STATE_DIR: scratchFolder() }, full)
    closeSync(full)
    expect([ran.status, ran.stderr]).toEqual([70, 'dbops: error: the result cannot be written (ENOSPC)\n'])
  })

  it('a reader who goes early ends nothing badly', () => {
    const line = `"${process.execPath}" --conditions=development "${main}" hba generate --client a:b:10.0.0.0/24 | head -c 1 >/dev/null; echo "\${PIPESTATUS[0]}"`
    const env = { PATH: process.env.PATH ?? '', DBOPS_STATE_DIR: scratchFolder() }
    expect(
      execFileSync('bash', ['-c', line], { env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] }).trim(),
    ).toBe('0')
  })

  it('an empty HOME is none: nothing comes to lie in the working folder', () => {
    const folder = scratchFolder()
    const home = findHome('')
    expect(home).not.toBe('')
    const ran = command(['conf', 'generate'], { HOME: '', XDG_STATE_HOME: join(folder, 'state') }, 'pipe', folder)
    expect([ran.status, readdirSync(folder)]).toEqual([0, ['state']])
    expect(findHome('/home/ada')).toBe('/home/ada')
  })
})

describe('T32 a change whose way back cannot be kept', () => {
  it('is taken back, and this is said', async () => {
    const { run, stateFolder, remove } = newCommandLine()
    // where the journal should be a folder is a file
    rmSync(join(stateFolder, 'journal'), { recursive: true, force: true })
    writeFileSync(join(stateFolder, 'journal'), '')
    const ran = await run('conf', 'apply', '--set', 'log_duration=on', '--url', cluster.url(), '--apply')
    expect([ran.exitCode, ran.stderr]).toEqual([7, expect.stringContaining('the change was taken back')])
    expect(cluster.sql('show log_duration')).toBe('off')
    rmSync(join(stateFolder, 'journal'))
    expect((await run('conf', 'apply', '--set', 'log_duration=on', '--url', cluster.url(), '--apply')).exitCode).toBe(0)
    remove()
  })
})

describe('T103 names with control characters', () => {
  it('are seen and not obeyed, and cannot pass for a line of the result', async () => {
    const { run, remove } = newCommandLine()
    const name = 'x\u001b[2J\u202e\nok      roles.limit: forged'
    cluster.sql(`create role "${name}" login`)
    for (const format of ['text', 'nagios', 'junit']) {
      const ran = await run('doctor', '--url', cluster.url(), '--format', format)
      expect(ran.stdout, format).not.toContain('\u001b')
      if (format !== 'junit') expect(ran.stdout).not.toMatch(/^ok {6}roles\.limit: forged/m)
    }
    const text = (await run('doctor', '--url', cluster.url())).stdout
    expect(text).toContain('x\\x1b[2J\\u202e\n            ok      roles.limit: forged')
    cluster.sql(`drop role "${name}"`)
    remove()
  })

  it('leave what people write as it is', () => {
    const text = 'select 1;\n\t-- é 漢字 👩‍👩‍👧 “x”'
    expect(visible(text)).toBe(text)
    expect(visible('\u0085\u007f\r')).toBe('\\x85\\x7f\\x0d')
    expect(visiblePart('a\nb')).toBe('a\n            b')
  })
})
