import type { Client, ConnectConfig, ServerHostKeyAlgorithm } from 'ssh2'
import { DbopsError } from '../errors.ts'
import type { Secret } from '../secret.ts'
import type { KnownKey } from './known-hosts.ts'

export interface SftpStoreOptions {
  readonly host: string
  readonly port?: number
  readonly user: string
  /** Folder of the server; relative to the home of the user unless it begins with a slash. */
  readonly folder: string
  /** A private key in PEM or OpenSSH's form, a password, or the socket of an agent. */
  readonly privateKey?: Secret | undefined
  readonly password?: Secret | undefined
  readonly agent?: string | undefined
  /** Text of a file of known hosts: a host that is not in it is never spoken to. */
  readonly knownHosts: string
}

/** Resolves when the host has proven itself, and we to it. */
export function connected(client: Client, options: SftpStoreOptions, known: readonly KnownKey[]): Promise<void> {
  const { host, port = 22, user, privateKey, password, agent } = options
  let isWrongHost = false
  const config: ConnectConfig = {
    host,
    port,
    username: user,
    ...(privateKey === undefined ? {} : { privateKey: privateKey.reveal() }),
    ...(password === undefined ? {} : { password: password.reveal() }),
    ...(agent === undefined ? {} : { agent }),
    readyTimeout: 30_000,
    // a network that is gone is told after a minute
    keepaliveInterval: 15_000,
    keepaliveCountMax: 4,
    algorithms: { serverHostKey: algorithmsOf(known) },
    hostVerifier: (key: Buffer) => {
      const isKnown = known.some((one) => !one.isRevoked && one.key.equals(key))
      const isRevoked = known.some((one) => one.isRevoked && one.key.equals(key))
      isWrongHost = !isKnown || isRevoked
      return !isWrongHost
    },
  }
  return new Promise((resolve, reject) => {
    client.once('ready', resolve)
    // later errors are those of the operation that is under way
    client.on('error', (cause: Error & { level?: string; code?: string }) => {
      const where = `${host}:${port}`
      if (isWrongHost)
        reject(
          new DbopsError('HOST_KEY', `the key of ${where} is not the known one: somebody may be in between`, {
            hint: 'ask its administrator whether the key was changed; nothing was sent',
            cause,
          }),
        )
      else if (cause.level === 'client-authentication')
        reject(new DbopsError('AUTHENTICATION_FAILED', `${where} does not let ${user} in`, { cause }))
      else if (cause.level === 'client-timeout')
        reject(new DbopsError('CONNECTION_TIMEOUT', `${where} does not answer`, { cause }))
      else if (cause.code === 'ENOTFOUND')
        reject(new DbopsError('HOST_NOT_FOUND', `${host} is not known to the name service`, { cause }))
      else reject(new DbopsError('CONNECTION_REFUSED', `${where}: ${cause.message}`, { cause }))
    })
    client.once('close', () => reject(new DbopsError('CONNECTION_LOST', `${host}:${port} hung up`)))
    try {
      client.connect(config)
    } catch (cause) {
      // a private key that cannot be read; the message does not hold it
      reject(new DbopsError('SECRET_INVALID', (cause as Error).message, { cause }))
    }
  })
}

/** Only the kinds of key that are known are asked for, so that a host with several shows the one we can compare. */
function algorithmsOf(known: readonly KnownKey[]): ServerHostKeyAlgorithm[] {
  const types = [...new Set(known.filter(({ isRevoked }) => !isRevoked).map(({ type }) => type))]
  return types.flatMap((type) =>
    type === 'ssh-rsa' ? ['rsa-sha2-512', 'rsa-sha2-256'] : [type],
  ) as ServerHostKeyAlgorithm[]
}
