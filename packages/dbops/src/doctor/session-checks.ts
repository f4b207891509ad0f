import type { PeerCertificate } from 'node:tls'
import type { Check, Verdict } from '../command/outcome.ts'
import type { ServerClient } from '../connection/server-client.ts'

const SOON_DAYS = 30
const TOO_SOON_DAYS = 7

/** What this very session shows of the transport. */
export function sessionChecks(client: ServerClient, now: Date): Check[] {
  const certificate = client.tlsSocket?.getPeerCertificate() ?? null
  return [transportCheck(client), expiryCheck(certificate, now), keyCheck(certificate)]
}

function transportCheck(client: ServerClient): Check {
  const tls = client.tlsSocket
  const isLocal =
    client.host.startsWith('/') || client.host === '127.0.0.1' || client.host === '::1' || client.host === 'localhost'
  const verdict: Verdict = tls !== null || isLocal ? 'pass' : 'fail'
  const evidence =
    tls === null ? (isLocal ? 'in clear, on this machine' : 'in clear, over the network') : `${tls.getProtocol()}`
  return {
    id: 'tls.session',
    title: 'this session cannot be overheard',
    tier: 'critical',
    verdict,
    evidence,
    remediation: 'sslmode=verify-full',
  }
}

function expiryCheck(certificate: PeerCertificate | null, now: Date): Check {
  const base = {
    id: 'tls.expiry',
    title: 'the certificate of the server lasts',
    tier: 'critical',
    remediation: 'dbops tls renew',
  } as const
  if (certificate === null) return { ...base, verdict: 'skipped', evidence: 'this session does not use TLS' }
  const daysLeft = Math.floor((Date.parse(certificate.valid_to) - now.getTime()) / 86_400_000)
  const verdict: Verdict = daysLeft < TOO_SOON_DAYS ? 'fail' : daysLeft < SOON_DAYS ? 'warn' : 'pass'
  return { ...base, verdict, evidence: `${daysLeft} days left` }
}

function keyCheck(certificate: PeerCertificate | null): Check {
  const base = {
    id: 'tls.key',
    title: 'the key of the server cannot be guessed',
    tier: 'recommended',
    remediation: 'dbops tls issue, then dbops tls install',
  } as const
  if (certificate?.bits === undefined)
    return { ...base, verdict: 'skipped', evidence: 'this session shows no key of the server' }
  const least = certificate.asn1Curve === undefined ? 2048 : 256
  return {
    ...base,
    verdict: certificate.bits >= least ? 'pass' : 'fail',
    evidence: `${certificate.bits} bits${certificate.asn1Curve === undefined ? '' : ` on ${certificate.asn1Curve}`}`,
  }
}
