import { describe, expect, it } from 'vitest'
import { alertDescriptionName, alertLevelName } from '../../../src/protocols/tls/alert.ts'
import { isGrease } from '../../../src/protocols/tls/grease.ts'
import { tlsVersionName } from '../../../src/protocols/tls/version-names.ts'

describe('alertDescriptionName', () => {
  it('writes names as the registry does and numbers for the rest', () => {
    expect([alertLevelName(2), alertDescriptionName(40), alertLevelName(9), alertDescriptionName(2)]).toEqual([
      'fatal',
      'handshake_failure',
      'level 9',
      'alert 2',
    ])
  })
})

describe('tlsVersionName', () => {
  it('names versions, drafts and the unknown', () => {
    expect([0x0303, 0x7f17, 0x0999].map(tlsVersionName)).toEqual(['TLS 1.2', 'TLS 1.3 draft 23', '0x0999'])
  })
})

describe('isGrease', () => {
  it('knows the sixteen values and no others', () => {
    const all = Array.from({ length: 65536 }, (_, value) => value).filter(isGrease)
    expect(all.length).toBe(16)
    expect(all.every((value) => value % 0x1010 === 0x0a0a)).toBe(true)
  })
})
