import type { Random } from '../random.ts'
import type { Turn } from '../tcp/connection.ts'
import { MS } from '../units.ts'
import { joined, text } from './text.ts'

/** What an SSH session does after its key exchange. */
export interface SshStory {
  /** Passwords that are refused before anything else. */
  readonly refused: number
  /** Bytes that the server sends once somebody is in; 0 when nobody gets in. */
  readonly sessionBytes: number
}

/** An SSH connection turn by turn (RFC 4253): banners and key exchange in clear, all else in random bytes. */
export function sshTurns(random: Random, { refused, sessionBytes }: SshStory): Turn[] {
  const secret = (length: number) => random.bytes(length)
  const turns: Turn[] = [
    { from: 'client', payload: text('SSH-2.0-OpenSSH_9.6\r\n') },
    { from: 'server', payload: text('SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n'), afterNs: 8 * MS },
    { from: 'client', payload: keyExchange(random, 1200) },
    { from: 'server', payload: keyExchange(random, 1080), afterNs: MS },
    { from: 'client', payload: secret(48), afterNs: 2 * MS },
    { from: 'server', payload: secret(500), afterNs: 4 * MS },
    { from: 'client', payload: secret(80), afterNs: 2 * MS },
    { from: 'server', payload: secret(52), afterNs: MS },
  ]
  for (let i = 0; i < refused; i++) {
    turns.push({ from: 'client', payload: secret(148), afterNs: 20 * MS })
    turns.push({ from: 'server', payload: secret(84), afterNs: random.between(300, 700) * MS })
  }
  if (sessionBytes === 0) return turns
  turns.push({ from: 'client', payload: secret(148), afterNs: 20 * MS })
  turns.push({ from: 'server', payload: secret(36), afterNs: 40 * MS })
  turns.push({ from: 'client', payload: secret(420), afterNs: 5 * MS })
  turns.push({ from: 'server', payload: secret(sessionBytes), afterNs: 60 * MS })
  return turns
}

/** A binary packet with SSH_MSG_KEXINIT. */
function keyExchange(random: Random, length: number): Uint8Array {
  return joined(
    [(length >> 24) & 255, (length >> 16) & 255, (length >> 8) & 255, length & 255, 6, 20],
    random.bytes(length - 2),
  )
}
