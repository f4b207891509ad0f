import type { EventEmitter } from 'node:events'
import type { Socket } from 'node:net'
import { TLSSocket } from 'node:tls'
import { DbopsError } from '../errors.ts'

/** Whether the login was bound to the TLS channel it came over. */
export interface ChannelBindingWatch {
  readonly failure: DbopsError | null
  /** @throws {DbopsError} CHANNEL_BINDING when the server let us in without it */
  assertBound(): void
}

/**
 * Ends the session before anything secret is sent when the server does not bind the login to this very TLS channel (libpq's
 * channel_binding=require); `messages` is the driver's source of protocol messages.
 */
export function watchChannelBinding(messages: object, socket: Socket): ChannelBindingWatch {
  let isBound = false
  let failure: DbopsError | null = null
  const refuse = (reason: string): void => {
    failure ??= new DbopsError('CHANNEL_BINDING', `channel_binding=require, but ${reason}`, {
      hint: 'somebody may end TLS between this client and the server; or the role has no SCRAM password',
    })
    socket.destroy()
  }
  const driver = messages as EventEmitter
  driver.on('authenticationSASL', ({ mechanisms }: { mechanisms: readonly string[] }) => {
    isBound = mechanisms.includes('SCRAM-SHA-256-PLUS') && socket instanceof TLSSocket
    if (!isBound) refuse('the server does not offer it')
  })
  driver.on('authenticationCleartextPassword', () => refuse('the server asks for the password in clear'))
  driver.on('authenticationMD5Password', () => refuse('the server asks for an MD5 password'))
  return {
    get failure() {
      return failure
    },
    assertBound() {
      if (!isBound) refuse('the server let us in without SCRAM')
      if (failure !== null) throw failure
    },
  }
}
