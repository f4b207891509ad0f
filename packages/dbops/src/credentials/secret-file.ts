import { readFileSync, statSync } from 'node:fs'
import { isatty } from 'node:tty'
import type { Environment } from '../environment.ts'
import { DbopsError } from '../errors.ts'
import { Secret } from '../secret.ts'

export interface SecretFileOptions {
  readonly path: string
  readonly environment: Environment
  /** Told of what is odd but usable. */
  readonly onWarning?: (text: string) => void
}

/**
 * A secret from a file, as Docker, Kubernetes and systemd mount it: exactly one line end at its end is not part of it.
 * @throws {DbopsError} SECRET_MISSING, SECRET_INVALID (empty, several lines, not UTF-8, or readable by others in production)
 */
export function readSecretFile({ path, environment, onWarning = () => {} }: SecretFileOptions): Secret {
  let bytes: Buffer
  try {
    bytes = readFileSync(path)
  } catch (cause) {
    throw new DbopsError(
      'SECRET_MISSING',
      `secret file ${path} cannot be read (${(cause as NodeJS.ErrnoException).code})`,
      { cause },
    )
  }
  const secret = secretFrom(bytes, `secret file ${path}`, onWarning)
  requirePrivate(path, environment, onWarning)
  return secret
}

/** A secret from an open descriptor, such as a pipe. @throws {DbopsError} SECRET_MISSING, SECRET_INVALID, USAGE for a terminal, which would show it */
export function readSecretDescriptor(descriptor: number, onWarning: (text: string) => void = () => {}): Secret {
  if (isatty(descriptor))
    throw new DbopsError('USAGE', `descriptor ${descriptor} is a terminal, which would show the secret`, {
      hint: 'pipe it in, or redirect a file: < FILE',
    })
  try {
    return secretFrom(readFileSync(descriptor), `descriptor ${descriptor}`, onWarning)
  } catch (cause) {
    if (cause instanceof DbopsError) throw cause
    const { code } = cause as NodeJS.ErrnoException
    throw new DbopsError('SECRET_MISSING', `descriptor ${descriptor} cannot be read (${code})`, { cause })
  }
}

function secretFrom(bytes: Buffer, place: string, onWarning: (text: string) => void): Secret {
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch (cause) {
    throw new DbopsError('SECRET_INVALID', `${place} is no UTF-8`, { cause })
  }
  if (text.startsWith('\uFEFF')) {
    onWarning(`${place} begins with a byte order mark, which is left out`)
    text = text.slice(1)
  }
  if (text.endsWith('\r\n')) onWarning(`${place} ends its line as Windows does, which is left out`)
  const value = text.replace(/\r?\n$/, '')
  if (value === '') throw new DbopsError('SECRET_INVALID', `${place} is empty`)
  if (/[\r\n]/.test(value)) throw new DbopsError('SECRET_INVALID', `${place} has several lines, one is due`)
  if (/^\s/.test(value)) onWarning(`${place} begins with a space, which is kept`)
  return new Secret(value)
}

/** Mounts of Docker and Kubernetes are in memory and often 0444: the container is their fence. */
function requirePrivate(path: string, environment: Environment, onWarning: (text: string) => void): void {
  const isMount = /^(\/var)?\/run\/secrets\//.test(path)
  if (isMount || (statSync(path).mode & 0o077) === 0) return
  if (environment === 'production')
    throw new DbopsError('SECRET_INVALID', `secret file ${path} may be read by others`, { hint: `chmod 600 ${path}` })
  onWarning(`secret file ${path} may be read by others; production would refuse it`)
}
