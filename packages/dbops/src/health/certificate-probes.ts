import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { ServerClient } from '../connection/server-client.ts'
import type { HealthCheck } from './health.ts'
import { graded, type Limits } from './limits.ts'

const DAY_MS = 86_400_000

/** Days that the certificate of this session has left; null when the session is in clear. */
export function sessionCertificate(client: ServerClient, limits: Limits, now: Date): HealthCheck | null {
  const certificate = client.tlsSocket?.getPeerCertificate()
  if (certificate?.valid_to === undefined) return null
  return daysLeft(certificate.valid_to, limits, now)
}

/** Days that the certificate of a file has left. */
export function fileCertificate(path: string, limits: Limits, now: Date): HealthCheck {
  try {
    return daysLeft(new X509Certificate(readFileSync(path)).validTo, limits, now)
  } catch {
    return { status: 'fail', message: 'the certificate cannot be read' }
  }
}

function daysLeft(validTo: string, { certificate }: Limits, now: Date): HealthCheck {
  return graded((Date.parse(validTo) - now.getTime()) / DAY_MS, certificate, 'days that the certificate is valid')
}
