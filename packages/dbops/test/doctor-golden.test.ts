import { afterAll, describe, expect, it } from 'vitest'
import type { ClusterOptions } from '../src/testing/cluster.ts'
import { clusterOfTest } from './support/cluster.ts'
import { newCommandLine } from './support/command.ts'

const { run, remove } = newCommandLine()
afterAll(remove)

/** A server as one of the guides leaves it, whose application logs in as `app`. */
interface Golden extends ClusterOptions {
  readonly sql: string
  readonly app: string
  /** What doctor has to say against it. */
  readonly fails: readonly string[]
  /** What must not be said against it, though the others have it. */
  readonly passes: readonly string[]
}

const goldens: Readonly<Record<string, Golden>> = {
  'just made by initdb': {
    sql: 'create role app login',
    app: 'app',
    fails: ['settings.ssl', 'hba.trust', 'roles.limit', 'grants.public-database', 'backup.drill'],
    passes: ['roles.app-superuser', 'roles.app-owner', 'credentials.guessable', 'settings.password_encryption'],
  },
  'of CMSVS: the application made the cluster, TLS is off, a fallback password': {
    superuser: 'cmsvs_user',
    hba: ['local all all trust', 'host all cmsvs_user 127.0.0.1/32 trust', 'host all all all scram-sha-256'],
    sql: `create schema audit; create table public.requests (id int primary key); alter role cmsvs_user connection limit 50;
      revoke create on schema public from public; revoke all on database app from public;
      create role cmsvs_readonly login password 'password' connection limit 5;
      create function audit.log_connection() returns void language sql security definer as 'select null'`,
    app: 'cmsvs_user',
    fails: ['roles.app-superuser', 'credentials.guessable', 'settings.ssl', 'rls.definer'],
    passes: ['settings.password_encryption', 'grants.public-database', 'grants.public-create'],
  },
  'of FRENDE: MD5, everybody may create, the application owns its tables': {
    settings: { password_encryption: 'md5', log_statement: 'all' },
    hba: ['local all all trust', 'host all postgres 127.0.0.1/32 trust', 'host all all 0.0.0.0/0 md5'],
    sql: `create role frende login password 'x9Qd-long-enough-value'; grant create on schema public to public;
      create table public.chores (id int primary key); alter table public.chores owner to frende`,
    app: 'frende',
    fails: ['credentials.md5', 'grants.public-create', 'roles.app-owner', 'hba.md5', 'settings.ssl'],
    passes: ['roles.app-superuser', 'credentials.guessable'],
  },
  'of ContextForge: the old owner is still a superuser with its first password': {
    hba: ['local all all trust', 'host all postgres 127.0.0.1/32 trust', 'host all all 127.0.0.1/32 scram-sha-256'],
    sql: `create role contextforge login superuser password 'contextforge'; create role contextforge_app login password 'x9Qd-long-enough-value-2' connection limit 20;
      create table public.items (id int primary key); alter table public.items owner to contextforge; grant all on public.items to contextforge_app`,
    app: 'contextforge_app',
    fails: ['credentials.guessable', 'settings.ssl'],
    passes: ['roles.app-superuser', 'roles.app-owner', 'credentials.md5', 'hba.md5'],
  },
}

describe('T90 golden clusters', () => {
  it.each(Object.keys(goldens))('%s', async (name) => {
    const { sql, app, fails, passes, ...options } = goldens[name]
    const cluster = await clusterOfTest(options)
    cluster.sql('create database app')
    cluster.sql(sql, 'app')
    const ran = await run('doctor', '--url', cluster.url('app'), '--app-role', app, '--format', 'json')
    const verdicts = new Map<string, Set<string>>()
    for (const { id, verdict } of ran.json().checks) verdicts.set(id, (verdicts.get(id) ?? new Set()).add(verdict))
    const bad = (id: string) => ['fail', 'warn'].some((verdict) => verdicts.get(id)?.has(verdict) === true)
    // access rules are named only where one of them is wrong
    const known = (id: string) => verdicts.has(id) || id.startsWith('hba.')
    expect([...fails, ...passes].filter((id) => !known(id))).toEqual([])
    expect(ran.exitCode).toBe(1)
    expect(fails.filter((id) => !bad(id))).toEqual([])
    expect(passes.filter(bad)).toEqual([])
  })
})
