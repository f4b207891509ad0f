import { int32 } from '../decode/cursor.ts'
import { ipv4Text, ipv6HexText } from '../text/addresses.ts'
import type { DnsMessage } from './dns-message.ts'
import { lastDnsName, readDnsName } from './dns-name.ts'

const A = 1
const NS = 2
const CNAME = 5
const PTR = 12
const AAAA = 28

/**
 * Addresses and names that a message answers with (A, AAAA, CNAME, NS, PTR), at most 16, in order. Texts of
 * latest addresses and names are remembered; the list is made anew: call it on demand.
 */
export function listDnsAnswers(bytes: Uint8Array, message: DnsMessage): string[] {
  const answers = new Array<string>(message.answersKept)
  let count = 0
  for (let i = 0; i < message.answersKept; i++) {
    const type = message.answerTypes[i]!
    const start = message.answerStarts[i]!
    if (type === A && start + 4 <= message.messageEnd) answers[count++] = ipv4Text(int32(bytes, start))
    else if (type === AAAA && start + 16 <= message.messageEnd) answers[count++] = ipv6Text(bytes, start)
    else if (type === CNAME || type === NS || type === PTR) {
      const next = readDnsName(bytes, start, message.messageEnd, message.messageStart)
      if (next >= 0) answers[count++] = lastDnsName()
    }
  }
  if (count < answers.length) answers.length = count
  return answers
}

const words = new Int32Array(4)

function ipv6Text(bytes: Uint8Array, start: number): string {
  for (let i = 0; i < 4; i++) words[i] = int32(bytes, start + 4 * i)
  return ipv6HexText(words, 0)
}
