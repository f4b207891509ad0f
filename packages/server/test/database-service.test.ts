import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DatabaseService, maskedDatabaseUrl, numberPlaceholders, parseDatabaseUrl } from '../src/index.ts'

describe('DatabaseService', () => {
  it('takes question marks for values and gives plain rows', async () => {
    const service = new DatabaseService({ databaseUrl: 'sqlite:///:memory:' })
    await service.initDb()
    const now = new Date().toISOString()
    const inserted = await service.execute(
      'insert into users (id, username, email, hashed_password, created_at, is_approved) values (?, ?, ?, ?, ?, ?)',
      '11111111-1111-4111-8111-111111111111',
      'ann',
      'ann@example.org',
      'x',
      now,
      true,
    )
    expect(inserted).toBe(1)
    expect(await service.fetchOne('select * from users where username = ?', 'ann')).toMatchObject({ is_approved: true })
    expect(await service.fetchOne('select * from users where username = ?', "x' or '1'='1")).toBeNull()
    await service.close()
  })

  it('leaves question marks in quotes and comments alone', () => {
    expect(numberPlaceholders(`select '?', "?", $$?$$, ? -- ?\n, ? /* ? */ from t`)).toBe(
      `select '?', "?", $$?$$, $1 -- ?\n, $2 /* ? */ from t`,
    )
  })
})

describe('a database URL', () => {
  it('keeps every password as it is', () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 1 }).filter((text) => !/[%\0]/.test(text)),
        (password) => {
          const target = parseDatabaseUrl(`postgresql://pcap:${password}@db:5433/pcap_analyzer?sslmode=require`)
          if (target.dialect !== 'postgres') throw new Error('not PostgreSQL')
          const url = new URL(target.url)
          expect(decodeURIComponent(url.password)).toBe(password)
          expect([url.hostname, url.port, url.pathname, url.username]).toEqual(['db', '5433', '/pcap_analyzer', 'pcap'])
        },
      ),
    )
  })

  it('is shown without its password', () => {
    expect(maskedDatabaseUrl('postgresql://pcap:a/b+c@d=@db/pcap')).toBe('postgresql://pcap:***@db/pcap')
  })
})
