import 'reflect-metadata' // @peculiar/x509 needs it before it is loaded
import { createPrivateKey, webcrypto, X509Certificate } from 'node:crypto'
import { isIP } from 'node:net'
import {
  X509Certificate as AsnCertificate,
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  cryptoProvider,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509CertificateGenerator,
  X509CrlGenerator,
  X509CrlReason,
} from '@peculiar/x509'
import { Secret } from '../secret.ts'

cryptoProvider.set(webcrypto as Crypto)

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }

/** A certificate and its private key, both PEM. */
export interface IssuedCertificate {
  readonly certificatePem: string
  readonly keyPem: Secret
}

export interface CertificateRequest {
  /** Common name. */
  readonly name: string
  /** Names and addresses it is for; empty for a client's. */
  readonly hosts: readonly string[]
  readonly purpose: 'server' | 'client' | 'authority'
  readonly notBefore: Date
  readonly notAfter: Date
  /** Who signs; null signs itself. */
  readonly issuer: IssuedCertificate | null
}

/** Issues an ECDSA P-256 certificate with a random serial number (RFC 5280). */
export async function issueCertificate(request: CertificateRequest): Promise<IssuedCertificate> {
  const { name, hosts, purpose, notBefore, notAfter, issuer } = request
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify'])
  const issuerCertificate = issuer === null ? null : new AsnCertificate(firstPem(issuer.certificatePem))
  const signingKey = issuer === null ? keys.privateKey : await signingKeyOf(issuer.keyPem)
  const isAuthority = purpose === 'authority'
  const certificate = await X509CertificateGenerator.create({
    serialNumber: serialNumber(),
    subject: `CN=${name}`,
    issuer: issuerCertificate?.subject ?? `CN=${name}`,
    notBefore,
    notAfter,
    signingAlgorithm: ALGORITHM,
    publicKey: keys.publicKey as CryptoKey,
    signingKey: signingKey as CryptoKey,
    extensions: [
      new BasicConstraintsExtension(isAuthority, undefined, true),
      new KeyUsagesExtension(
        isAuthority ? KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign : KeyUsageFlags.digitalSignature,
        true,
      ),
      ...(isAuthority
        ? []
        : [new ExtendedKeyUsageExtension([purpose === 'server' ? '1.3.6.1.5.5.7.3.1' : '1.3.6.1.5.5.7.3.2'])]),
      ...(hosts.length === 0
        ? []
        : [
            new SubjectAlternativeNameExtension(
              hosts.map((value) => ({ type: isIP(value) === 0 ? ('dns' as const) : ('ip' as const), value })),
            ),
          ]),
      await SubjectKeyIdentifierExtension.create(keys.publicKey as CryptoKey),
      ...(issuerCertificate === null
        ? []
        : [await AuthorityKeyIdentifierExtension.create(issuerCertificate.publicKey)]),
    ],
  })
  const pkcs8 = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey))
  const keyPem = createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' }).export({
    type: 'pkcs8',
    format: 'pem',
  }) as string
  return { certificatePem: `${certificate.toString('pem')}\n`, keyPem: new Secret(keyPem) }
}

/** A list of revoked serial numbers, signed by the authority. */
export async function issueCrl(
  authority: IssuedCertificate,
  serials: readonly string[],
  thisUpdate: Date,
  nextUpdate: Date,
): Promise<string> {
  const certificate = new AsnCertificate(authority.certificatePem)
  const crl = await X509CrlGenerator.create({
    issuer: certificate.subject,
    thisUpdate,
    nextUpdate,
    signingAlgorithm: ALGORITHM,
    signingKey: (await signingKeyOf(authority.keyPem)) as CryptoKey,
    entries: serials.map((serialNumber) => ({
      serialNumber,
      revocationDate: thisUpdate,
      reason: X509CrlReason.superseded,
    })),
    extensions: [await AuthorityKeyIdentifierExtension.create(certificate.publicKey)],
  })
  // the label that OpenSSL reads
  return `${crl.toString('pem').replaceAll(/-----(BEGIN|END) CRL-----/g, '-----$1 X509 CRL-----')}\n`
}

/** Why a pair cannot serve; null when it can. */
export function pairProblem(certificatePem: string, keyPem: Secret, host: string | null, now: Date): string | null {
  let certificate: X509Certificate
  try {
    certificate = new X509Certificate(certificatePem)
  } catch {
    return 'the certificate is no PEM certificate'
  }
  try {
    if (!certificate.checkPrivateKey(createPrivateKey(keyPem.reveal())))
      return 'certificate and key do not belong together'
  } catch {
    return 'the key is no unencrypted PEM key'
  }
  if (Date.parse(certificate.validFrom) > now.getTime())
    return `the certificate is not valid before ${certificate.validFrom}`
  if (Date.parse(certificate.validTo) < now.getTime()) return `the certificate has expired on ${certificate.validTo}`
  if (host === null) return null
  const matches = isIP(host) === 0 ? certificate.checkHost(host) : certificate.checkIP(host)
  return matches === undefined ? `the certificate is not for ${host}` : null
}

async function signingKeyOf(pem: Secret): Promise<webcrypto.CryptoKey> {
  const der = createPrivateKey(pem.reveal()).export({ type: 'pkcs8', format: 'der' })
  return await webcrypto.subtle.importKey('pkcs8', der, ALGORITHM, false, ['sign'])
}

/** The leaf of a file that may hold a chain. */
function firstPem(text: string): string {
  const end = '-----END CERTIFICATE-----'
  return text.slice(0, text.indexOf(end) + end.length)
}

/** 127 random bits, positive. */
function serialNumber(): string {
  const bytes = webcrypto.getRandomValues(new Uint8Array(16))
  bytes[0] = (bytes[0] & 0x7f) | 0x40
  return Buffer.from(bytes).toString('hex')
}
