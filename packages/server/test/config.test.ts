import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { isAbsolute, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { describeConfig, readConfig, variables } from '../src/index.ts'

const KEY = '0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef'
const OTHER_KEY = 'fedcba9876543210fedcba9876543210fedcba9876543210fedcba9876543210'
const production = { ENVIRONMENT: 'production', SECRET_KEY: KEY, CSRF_SECRET_KEY: OTHER_KEY }

function problemsOf(environment: Record<string, string>): string {
  try {
    readConfig(environment)
    return ''
  } catch (error) {
    return (error as Error).message
  }
}

describe('the configuration', () => {
  it('needs nothing to start for trying out', () => {
    const { values, warnings, secretKey, csrfSecretKey } = readConfig({})
    expect(values).toMatchObject({ PORT: 8000, HOST: '127.0.0.1', MAX_UPLOAD_SIZE_MB: 500, REPORT_TTL_HOURS: 24 })
    expect(secretKey).not.toBe(csrfSecretKey)
    expect(warnings).toHaveLength(2)
  })

  it('keeps everything below the data folder, wherever a child works', () => {
    const { values } = readConfig({ DATA_DIR: '/srv/pcap' })
    expect(values.DATABASE_URL).toBe('sqlite:////srv/pcap/pcap_analyzer.db')
    expect(isAbsolute(readConfig({}).values.DATA_DIR ?? '')).toBe(true)
    expect(readConfig({ DATA_DIR: '/srv', DATABASE_URL: 'sqlite:///x.db' }).values.DATABASE_URL).toBe('sqlite:///x.db')
  })

  it('lists every problem at once', () => {
    const text = problemsOf({
      PORT: 'http',
      DATABASE_MIN_SIZE: '20',
      LOG_LEVEL: 'LOUD',
      DATABASE_URL: 'mysql://u:secret@h/d',
    })
    expect(text).toContain('PORT is "http", not a whole number')
    expect(text).toContain('DATABASE_MIN_SIZE is larger than DATABASE_MAX_SIZE')
    expect(text).toContain('LOG_LEVEL is "LOUD", not one of')
    expect(text).toContain('DATABASE_URL is neither')
    expect(text).not.toContain('secret')
  })

  it.each([
    [{ ENVIRONMENT: 'production' }, 'SECRET_KEY environment variable is required in production'],
    [{ ENVIRONMENT: 'production', SECRET_KEY: KEY }, 'CSRF_SECRET_KEY environment variable is required in production'],
    [{ ...production, CSRF_SECRET_KEY: KEY }, 'CSRF_SECRET_KEY must differ from SECRET_KEY'],
    [{ ...production, SECRET_KEY: 'short' }, 'SECRET_KEY has 5 characters'],
    [{ ...production, SECRET_KEY: `your-secret-${KEY}` }, 'SECRET_KEY is an example'],
    [{ ...production, INSTANCES: '2' }, 'needs PostgreSQL'],
  ])('refuses %j in production', (environment, problem) => {
    expect(problemsOf(environment as Record<string, string>)).toContain(problem)
  })

  it('takes every secret from a file', () => {
    const folder = mkdtempSync(join(tmpdir(), 'pcap-config-'))
    try {
      for (const { name } of variables.filter(({ kind }) => kind === 'secret')) {
        const path = join(folder, name)
        writeFileSync(path, name === 'DATABASE_URL' ? 'sqlite:///from-file.db\n' : `${KEY}${name}\n`)
        if (name === 'DATABASE_MIGRATION_URL') continue
        const { values } = readConfig({ [`${name}_FILE`]: path })
        expect(String(values[name])).toBe(name === 'DATABASE_URL' ? 'sqlite:///from-file.db' : `${KEY}${name}`)
      }
      expect(problemsOf({ SECRET_KEY_FILE: join(folder, 'missing') })).toContain('cannot be read (ENOENT)')
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  it('shows no secret', () => {
    const { variables: shown, problems } = describeConfig({
      ...production,
      DATABASE_URL: 'postgresql://u:se/c+r=et@h/d',
    })
    expect(problems).toEqual([])
    expect(JSON.stringify(shown)).not.toMatch(/se\/c|se%2Fc|0123456789abcdef/)
    expect(shown.find(({ name }) => name === 'DATABASE_URL')?.shown).toBe('postgresql://u:***@h/d')
  })
})
