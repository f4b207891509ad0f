import type { Catalogue } from '../words.ts'
import { count, duration } from './format.ts'

/** Words for the detector of ICMP tunnels. */
export const icmpTunnelWords: Catalogue = {
  'icmp-tunnel': {
    summary: (v) =>
      `${v.source} and ${v.target} exchange data in ${count(v.bytes, 'byte')} of echo messages within ${duration(v.durationNs)}: ${v.different} of ${v.replies} replies do not repeat a request`,
    nextStep: (v) => `find the program on ${v.source} that sends the echo requests, and read what the messages hold`,
    hypotheses: {
      tunnel: {
        statement: 'the echo messages carry data',
        because: (v) => `${v.different} replies say something else than the requests, in ${v.sizes} different sizes`,
      },
      ping: {
        statement: 'somebody pings',
        because: (v) =>
          `a ping is repeated word for word, only ${Number(v.replies) - Number(v.different)} of ${v.replies} replies do`,
      },
    },
    innocentExplanations: [
      'a device that changes payloads on the way or answers for another',
      'a test tool that writes into echo messages',
    ],
    confirmOrRefute: [
      'readable requests, banners or IP headers inside the messages confirm',
      'echo requests that go on while nobody tests reachability confirm',
    ],
  },
}
