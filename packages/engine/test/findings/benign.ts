/** Words by which the manifest says that a capture shows trouble, or was made to. */
const trouble =
  /alert|ambigu|attack|broken|command|cut|dead|delay|dies|drop|dup|error|fail|flags|flood|fragment|fuzz|guess|half open|hijack|incomplete|infected|lossy|lost|malform|NXDOMAIN|out of order|overflow|past the end|poison|record length|refused|reorder|reset|retransmi|reus|sack|scan|silent|slow|spoof|stall|stops|sweep|synthetic|taken out|too big|too long|truncat|tunnel|unanswered|unknown|unseen|window/i

/** True when nothing that the manifest says of a capture speaks of trouble. */
export function isBenign({ shows }: { readonly shows: string }): boolean {
  return !trouble.test(shows)
}

/** A finding of medium severity or above in a capture that its manifest calls harmless, and why it is right all the same. */
export interface Exception {
  readonly kinds: readonly string[]
  readonly why: string
}

/** By path below the corpus; kept true by a test, and printed in the reference of detectors. */
export const exceptions: Readonly<Record<string, Exception>> = {
  'captures/latency/zeek__bro.org.pcap': {
    kinds: ['http-slow-server'],
    why: 'one of 30 responses begins 2.7 s after its request, though the round trip takes 60 ms',
  },
  'captures/link/tcptrace__rawip.pcap.gz': {
    kinds: ['http-slow-server', 'tcp-handshake-slow-server'],
    why: 'the server takes 1.4 s for its SYN-ACK and 1.1 s for its page, with data round trips far shorter',
  },
  'captures/security/curated__nmap_80_w_service_detection.pcap': {
    kinds: ['tcp-loss'],
    why: 'three of 47 segments with data are sent again after a timeout',
  },
}
