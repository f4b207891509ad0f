import { describe, expect, it } from 'vitest'
import { connection, detect, SECOND_NS, type StoryFrame, times } from './detection.ts'

const attacker = (i: number) => ({ address: '203.0.113.9', port: 30_000 + i })
const server = (port: number) => ({ address: '10.1.0.10', port })
const kinds = (findings: readonly { kind: string }[]) => findings.map(({ kind }) => kind)
const text = (content: string) => new TextEncoder().encode(content)

/** A connection to SSH in which the responder says so many bytes after the banners. */
function sshConnection(i: number, startNs: number, responderBytes: number, from = attacker(i)): StoryFrame[] {
  return connection(from, server(22), {
    startNs,
    ending: 'open',
    exchange: [
      ['responder', text('SSH-2.0-OpenSSH_9.6\r\n')],
      ['initiator', text('SSH-2.0-client\r\n')],
      ['initiator', 900],
      ['responder', responderBytes],
    ],
  })
}

function ftpLogin(i: number, answer: string): StoryFrame[] {
  return connection(attacker(i), server(21), {
    startNs: i * SECOND_NS,
    ending: 'open',
    exchange: [
      ['responder', text('220 ready\r\n')],
      ['initiator', text('USER root\r\n')],
      ['responder', text('331 password please\r\n')],
      ['initiator', text(`PASS secret${i}\r\n`)],
      ['responder', text(answer)],
    ],
  })
}

function webLogin(i: number, method: string, uri: string, status: string): StoryFrame[] {
  return connection(attacker(i), server(80), {
    startNs: i * SECOND_NS,
    ending: 'open',
    exchange: [
      ['initiator', text(`${method} ${uri} HTTP/1.1\r\nHost: a.example\r\nContent-Length: 0\r\n\r\n`)],
      ['responder', text(`HTTP/1.1 ${status}\r\nContent-Length: 0\r\n\r\n`)],
    ],
  })
}

describe('password guessing', () => {
  it('finds guessing over SSH by many short connections, though nothing can be read', async () => {
    const [finding, ...others] = await detect(times(30, (i) => sshConnection(i, i * 2 * SECOND_NS, 2100)).flat())
    expect(others).toEqual([])
    expect(finding).toMatchObject({ kind: 'password-guessing', severity: 'high', attack: ['T1110.001'] })
    expect(finding.summary).toBe(
      '203.0.113.9 failed 30 times to log in to SSH at 10.1.0.10 port 22 within 58.0 s, and never got in',
    )
    expect(finding.evidence.total).toBe(30)
    expect(finding.innocentExplanations.length).toBeGreaterThan(0)
  })

  it('says when a session follows the failures', async () => {
    const frames = [
      ...times(20, (i) => sshConnection(i, i * 2 * SECOND_NS, 2100)).flat(),
      ...sshConnection(20, 60 * SECOND_NS, 40_000),
    ]
    const [finding] = await detect(frames)
    expect(finding).toMatchObject({ kind: 'password-guessed', severity: 'critical' })
    expect(finding.summary).toMatch(/then got in \(frame \d+\)$/)
  })

  it('counts the refusals of FTP, and sees the one that worked', async () => {
    const frames = times(15, (i) => ftpLogin(i, i === 14 ? '230 welcome\r\n' : '530 wrong\r\n')).flat()
    const [finding] = await detect(frames)
    expect(finding).toMatchObject({ kind: 'password-guessed', confidence: 'high' })
    expect(finding.summary).toContain('failed 14 times to log in to FTP')
  })

  it('finds guessing at a web page by 401, and by forms sent again and again', async () => {
    const basic = await detect(times(25, (i) => webLogin(i, 'GET', `/admin?i=${i}`, '401 Unauthorized')).flat())
    expect(basic[0].summary).toContain('failed 25 times to log in to HTTP at 10.1.0.10 port 80 /admin')
    const form = await detect(times(25, (i) => webLogin(i, 'POST', '/wp-login.php', '200 OK')).flat())
    expect(form[0].summary).toContain('/wp-login.php')
  })

  it('finds guessing over RDP and IPv6', async () => {
    const frames = times(20, (i) =>
      connection(
        { address: '2001:db8::9', port: 30_000 + i },
        { address: 'fd00::10', port: 3389 },
        {
          startNs: i * SECOND_NS,
          ending: 'open',
          exchange: [
            ['initiator', 900],
            ['responder', 1800],
          ],
        },
      ),
    ).flat()
    expect((await detect(frames))[0].summary).toContain('to log in to RDP at fd00::10')
  })

  it('finds refused logins to Windows shares and databases', async () => {
    const logonFailure = Uint8Array.from([
      0,
      0,
      0,
      72,
      0xfe,
      0x53,
      0x4d,
      0x42,
      64,
      0,
      0,
      0,
      0x6d,
      0,
      0,
      0xc0,
      1,
      0,
      ...new Array<number>(58).fill(0),
    ])
    const accessDenied = Uint8Array.from([20, 0, 0, 2, 0xff, 0x15, 0x04, ...text('#28000Access denied')])
    for (const [port, answer, service] of [
      [445, logonFailure, 'SMB'],
      [3306, accessDenied, 'MySQL'],
      [5432, text('E\0\0\0\x20SFATAL\0C28P01\0Mno\0\0'), 'PostgreSQL'],
    ] as const) {
      const frames = times(12, (i) =>
        connection(attacker(i), server(port), {
          startNs: i * SECOND_NS,
          ending: 'open',
          exchange: [
            ['initiator', 80],
            ['responder', answer],
          ],
        }),
      ).flat()
      expect((await detect(frames))[0].summary, service).toContain(`failed 12 times to log in to ${service}`)
    }
  })

  it('is silent about a job that opens many SSH sessions and gets in each time', async () => {
    expect(await detect(times(60, (i) => sshConnection(i, i * 2 * SECOND_NS, 9000)).flat())).toEqual([])
  })

  it('is silent about a monitor that reads the banner, and about one that greets once a minute', async () => {
    const banner = times(100, (i) =>
      connection(attacker(i), server(22), {
        startNs: i * SECOND_NS,
        ending: 'open',
        exchange: [['responder', text('SSH-2.0-OpenSSH_9.6\r\n')]],
      }),
    ).flat()
    const greeting = times(100, (i) =>
      connection({ address: '10.1.0.3', port: 30_000 + i }, server(22), {
        startNs: i * 60 * SECOND_NS,
        ending: 'open',
        exchange: [
          ['responder', text('SSH-2.0-OpenSSH_9.6\r\n')],
          ['initiator', text('SSH-2.0-check_ssh\r\n')],
        ],
      }),
    ).flat()
    expect(await detect([...banner, ...greeting])).toEqual([])
  })

  it('is silent about logins that a challenge precedes each time', async () => {
    const frames = times(60, (i) => webLogin(i, 'GET', '/files', i % 3 === 2 ? '200 OK' : '401 Unauthorized')).flat()
    expect(await detect(frames)).toEqual([])
  })

  it('is silent about a database that clients connect to for every question', async () => {
    const frames = times(100, (i) =>
      connection({ address: '10.1.0.7', port: 30_000 + i }, server(3306), {
        startNs: i * SECOND_NS,
        ending: 'open',
        exchange: [
          ['responder', 90],
          ['initiator', 120],
          ['responder', 200],
        ],
      }),
    ).flat()
    expect(kinds(await detect(frames))).toEqual([])
  })
})
