import { describe, expect, it } from 'vitest'
import { corpusEntries, hasCorpus, readGolden, readPlain } from '../tls/corpus.ts'
import { readQuicOfCapture } from './quic-of-capture.ts'

describe.skipIf(!hasCorpus)('QuicTracker on the corpus', () => {
  for (const entry of hasCorpus ? corpusEntries() : []) {
    it(`labels what tshark labels in ${entry.file}`, () => {
      const { quic } = readGolden(entry)
      const { frames, hellos, tracker } = readQuicOfCapture(readPlain(entry.file))
      expect(frames).toEqual(quic.frames)
      expect(tracker.connectionCount).toBe(quic.connections)
      const versions = [...tracker.versionFrames].map(([version, count]) => [
        `0x${version.toString(16).padStart(8, '0')}`,
        count,
      ])
      expect(Object.fromEntries(versions)).toEqual(quic.versions)
      expect(hellos.filter(({ hello }) => hello.sni !== null).map(({ frame, hello }) => [frame, hello.sni])).toEqual(
        quic.sni,
      )
    })
  }
})
