import { int32 } from '../decode/cursor.ts'
import { ipv4Text } from '../text/addresses.ts'
import type { DnsMessage } from './dns-message.ts'
import { lastDnsName, readDnsName } from './dns-name.ts'

const A = 1
const NS = 2
const CNAME = 5
const PTR = 12
const AAAA = 28

/** Addresses and names that a message answers with (A, AAAA, CNAME, NS, PTR), at most 16, in order. Makes strings: call it on demand. */
export function listDnsAnswers(bytes: Uint8Array, message: DnsMessage): string[] {
  const answers: string[] = []
  for (let i = 0; i < message.answersKept; i++) {
    const type = message.answerTypes[i]!
    const start = message.answerStarts[i]!
    if (type === A && start + 4 <= message.messageEnd) answers.push(ipv4Text(int32(bytes, start)))
    else if (type === AAAA && start + 16 <= message.messageEnd) answers.push(ipv6Text(bytes, start))
    else if (type === CNAME || type === NS || type === PTR) {
      const next = readDnsName(bytes, start, message.messageEnd, message.messageStart)
      if (next >= 0) answers.push(lastDnsName())
    }
  }
  return answers
}

/** An IPv6 address as RFC 5952 writes it. */
function ipv6Text(bytes: Uint8Array, start: number): string {
  const groups = Array.from({ length: 8 }, (_, i) => (bytes[start + 2 * i]! << 8) | bytes[start + 2 * i + 1]!)
  let bestStart = -1
  let bestLength = 1
  for (let i = 0; i < 8; i++) {
    let run = 0
    while (i + run < 8 && groups[i + run] === 0) run += 1
    if (run > bestLength) {
      bestStart = i
      bestLength = run
    }
  }
  const hex = (from: number, to: number) =>
    groups
      .slice(from, to)
      .map((group) => group.toString(16))
      .join(':')
  return bestStart < 0 ? hex(0, 8) : `${hex(0, bestStart)}::${hex(bestStart + bestLength, 8)}`
}
