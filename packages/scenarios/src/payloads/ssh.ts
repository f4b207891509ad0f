import type { Random } from '../random.ts'
import type { Turn } from '../tcp/connection.ts'
import { MS } from '../units.ts'
import { joined, text } from './text.ts'

const KEX_INIT = 20
const NEW_KEYS = 21
const ECDH_INIT = 30
const ECDH_REPLY = 31

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
    { from: 'client', payload: keyExchange(random) },
    { from: 'server', payload: keyExchange(random), afterNs: MS },
    { from: 'client', payload: packet(ECDH_INIT, sized(secret(32))), afterNs: 2 * MS },
    { from: 'server', payload: exchangeReply(random), afterNs: 4 * MS },
    { from: 'client', payload: joined(packet(NEW_KEYS, []), secret(44)), afterNs: 2 * MS },
    { from: 'server', payload: secret(44), afterNs: MS },
    { from: 'client', payload: secret(68), afterNs: MS },
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

const algorithms = [
  'curve25519-sha256,curve25519-sha256@libssh.org,ecdh-sha2-nistp256,diffie-hellman-group16-sha512,ext-info-c',
  'ssh-ed25519,ecdsa-sha2-nistp256,rsa-sha2-512,rsa-sha2-256',
  ...Array<string>(2).fill('chacha20-poly1305@openssh.com,aes128-ctr,aes256-ctr,aes128-gcm@openssh.com'),
  ...Array<string>(2).fill('umac-64-etm@openssh.com,hmac-sha2-256-etm@openssh.com,hmac-sha2-512'),
  ...Array<string>(2).fill('none,zlib@openssh.com'),
  '',
  '',
]

/** SSH_MSG_KEXINIT with what OpenSSH offers (RFC 4253 §7.1). */
function keyExchange(random: Random): Uint8Array {
  const lists = algorithms.map((names) => sized(text(names)))
  return packet(KEX_INIT, joined(random.bytes(16), ...lists, [0, 0, 0, 0, 0]))
}

/** The server's half of the exchange with its host key and signature, and SSH_MSG_NEWKEYS (RFC 8731). */
function exchangeReply(random: Random): Uint8Array {
  const hostKey = joined(sized(text('ssh-ed25519')), sized(random.bytes(32)))
  const signature = joined(sized(text('ssh-ed25519')), sized(random.bytes(64)))
  return joined(
    packet(ECDH_REPLY, joined(sized(hostKey), sized(random.bytes(32)), sized(signature))),
    packet(NEW_KEYS, []),
  )
}

/** A binary packet in clear, padded to a multiple of eight (RFC 4253 §6). */
function packet(type: number, body: ArrayLike<number>): Uint8Array {
  const paddingLength = 4 + ((8 - ((5 + 1 + body.length + 4) % 8)) % 8)
  return joined(int32(2 + body.length + paddingLength), [paddingLength, type], body, new Uint8Array(paddingLength))
}

/** A string behind its length. */
function sized(bytes: Uint8Array): Uint8Array {
  return joined(int32(bytes.length), bytes)
}

function int32(value: number): number[] {
  return [(value >>> 24) & 255, (value >>> 16) & 255, (value >>> 8) & 255, value & 255]
}
