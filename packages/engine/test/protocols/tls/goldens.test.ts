import { describe, expect, it } from 'vitest'
import { corpusEntries, hasCorpus, readGolden, readPlain } from './corpus.ts'
import { readTlsOfCapture } from './plain-handoff.ts'

/** Frames whose TLS another protocol carries, here OpenVPN over TCP, which is not read. */
const framesOfOtherCarriers: Record<string, number> = { 'captures/tcp/mercury__emix.pcap': 6 }

describe.skipIf(!hasCorpus)('TlsDissector on the corpus', () => {
  for (const entry of hasCorpus ? corpusEntries() : []) {
    const golden = readGolden(entry)
    const { tls, protocols } = golden
    if (!protocols.tls) continue
    it(`finds what tshark finds in ${entry.file}`, () => {
      const found = readTlsOfCapture(readPlain(entry.file), golden)
      expect(
        found.clientHellos.map(({ frame, stream, hello }) => [
          frame,
          stream,
          hello.sni,
          hello.legacyVersion,
          hello.supportedVersions,
        ]),
      ).toEqual(tls.client_hello)
      expect(found.serverHellos.map(({ frame, stream, hello }) => [frame, stream, hello.version])).toEqual(
        tls.server_hello,
      )
      expect(found.alerts.map(({ frame, stream, level, description }) => [frame, stream, level, description])).toEqual(
        tls.alerts,
      )
      expect(found.tlsFrames.length).toBe(protocols.tls - (framesOfOtherCarriers[entry.file] ?? 0))
    })
  }
})
