import { DbopsError, type DbopsErrorCode } from '../errors.ts'
import { type HostAndPort, isSocketDirectory } from './parameters.ts'

/** `db.example:5432`, `[::1]:5432` or `socket /run/postgresql:5432`. */
export function describePlace({ host, port }: HostAndPort): string {
  if (isSocketDirectory(host)) return `socket ${host}:${port}`
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}

/** What the operating system said while connecting, as one of ours. */
export function socketError(cause: unknown, place: HostAndPort): DbopsError {
  if (cause instanceof DbopsError) return cause
  const { code, name } = cause as NodeJS.ErrnoException
  const where = describePlace(place)
  if (name === 'AbortError' || name === 'TimeoutError' || code === 'ETIMEDOUT')
    return new DbopsError('CONNECTION_TIMEOUT', `${where} did not answer in time`, {
      hint: 'a firewall drops the packets, the host is down, or something that is no PostgreSQL listens there',
      cause,
    })
  switch (code) {
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return new DbopsError('HOST_NOT_FOUND', `the name ${place.host} does not resolve (${code})`, {
        hint: 'check the spelling and the DNS of this machine; names of containers resolve only inside their network',
        cause,
      })
    case 'ECONNREFUSED':
    case 'ENOENT':
      return new DbopsError('CONNECTION_REFUSED', `nothing listens on ${where} (${code})`, {
        hint: 'start the server, or check listen_addresses, port and published ports',
        cause,
      })
    case 'ECONNRESET':
    case 'EPIPE':
      return new DbopsError('CONNECTION_LOST', `${where} closed the connection`, { cause })
    case 'EACCES':
      return new DbopsError('PERMISSION_DENIED', `${where} may not be opened by this user (${code})`, { cause })
    default:
      return new DbopsError('CONNECTION_REFUSED', `${where} cannot be reached (${code ?? String(cause)})`, { cause })
  }
}

/** OpenSSL's and Node's words for a failed handshake; first match wins. */
const tlsReasons: readonly (readonly [RegExp, DbopsErrorCode, string, string | undefined])[] = [
  [
    /^ERR_TLS_CERT_ALTNAME_INVALID$/,
    'TLS_WRONG_HOST',
    'the certificate is not for the name {host}',
    'connect by a name in the certificate, or issue one with that name (dbops tls issue)',
  ],
  [/^CERT_HAS_EXPIRED$/, 'TLS_EXPIRED', 'the certificate has expired', 'renew it: dbops tls renew'],
  [
    /^CERT_NOT_YET_VALID$/,
    'TLS_NOT_YET_VALID',
    'the certificate is not valid yet',
    'check the clocks of both machines',
  ],
  [/^CERT_REVOKED$/, 'TLS_REVOKED', 'the certificate was revoked', 'install a new one'],
  [
    /^(UNABLE_TO_GET_CRL|CRL_|UNABLE_TO_DECRYPT_CRL|ERROR_IN_CRL)/,
    'TLS_CRL',
    'the list of revoked certificates cannot be used',
    'renew it: dbops tls crl',
  ],
  [
    /^DEPTH_ZERO_SELF_SIGNED_CERT$/,
    'TLS_SELF_SIGNED',
    'the certificate is signed by itself',
    'name it, or better its CA, in sslrootcert',
  ],
  [
    /^(SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_GET_ISSUER_CERT|UNABLE_TO_GET_ISSUER_CERT_LOCALLY|UNABLE_TO_VERIFY_LEAF_SIGNATURE|CERT_SIGNATURE_FAILURE|INVALID_CA|CERT_UNTRUSTED)$/,
    'TLS_UNKNOWN_CA',
    'the certificate comes from no CA that is trusted here',
    'set sslrootcert to the right CA; the server may also fail to send an intermediate certificate',
  ],
  [
    /CERTIFICATE_REQUIRED|UNKNOWN_CA$|CERTIFICATE_UNKNOWN|BAD_CERTIFICATE|HANDSHAKE_FAILURE$/,
    'TLS_CLIENT_CERTIFICATE',
    'the server wants a client certificate that it accepts',
    'set sslcert and sslkey',
  ],
  [
    /UNSUPPORTED_PROTOCOL|PROTOCOL_VERSION|WRONG_VERSION_NUMBER|NO_PROTOCOLS_AVAILABLE/,
    'TLS_PROTOCOL',
    'client and server share no allowed version of TLS',
    'raise ssl_min_protocol_version of the server, do not lower it here',
  ],
]

/** Why the handshake failed, told apart by code. */
export function tlsError(cause: unknown, place: HostAndPort): DbopsError {
  if (cause instanceof DbopsError) return cause
  const { code, name, message } = cause as NodeJS.ErrnoException
  if (name === 'AbortError' || name === 'TimeoutError') return socketError(cause, place)
  const reason = tlsReasons.find(([pattern]) => pattern.test(code ?? ''))
  const where = describePlace(place)
  if (reason === undefined)
    return new DbopsError('TLS_HANDSHAKE', `the TLS handshake with ${where} failed (${code ?? message})`, { cause })
  const [, ours, text, hint] = reason
  return new DbopsError(ours, `${where}: ${text.replace('{host}', place.host)}`, { hint, cause })
}
