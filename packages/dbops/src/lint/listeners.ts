import { readFileSync } from 'node:fs'

/** A port that listens on this machine. */
export interface Listener {
  readonly address: string
  readonly port: number
  readonly isLoopback: boolean
}

const LISTEN = '0A'

/** What really listens, read from /proc/net; empty where there is none (not Linux). */
export function listeners(): Listener[] {
  return ['/proc/net/tcp', '/proc/net/tcp6'].flatMap((path) => {
    let text: string
    try {
      text = readFileSync(path, 'utf8')
    } catch {
      return []
    }
    return text
      .split('\n')
      .slice(1)
      .flatMap((line) => {
        const [, local, , state] = line.trim().split(/\s+/)
        if (state !== LISTEN) return []
        const [hex, port] = local.split(':')
        const address = hex.length === 8 ? ipv4(hex) : ipv6(hex)
        return [
          {
            address,
            port: Number.parseInt(port, 16),
            isLoopback: address.startsWith('127.') || address === '::1' || address.startsWith('::ffff:127.'),
          },
        ]
      })
  })
}

/** Little-endian words, as the kernel of this machine prints them. */
function ipv4(hex: string): string {
  return [...Buffer.from(hex, 'hex')].reverse().join('.')
}

function ipv6(hex: string): string {
  const bytes = Buffer.from(hex, 'hex')
  for (let at = 0; at < 16; at += 4) bytes.subarray(at, at + 4).reverse()
  if (bytes.subarray(0, 15).every((byte) => byte === 0)) return bytes[15] === 0 ? '::' : `::${bytes[15].toString(16)}`
  if (bytes.subarray(0, 10).every((byte) => byte === 0) && bytes.readUInt16BE(10) === 0xffff)
    return `::ffff:${[...bytes.subarray(12)].join('.')}`
  return Array.from({ length: 8 }, (_, index) => bytes.readUInt16BE(index * 2).toString(16)).join(':')
}
