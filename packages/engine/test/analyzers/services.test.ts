import { describe, expect, it } from 'vitest'
import { absoluteTime, TcpConversation, type TestFrame, udpFrame } from '../../src/testing/index.ts'
import { factOf, findingsOf, reportOf, rowsOf } from './report-of.ts'

const MS = 1e6
const text = (line: string) => new TextEncoder().encode(line)
const client = { address: '192.0.2.1', port: 50_000 }

function conversation(port: number, payloads: readonly Uint8Array[], address = '192.0.2.2'): TestFrame[] {
  const made = new TcpConversation(client, { address, port }).open(0, 10 * MS)
  payloads.forEach((payload, i) => {
    made.send(i % 2 === 0 ? 'client' : 'server', (20 + 10 * i) * MS, { flags: 'PA', payload })
  })
  return made.frames
}

async function serviceOf(frames: readonly TestFrame[]): Promise<string> {
  const [row] = rowsOf(await reportOf(frames), 'services', 'services')
  return `${row.service} by ${row.basis}`
}

const request = text('GET / HTTP/1.1\r\nHost: example.test\r\n\r\n')
const response = text('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n')

describe('services', () => {
  it('believes content more than the port', async () => {
    expect(await serviceOf(conversation(80, [request, response]))).toBe('HTTP by content')
    expect(await serviceOf(conversation(1521, [request, response]))).toBe('HTTP by content')
  })

  it('goes by the port where the content says nothing', async () => {
    const version6 = new TcpConversation({ ...client, address: '2001:db8::1' }, { address: '2001:db8::2', port: 5432 })
    expect(await serviceOf(version6.open(0, MS).frames)).toBe('PostgreSQL by port')
  })

  it('judges by behaviour only with enough packets and a clear score', async () => {
    const voice = Array.from({ length: 200 }, (_, i): TestFrame => {
      const bytes = udpFrame(
        { address: '192.0.2.1', port: 40_000 },
        { address: '192.0.2.2', port: 40_002 },
        new Uint8Array(160),
      )
      return { bytes, ...absoluteTime(i * 20 * MS) }
    })
    expect(await serviceOf(voice)).toBe('looks like voice or gaming by behaviour')
    const report = await reportOf(voice.slice(0, 5))
    expect(factOf(report, 'services', 'none')).toBe(1)
  })

  it('mentions HTTP on the port of a database, but no HTTP on its usual other ports', async () => {
    const misplaced = await reportOf(conversation(1521, [request, response]))
    expect(findingsOf(misplaced, 'service-on-other-port')).toMatchObject([{ severity: 'info' }])
    const usual = await reportOf(conversation(8080, [request, response]))
    expect(findingsOf(usual, 'service-on-other-port')).toEqual([])
  })
})
