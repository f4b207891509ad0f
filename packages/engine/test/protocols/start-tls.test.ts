import { describe, expect, it } from 'vitest'
import { hello, messagesOf } from './upgraded-connection.ts'

const SSL_REQUEST = Uint8Array.of(0, 0, 0, 8, 4, 0xd2, 0x16, 0x2f)
const LDAP_REQUEST = Uint8Array.from([0x30, 29, 2, 1, 1, 0x77, 24, 0x80, 22, ...Buffer.from('1.3.6.1.4.1.1466.20037')])
const LDAP_RESPONSE = Uint8Array.of(0x30, 12, 2, 1, 1, 0x78, 7, 0x0a, 1, 0, 4, 0, 4, 0)

describe('StartTlsDissector', () => {
  it.each([
    ['SMTP', 25, 'STARTTLS\r\n', '220 go\r\n'],
    ['POP', 110, 'stls\r\n', '+OK go\r\n'],
    ['IMAP', 143, 'a1 STARTTLS\r\n', 'a1 OK go\r\n'],
    ['NNTP', 119, 'STARTTLS\r\n', '382 go\r\n'],
    ['FTP', 21, 'AUTH TLS\r\n', '234 go\r\n'],
    ['XMPP', 5222, '<starttls/>', '<proceed/>'],
    ['LDAP', 389, LDAP_REQUEST, LDAP_RESPONSE],
    ['PostgreSQL', 5432, SSL_REQUEST, 'S'],
  ])('reads TLS after %s has agreed on it', (_, port, asks, grants) => {
    expect(messagesOf(port, 'server', '220 +OK * OK\r\n', 'client', asks, 'server', grants, 'client', hello)).toEqual([
      'tls inner.example',
    ])
  })

  it('reads TLS after a MySQL client says that it will use it', () => {
    const request = new Uint8Array(36)
    request.set([32, 0, 0, 1, 0x85, 0xae])
    expect(messagesOf(3306, request, hello)).toEqual(['tls inner.example'])
  })

  it('does not take a greeting for consent, nor a refusal', () => {
    expect(messagesOf(25, 'server', '220 mx\r\n', 'client', hello)).toEqual([])
    expect(messagesOf(25, 'STARTTLS\r\n', 'server', '454 no\r\n', 'client', hello)).toEqual([])
    expect(messagesOf(5432, SSL_REQUEST, 'server', 'N', 'client', hello)).toEqual([])
  })
})

describe('a port of another protocol', () => {
  it('is guessed on only where that protocol leaves what is not its own', () => {
    expect(messagesOf(9000, hello)).toEqual(['tls inner.example'])
    expect(messagesOf(3389, hello)).toEqual(['tls inner.example'])
    expect(messagesOf(3389, Uint8Array.of(3, 0, 0, 4), hello)).toEqual([])
    expect(messagesOf(5900, hello)).toEqual([])
    expect(messagesOf(5000, 'GET /a HTTP/1.1\r\n\r\n')).toEqual(['http /a'])
    expect(messagesOf(5000, hello)).toEqual([])
  })
})
