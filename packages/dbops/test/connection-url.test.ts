import { formatUrl, parseConnection } from '@pcap-analyzer/dbops'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

const shown = (text: string, environment = {}) => {
  const { hosts, user, database, password } = parseConnection(text, environment)
  return {
    hosts: hosts.map(({ host, port }) => `${host}|${port}`),
    user,
    database,
    password: password?.reveal() ?? null,
  }
}

describe('a connection URL', () => {
  it.each([
    ['postgresql://u:p@h:1/d', { hosts: ['h|1'], user: 'u', database: 'd', password: 'p' }],
    ['postgres://u@h', { hosts: ['h|5432'], user: 'u', database: 'u', password: null }],
    ['postgresql://u@[::1]:5433/d', { hosts: ['::1|5433'], user: 'u', database: 'd', password: null }],
    ['postgresql://u@%2Frun%2Fpg/d', { hosts: ['/run/pg|5432'], user: 'u', database: 'd', password: null }],
    ['postgresql://u@a:1,b:2,c/d', { hosts: ['a|1', 'b|2', 'c|5432'], user: 'u', database: 'd', password: null }],
    ['postgresql://u:a%40b%2Fc%3Ad@h/d', { hosts: ['h|5432'], user: 'u', database: 'd', password: 'a@b/c:d' }],
    ['postgresql:///d?host=/tmp&port=7&user=u', { hosts: ['/tmp|7'], user: 'u', database: 'd', password: null }],
    ["host=h user=u password='it''s' dbname=d", null],
    [
      "host=h user=u password='it\\'s \\\\' dbname=d",
      { hosts: ['h|5432'], user: 'u', database: 'd', password: "it's \\" },
    ],
  ])('%s reads as libpq reads it', (text, expected) => {
    if (expected === null) expect(() => shown(text)).toThrow()
    else expect(shown(text)).toEqual(expected)
  })

  it.each([
    'postgresql://u@h/d?sslmod=require',
    'postgresql://u@h:99999/d',
    'postgresql://u@h:x/d',
    'postgresql://u@[::1/d',
    'postgresql://u:%zz@h/d',
    'postgresql://u@h/d?sslmode=maybe',
    'mysql://u@h/d',
    'host=a,b port=1,2,3',
  ])('%s is refused', (text) => {
    expect(() => parseConnection(text)).toThrow(expect.objectContaining({ code: 'USAGE' }))
  })

  it('takes what it does not say from the PG variables', () => {
    const environment = { PGHOST: 'e', PGPORT: '6', PGUSER: 'eu', PGDATABASE: 'ed', PGPASSWORD: 'ep' }
    expect(shown('postgresql://', environment)).toEqual({ hosts: ['e|6'], user: 'eu', database: 'ed', password: 'ep' })
    expect(shown('postgresql://u@h/d', environment)).toMatchObject({ hosts: ['h|6'], user: 'u', database: 'd' })
  })

  it('survives a round trip with any user, password and database', () => {
    const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 30 }).filter((value) => !value.includes('\0'))
    fc.assert(
      fc.property(text, text, text, (user, password, database) => {
        const url = formatUrl(
          parseConnection(`host=h user=${dsn(user)} password=${dsn(password)} dbname=${dsn(database)}`),
          'revealed',
        )
        expect(shown(url)).toEqual({ hosts: ['h|5432'], user, database, password })
      }),
    )
  })

  it('hides the password wherever it is printed', () => {
    const parameters = parseConnection('postgresql://u:canary-w0rd@h/d')
    expect(formatUrl(parameters)).toBe('postgresql://u:***@h:5432/d')
    expect(JSON.stringify(parameters)).not.toContain('canary-w0rd')
    expect(`${parameters.password}`).toBe('***')
  })
})

function dsn(value: string): string {
  return `'${value.replace(/['\\]/g, '\\$&')}'`
}
