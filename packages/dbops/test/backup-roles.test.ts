import { join } from 'node:path'
import { parseConnection, Secret } from '@pcap-analyzer/dbops'
import { startCluster, type TestCluster } from '@pcap-analyzer/dbops/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { splitStatements } from '../src/backup/dumped-statements.ts'
import { canLogIn } from '../src/rotation/login-proof.ts'
import { newCommandLine, scratchFolder } from './support/command.ts'

const PASSWORD = 'password-of-the-owner-77'
const hba = ['local all all trust', 'host all postgres 127.0.0.1/32 trust', 'host all all 127.0.0.1/32 scram-sha-256']
let home: TestCluster
let away: TestCluster
const { run, remove } = newCommandLine()
beforeAll(async () => {
  home = await startCluster({ hba })
  away = await startCluster({ hba })
  home.sql(
    `create role "All; Readers"; create role "Shop ""Owner""" login password '${PASSWORD}' connection limit 7 in role "All; Readers";
    create role chief superuser login; create role unrelated login; create role clerk login;
    alter role "Shop ""Owner""" set search_path = 'a;b', "$user"; comment on role clerk is 'keeps -- the; ''book''
      in two lines'; grant clerk to "Shop ""Owner""" with admin option; create database shop owner chief`,
  )
  home.sql(
    'create table t as select generate_series(1, 5) as n; alter table t owner to "Shop ""Owner"""; grant select on t to clerk',
    'shop',
  )
})
afterAll(async () => {
  remove()
  await home.stop()
  await away.stop()
})

const lost = () => away.sql("select string_agg(rolname, ',' order by rolname) from pg_roles where oid >= 16384")

describe('T62 a restore on a server that lacks the roles', () => {
  it('says which, and with --with-roles makes them as they were, without passwords and without superusers', async () => {
    const to = scratchFolder()
    expect((await run('backup', 'create', '--url', home.url('shop'), '--to', to)).exitCode).toBe(0)
    const restore = (...words: string[]) =>
      run('backup', 'restore', '--from', to, '--url', away.url(), '--into', 'shop', ...words)
    const plan = await restore()
    expect(plan.stdout).toContain('this server lacks: Shop "Owner", chief, clerk; --with-roles makes them')
    const refused = await restore('--apply')
    expect([refused.exitCode, refused.stderr, lost()]).toEqual([7, expect.stringContaining('--with-roles'), ''])
    const told = await restore('--with-roles')
    expect(told.stdout).toContain('CREATE ROLE "All; Readers"')
    expect(told.stdout).toContain('chief was a superuser, and is made without that')
    expect([lost(), (await restore('--with-roles', '--with-passwords')).stdout.includes('SCRAM-SHA-256')]).toEqual([
      '',
      false,
    ])
    const ran = await restore('--with-roles', '--apply')
    expect(ran.exitCode, ran.stderr).toBe(0)
    expect(lost()).toBe('All; Readers,Shop "Owner",chief,clerk')
    const facts = `select rolname, rolsuper, rolcanlogin, rolconnlimit, rolpassword is null, shobj_description(a.oid, 'pg_authid'), setconfig,
      array(select roleid::regrole::text || admin_option from pg_auth_members where member = a.oid order by 1)
      from pg_authid a left join pg_db_role_setting on setrole = a.oid where a.oid >= 16384 and rolname <> 'unrelated' order by 1`
    const [here, there] = [home.sql(facts), away.sql(facts)]
    expect(there).toBe(here.replace('chief|t', 'chief|f').replace('|7|f|', '|7|t|'))
    expect(away.sql('select count(*) from t', 'shop')).toBe('5')
  })

  it('takes verifiers along only when asked to, and makes nothing when the restore fails', async () => {
    away.sql('drop database if exists shop')
    for (const name of ['All; Readers', 'Shop ""Owner""', 'chief', 'clerk']) away.sql(`drop role if exists "${name}"`)
    const [to, key] = [scratchFolder(), join(scratchFolder(), 'backup.key')]
    const recipient = (await run('backup', 'keygen', '--to', key)).stdout.trim().split('\n').at(-1) ?? ''
    const made = await run(
      'backup',
      'create',
      '--url',
      home.url('shop'),
      '--to',
      to,
      '--recipient',
      recipient,
      '--globals',
      'with-verifiers',
    )
    expect(made.exitCode, made.stderr).toBe(0)
    const words = ['--from', to, '--identity', key, '--url', away.url(), '--into', 'shop', '--with-roles', '--apply']
    const failed = await run('backup', 'restore', ...words, '--owner', 'nobody_at_all')
    expect([failed.exitCode, lost()]).toEqual([2, ''])
    const half = await run('backup', 'restore', ...words, '--table', 'public.none')
    expect([half.exitCode, lost()], half.stderr).toEqual([2, ''])
    const ran = await run('backup', 'restore', ...words, '--with-passwords')
    expect([ran.exitCode, `${ran.stdout}${ran.stderr}`.includes('SCRAM-SHA-256')], ran.stderr).toEqual([0, false])
    expect(await canLogIn(parseConnection(away.url('postgres')), 'Shop "Owner"', new Secret(PASSWORD))).toBe(true)
  })
})

describe('statements of a dump', () => {
  it('are parted where they end, whatever texts and names hold', () => {
    const sql = `-- a; comment\nSET x = 'a;''b';\nALTER ROLE "o;o" SET y TO E'it\\'s;';\nCOMMENT ON ROLE z IS 'two -- lines\nof; it';\n`
    expect(splitStatements(sql)).toEqual([
      "SET x = 'a;''b'",
      `ALTER ROLE "o;o" SET y TO E'it\\'s;'`,
      "COMMENT ON ROLE z IS 'two -- lines\nof; it'",
    ])
  })
})
