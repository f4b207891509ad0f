import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'

/** Folder of the shared captures; tests that need it skip themselves where it is absent. */
export const corpusFolder = join(import.meta.dirname, '../../../../../../shared/corpus')
export const hasCorpus = existsSync(join(corpusFolder, 'manifest.json'))

/** The parts of a golden that these tests read, see FORMAT.md of the corpus. */
export interface Golden {
  protocols: Record<string, number>
  conversations: { tcp: (string | number)[][] }
  tcp: { analysis: Record<string, number[]>; syn: number[]; synack: number[] }
  tls: {
    client_hello: [number, number, string | null, number, number[]][]
    server_hello: [number, number, number][]
    alerts: number[][]
  }
  quic: { frames: number[]; versions: Record<string, number>; connections: number; sni: [number, string][] }
}

export interface CorpusEntry {
  file: string
  golden: string
}

export function corpusEntries(): CorpusEntry[] {
  return JSON.parse(readFileSync(join(corpusFolder, 'manifest.json'), 'utf8')).captures
}

export function readGolden(entry: CorpusEntry): Golden {
  return JSON.parse(readPlain(entry.golden).toString('utf8'))
}

/** A file of the corpus, uncompressed. */
export function readPlain(name: string): Buffer {
  const raw = readFileSync(join(corpusFolder, name))
  return raw[0] === 0x1f && raw[1] === 0x8b ? gunzipSync(raw) : raw
}
