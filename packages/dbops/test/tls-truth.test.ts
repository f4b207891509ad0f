import { chmodSync, writeFileSync } from 'node:fs'
import {
  type AddressInfo,
  connect as connectNet,
  createServer as createNetServer,
  type Server,
  type Socket,
} from 'node:net'
import { join } from 'node:path'
import { createServer as createTlsServer } from 'node:tls'
import { describe, expect, it } from 'vitest'
import { clusterOfTest } from './support/cluster.ts'
import { tlsCluster } from './support/tls-cluster.ts'

const place = tlsCluster()

describe('T21 ssl = on without a certificate', () => {
  it('is told as not active although SHOW ssl says on', async () => {
    const bare = await clusterOfTest()
    bare.sql('alter system set ssl = on')
    bare.reload()
    await expect.poll(() => bare.sql('show ssl')).toBe('on')
    const checked = await place.run('tls', 'check', '--url', bare.url())
    expect(checked.exitCode).toBe(1)
    expect(checked.stdout).toContain('TLS NOT ACTIVE, although SHOW ssl says on')
    await bare.stop()
  })

  it('and a server that is well passes every check', async () => {
    const url = `postgresql://app@localhost:${place.cluster.port}/postgres?sslmode=verify-full&sslrootcert=${place.inUrl('ca.crt')}`
    writeFileSync(place.file('pw'), 'app-password-1', { mode: 0o600 })
    const checked = await place.run(
      'tls',
      'check',
      '--url',
      url,
      '--password-file',
      place.file('pw'),
      '--format',
      'json',
    )
    expect(checked.exitCode, checked.stdout).toBe(0)
    expect(checked.json().checks.map(({ verdict }) => verdict)).not.toContain('skipped')
    writeFileSync(place.file('profile.yaml'), 'assertions: [{assert: tls}]\n')
    const judged = (mode: string) =>
      place.run(
        'conn',
        'test',
        '--profile',
        place.file('profile.yaml'),
        '--url',
        `postgresql://postgres@localhost:${place.cluster.port}/postgres?sslmode=${mode}`,
      )
    expect([(await judged('require')).exitCode, (await judged('disable')).exitCode]).toEqual([0, 1])
  })
})

/** Listens on a free port until the test is over. */
async function listening(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}

describe('T22 channel binding', () => {
  const url = (port: number, more = '') =>
    `postgresql://app@localhost:${port}/postgres?sslmode=require&channel_binding=require${more}`
  it('is demanded and kept with the server itself, and fails through a proxy that ends TLS', async () => {
    expect(await place.outcome(url(place.cluster.port))).toBe('ok')
    // another key than the server's: the binding is to the certificate that the client saw
    const own = await place.issue({ name: 'proxy' })
    const sockets = new Set<Socket>()
    const proxy = createNetServer((client) => {
      sockets.add(client)
      client.on('error', () => {})
      client.once('data', () => {
        client.write('S')
        const tls = createTlsServer({ cert: own.certificatePem, key: own.keyPem.reveal() })
        tls.on('secureConnection', async (plain) => {
          const upstream = connectNet(place.cluster.port, '127.0.0.1')
          upstream.write(Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]))
          upstream.once('data', async () => {
            const { connect } = await import('node:tls')
            const secure = connect({ socket: upstream, rejectUnauthorized: false }, () =>
              plain.pipe(secure).pipe(plain),
            )
            secure.on('error', () => {})
          })
          plain.on('error', () => {})
        })
        tls.emit('connection', client)
      })
    })
    const port = await listening(proxy)
    expect(
      await place.outcome(url(port).replace('require&channel_binding=require', 'require&channel_binding=disable')),
    ).toBe('ok')
    expect(await place.outcome(url(port))).toMatch(/CHANNEL_BINDING|AUTHENTICATION_FAILED/)
    for (const socket of sockets) socket.destroy()
    proxy.close()
  })

  it('and TLS 1.1 is refused', async () => {
    const old = createNetServer((client) => {
      client.on('error', () => {})
      client.once('data', () => {
        client.write('S')
        const tls = createTlsServer({
          cert: place.good.certificatePem,
          key: place.good.keyPem.reveal(),
          minVersion: 'TLSv1',
          maxVersion: 'TLSv1.1',
          ciphers: 'DEFAULT@SECLEVEL=0',
        })
        tls.on('tlsClientError', () => client.destroy())
        tls.emit('connection', client)
      })
    })
    const port = await listening(old)
    expect(await place.outcome(`postgresql://app@localhost:${port}/postgres?sslmode=require`)).toMatch(
      /TLS_PROTOCOL|CONNECTION_LOST|TLS_HANDSHAKE/,
    )
    old.close()
  })
})

describe('T23 a server without TLS, a stripping proxy, a slow handshake', () => {
  const answering = (answer: string | null) =>
    createNetServer((client) => {
      client.on('error', () => {})
      client.once('data', () => {
        if (answer !== null) client.write(answer)
      })
    })
  it.each([
    ['answers N', 'N', 'TLS_NOT_OFFERED'],
    ['sends more in clear with its answer', 'SEVIL', 'TLS_HANDSHAKE'],
    ['answers with an error', 'E', 'TLS_HANDSHAKE'],
    ['says nothing', null, 'CONNECTION_TIMEOUT'],
    ['starts the handshake and stops', 'S', 'CONNECTION_TIMEOUT'],
  ])('that %s is never spoken to in clear', async (_, answer, code) => {
    const server = answering(answer)
    const port = await listening(server)
    for (const mode of ['require', 'verify-full'])
      expect(
        await place.outcome(
          `postgresql://app@localhost:${port}/postgres?sslmode=${mode}&connect_timeout=${code === 'CONNECTION_TIMEOUT' ? 1 : 60}&sslrootcert=${place.inUrl('ca.crt')}`,
        ),
      ).toBe(code)
    server.close()
  })
})

describe('T25 a key that others may read', () => {
  it('is found before the server refuses to start with it', async () => {
    const key = join(place.cluster.dataFolder, 'server.key')
    chmodSync(key, 0o644)
    const { privateKeyProblem } = await import('../src/tls/key-file.ts')
    expect(privateKeyProblem(key)).toMatch(/may be read by others.*chmod 600/)
    chmodSync(key, 0o600)
    expect(privateKeyProblem(key)).toBeNull()
  })
})
