import { capturedAtClient } from '../network/ways.ts'
import { certificate } from '../payloads/certificate.ts'
import {
  applicationData,
  clientFinish,
  clientHello,
  fatalAlert,
  serverFinish,
  serverFlight,
  tlsAlerts,
} from '../payloads/tls.ts'
import type { Scenario } from '../scenario.ts'
import type { Stage } from '../stage.ts'
import type { Turn } from '../tcp/connection.ts'
import { MS, SECOND } from '../units.ts'
import { playConnection } from './play-connection.ts'

const HOST = 'shop.example'

/** Plays TLS connections to a server outside, two seconds apart. */
function playTls(
  stage: Stage,
  count: number,
  turns: (random: Stage['random']) => readonly Turn[],
  label: string,
): void {
  for (let i = 0; i < count; i++) {
    playConnection(stage, {
      way: capturedAtClient(22 * MS),
      startNs: i * 2 * SECOND,
      port: 443,
      turns: turns(stage.random),
      labels: [label],
    })
  }
}

export const tlsAlert: Scenario = {
  name: 'tls-alert',
  story:
    'A server refuses the cipher suites of a client with a fatal alert, handshake failure, in each of four attempts.',
  play: (stage) => {
    playTls(
      stage,
      4,
      (random) => [
        { from: 'client', payload: clientHello(random, HOST), afterNs: MS },
        { from: 'server', payload: fatalAlert(tlsAlerts.handshakeFailure), afterNs: 2 * MS },
      ],
      'tls',
    )
    return { expected: [{ kind: 'tls-alerts', subject: ['handshake_failure'], evidence: ['server', 'data'] }] }
  },
}

/** The certificate of the server, valid between two days around the first of January 2026, when all captures begin. */
function serverCertificate(notBefore: string, notAfter: string): Uint8Array {
  return certificate({ subject: HOST, issuer: 'Example CA', notBefore, notAfter })
}

export const expiredCertificate: Scenario = {
  name: 'tls-certificate-expired',
  story: 'The certificate of a server ended two days before; the client says so in a fatal alert and breaks off.',
  play: (stage) => {
    const chain = [serverCertificate('250930000000Z', '251230000000Z')]
    playTls(
      stage,
      3,
      (random) => [
        { from: 'client', payload: clientHello(random, HOST), afterNs: MS },
        { from: 'server', payload: serverFlight(random, chain), afterNs: 3 * MS },
        { from: 'client', payload: fatalAlert(tlsAlerts.certificateExpired), afterNs: 2 * MS },
      ],
      'tls',
    )
    return {
      expected: [
        { kind: 'tls-alerts', subject: ['certificate_expired'] },
        { kind: 'tls-certificate-expired', subject: [HOST, '2025-12-30'] },
      ],
    }
  },
}

export const endingCertificate: Scenario = {
  name: 'tls-certificate-ends-soon',
  story: 'The certificate of a server ends in three days; all connections still work.',
  play: (stage) => {
    const chain = [serverCertificate('251006000000Z', '260104000000Z')]
    playTls(
      stage,
      6,
      (random) => [
        { from: 'client', payload: clientHello(random, HOST), afterNs: MS },
        { from: 'server', payload: serverFlight(random, chain), afterNs: 3 * MS },
        { from: 'client', payload: clientFinish(random), afterNs: 2 * MS },
        { from: 'server', payload: serverFinish(random), afterNs: MS },
        { from: 'client', payload: applicationData(random, 300), afterNs: MS },
        { from: 'server', payload: applicationData(random, 4000), afterNs: 5 * MS },
      ],
      'tls',
    )
    return { expected: [{ kind: 'tls-certificate-ends-soon', subject: [HOST, '2026-01-04'] }] }
  },
}
