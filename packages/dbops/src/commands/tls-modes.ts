import type { CommandDefinition } from '../command/command.ts'
import { connectServer } from '../connection/connect.ts'
import { type SslMode, sslModes } from '../connection/parameters.ts'
import { serverError } from '../connection/server-errors.ts'
import { EXIT_FINE } from '../exit-codes.ts'

/** What each mode promises, in libpq's meaning. */
const promises: Readonly<Record<SslMode, string>> = {
  disable: 'never TLS; anybody on the way reads along',
  allow: 'TLS only when the server insists; anybody on the way may prevent it',
  prefer: 'TLS when the server has it; anybody on the way may prevent it',
  require: 'always TLS, with whoever answers; with a CA named as verify-ca',
  'verify-ca': 'always TLS, with a server of a CA that is trusted',
  'verify-full': 'always TLS, with the server of that name: the one for production',
}

export const tlsModes: CommandDefinition = {
  name: 'tls modes',
  summary: 'Tries each of the six TLS modes against a server: what it promises, and whether a login gets in and how.',
  options: [],
  changes: 'nothing',
  isPerTarget: true,
  example: 'dbops tls modes --url "postgresql://app@db.example/app?sslrootcert=ca.crt"',
  async run(call) {
    const server = call.target()
    const tried: { mode: SslMode; promise: string; outcome: string; isIn: boolean }[] = []
    for (const mode of sslModes) {
      // what binds the login to TLS would speak for every mode
      const parameters = { ...server, sslMode: mode, channelBinding: 'prefer' as const }
      try {
        const client = await connectServer(parameters)
        const version = client.tlsSocket?.getProtocol() ?? null
        await client.end()
        const outcome = version === null ? 'gets in, in clear' : `gets in over ${version}`
        tried.push({ mode, promise: promises[mode], outcome, isIn: true })
      } catch (error) {
        const { code, message } = serverError(error)
        tried.push({ mode, promise: promises[mode], outcome: `refused, ${code}: ${message}`, isIn: false })
      }
    }
    const width = Math.max(...sslModes.map(({ length }) => length))
    return {
      summary: `${tried.filter(({ isIn }) => isIn).length} of ${sslModes.length} modes get in`,
      exitCode: EXIT_FINE,
      text: tried
        .map(({ mode, promise, outcome }) => `${mode.padEnd(width)}  ${outcome}\n${''.padEnd(width)}  ${promise}`)
        .join('\n'),
      data: tried,
    }
  },
}
