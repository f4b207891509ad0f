import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseConnection, withServer } from '@pcap-analyzer/dbops'
import { describe, expect, it } from 'vitest'
import type { ServerClient } from '../src/connection/server-client.ts'
import { readHbaFiles } from '../src/hba/hba-files.ts'
import { formatRule } from '../src/hba/hba-rule.ts'
import { readServerRules } from '../src/hba/server-rules.ts'
import { clusterOfTest } from './support/cluster.ts'
import { newCommandLine, scratchFolder } from './support/command.ts'

/** A folder with these files, and the path of its pg_hba.conf. */
function files(texts: Readonly<Record<string, string>>): string {
  const folder = scratchFolder()
  mkdirSync(join(folder, 'rules.d'))
  for (const [name, text] of Object.entries(texts)) writeFileSync(join(folder, name), text)
  return join(folder, 'pg_hba.conf')
}

const reject = 'host all all 0.0.0.0/0 reject\nhost all all ::/0 reject\n'

describe('T30 rules of included files', () => {
  const example = () =>
    files({
      'pg_hba.conf': `local all postgres peer\ninclude first.conf\ninclude_if_exists nowhere.conf\ninclude_dir rules.d\n${reject}`,
      'first.conf': '# of the application\nhostssl app app_a,@more 10.0.0.0/8 scram-sha-256\n',
      more: '"app_b" app_c, app_d # nobody else\n@evenmore\n',
      evenmore: 'app_e\n',
      'rules.d/20-wide.conf': 'host app everybody 10.0.0.0/8 trust\n',
      'rules.d/10-early.conf': 'hostssl app early 10.0.0.0/8 scram-sha-256\n',
      'rules.d/.hidden.conf': 'nonsense\n',
      'rules.d/readme.txt': 'nonsense\n',
    })

  it('are read in the order of the server, names in their place', () => {
    const { rules, errors } = readHbaFiles(example())
    expect(errors).toEqual([])
    expect(rules.map(({ file, line }) => `${file.split('/').at(-1)}:${line}`)).toEqual([
      'pg_hba.conf:1',
      'first.conf:2',
      '10-early.conf:1',
      '20-wide.conf:1',
      'pg_hba.conf:5',
      'pg_hba.conf:6',
    ])
    expect(rules[1].users.map(({ text }) => text)).toEqual(['app_a', 'app_b', 'app_c', 'app_d', 'app_e'])
  })

  it('are explained and judged, with the file they stand in', async () => {
    const { run, remove } = newCommandLine()
    const path = example()
    const explain = (user: string) =>
      run('hba', 'explain', path, '--user', user, '--database', 'app', '--address', '10.1.1.1', '--tls')
    expect((await explain('app_e')).stdout).toMatch(/^line 2 of .*first\.conf: hostssl app app_a/)
    expect((await explain('nobody')).stdout).toContain('line 5: ')
    const linted = await run('hba', 'lint', path, '--format', 'json')
    const { checks } = JSON.parse(linted.stdout) as { checks: { id: string; location: { file: string } }[] }
    expect(
      checks.filter(({ id }) => id === 'hba.trust').map(({ location }) => location.file.split('/').at(-1)),
    ).toEqual(['20-wide.conf'])
    expect(checks.map(({ id }) => id)).not.toContain('hba.include')
    remove()
  })

  it.each([
    ['a file that is missing', { 'pg_hba.conf': 'include nowhere.conf\n' }, /nowhere\.conf cannot be read \(ENOENT\)/],
    ['a folder that is missing', { 'pg_hba.conf': 'include_dir nowhere\n' }, /nowhere cannot be read \(ENOENT\)/],
    ['names that are missing', { 'pg_hba.conf': 'host all @nobody 127.0.0.1/32 trust\n' }, /nobody cannot be read/],
    ['a circle', { 'pg_hba.conf': 'include pg_hba.conf\n' }, /more than 10 deep/],
    ['an include of nothing', { 'pg_hba.conf': 'include\n' }, /names one file/],
    [
      'an error in an included file',
      { 'pg_hba.conf': 'include a.conf\n', 'a.conf': '\nnonsense\n' },
      /connection type "nonsense"/,
    ],
  ])('tell of %s', (_, texts, message) => {
    const { errors } = readHbaFiles(files(texts as Record<string, string>))
    expect(errors).toEqual([expect.objectContaining({ message: expect.stringMatching(message) })])
  })

  it('with lists of names say what a real server says', async () => {
    const cluster = await clusterOfTest()
    const write = (name: string, text: string) =>
      cluster.run('sh', ['-c', `cat > '${cluster.dataFolder}/${name}'`], text)
    write('more', 'app_b app_c, "app_d"\n@evenmore\n')
    write('evenmore', 'app_e # the last\n')
    write(
      'pg_hba.conf',
      'local all all trust\nhost @bases app_a,@more 127.0.0.1/32 trust\nhost all postgres 127.0.0.1/32 trust\n',
    )
    write('bases', 'postgres,other')
    const text = (word: { text: string }) => word.text
    const ours = readHbaFiles(`${cluster.dataFolder}/pg_hba.conf`).rules.map(({ databases, users }) => [
      databases.map(text),
      users.map(text),
    ])
    await withServer(parseConnection(cluster.url()), async (client) => {
      const { file } = await readServerRules(client)
      expect(file.rules.map(({ databases, users }) => [databases.map(text), users.map(text)])).toEqual(ours)
    })
  })

  it('of PostgreSQL 16 are read from its view, played: with their files', async () => {
    const asked: string[] = []
    const rows = [
      { line: 1, text: 'local all all peer', error: null, path: '/d/pg_hba.conf', file: '/d/pg_hba.conf' },
      {
        line: 1,
        text: 'hostssl app app 10.0.0.0 255.0.0.0 scram-sha-256',
        error: null,
        path: '/d/pg_hba.conf',
        file: '/d/app.conf',
      },
      { line: 9, text: '', error: 'invalid', path: '/d/pg_hba.conf', file: '/d/app.conf' },
    ]
    const client = {
      query: async (sql: string) => {
        asked.push(sql)
        return { rows: asked.length === 1 ? [{ version: 160_004 }] : rows }
      },
    } as unknown as ServerClient
    const { file } = await readServerRules(client)
    expect(asked[1]).toContain('file_name')
    expect(file.rules.map((rule) => [rule.file, rule.line, formatRule(rule)])).toEqual([
      ['/d/pg_hba.conf', 1, 'local all all peer'],
      ['/d/app.conf', 1, 'hostssl app app 10.0.0.0/8 scram-sha-256'],
    ])
    expect(file.errors).toEqual([{ file: '/d/app.conf', line: 9, message: 'invalid' }])
  })
})
