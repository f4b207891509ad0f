import { describe, expect, it } from 'vitest'
import { readHeadDetails } from '../../src/protocols/http1/head-details.ts'
import { ascii } from './support.ts'

const read = (...lines: string[]) => {
  const bytes = ascii(`${lines.join('\r\n')}\r\n\r\n`)
  return readHeadDetails(bytes, 0, bytes.length)
}

describe('readHeadDetails', () => {
  it('tells version, where the request came from, and the proxies on its way', () => {
    const details = read(
      'GET / HTTP/1.1',
      'referer:  http://a/',
      'Origin: http://b',
      'Via: 1.0 fred',
      'X-Forwarded-For: 10.0.0.1',
    )
    expect(details).toMatchObject({ version: '1.1', referrer: 'http://a/', origin: 'http://b', statusText: '' })
    expect(details.proxied).toEqual(['VIA -> 1.0 fred', 'X-FORWARDED-FOR -> 10.0.0.1'])
  })

  it('tells the reason phrase of a response, and none where there is none', () => {
    expect(read('HTTP/1.0 404 Not Found here')).toMatchObject({ version: '1.0', statusText: 'Not Found here' })
    expect(read('HTTP/1.1 200')).toMatchObject({ version: '1.1', statusText: '' })
  })

  it('keeps the name of a user and never the password', () => {
    const details = read('GET / HTTP/1.1', `Authorization: Basic ${btoa('alice:s3cret:x')}`)
    expect(details.userName).toBe('alice')
    expect(JSON.stringify(details)).not.toMatch(/s3cret|YWxpY2U/)
  })

  it.each(['Basic !!!', 'Basic YWxpY2', 'Basic a', 'Bearer YWxpY2U6eA==', 'Basic', ''])(
    'names no user for «%s»',
    (value) => {
      expect(read('GET / HTTP/1.1', `Authorization: ${value}`).userName).toBe('')
    },
  )

  it('escapes control characters and cuts what is without measure', () => {
    expect(read('GET / HTTP/1.1', 'Referer: a\u001b[31mb').referrer).toBe('a\\033[31mb')
    expect(read('GET / HTTP/1.1', `Referer: ${'a'.repeat(10_000)}`).referrer).toHaveLength(4096)
  })
})
