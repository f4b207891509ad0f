import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { withEntry } from '../src/rotation/pooled-login-store.ts'
import { newCommandLine, scratchFolder } from './support/command.ts'
import { rotationPlace } from './support/rotation.ts'

const place = rotationPlace()

describe('T70 a rotation behind PgBouncer (simulated)', () => {
  it('tells the pooler the verifier of the server before the login is published, and publishes nothing it did not take', async () => {
    const { run, remove } = newCommandLine()
    const folder = scratchFolder()
    const userlist = join(folder, 'userlist.txt')
    writeFileSync(userlist, '"stats" "md5abc"\n; a remark\n', { mode: 0o640 })
    const before = (await place.store.read()).user
    const next = before === 'app_a' ? 'app_b' : 'app_a'
    // what the pooler sees when it is told to read: the file, and what applications are given at this moment
    const reload = `cp ${userlist} ${folder}/seen; cp ${place.storePath} ${folder}/given`
    const words = (command: string) => place.words('--userlist', userlist, '--pooler-reload', command)
    const refused = await run(...words('echo no pooler >&2; exit 3'))
    expect([refused.exitCode, refused.stderr]).toEqual([70, expect.stringContaining('ended with 3: no pooler')])
    expect(readFileSync(userlist, 'utf8')).toBe('"stats" "md5abc"\n; a remark\n')
    expect((await place.store.read()).user).toBe(before)
    const ran = await run(...words(reload))
    expect(ran.exitCode, ran.stderr).toBe(0)
    const verifier = place.cluster.sql(`select rolpassword from pg_authid where rolname = '${next}'`)
    expect(readFileSync(userlist, 'utf8')).toBe(`"stats" "md5abc"\n; a remark\n"${next}" "${verifier}"\n`)
    expect(readFileSync(join(folder, 'seen'), 'utf8')).toContain(verifier)
    expect(JSON.parse(readFileSync(join(folder, 'given'), 'utf8')).user).toBe(before)
    expect([(await place.store.read()).user, statSync(userlist).mode & 0o777]).toEqual([next, 0o640])
    expect((await run(...place.words('--userlist', userlist))).exitCode).toBe(2)
    remove()
  })

  it('leaves every other line of the userlist, and replaces its own', () => {
    expect(withEntry('', 'a', 'v')).toBe('"a" "v"\n')
    expect(withEntry('"b" "w"', 'a', 'v')).toBe('"b" "w"\n"a" "v"\n')
    expect(withEntry('"a" "old"\n"ab" "w"\n', 'a', 'v')).toBe('"a" "v"\n"ab" "w"\n')
    expect(withEntry('', 'o"d', 'v')).toBe('"o""d" "v"\n')
  })
})
