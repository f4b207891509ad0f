import { sha256 } from '@noble/hashes/sha2.js'
import { analyzers, type Configurable, detectors, engineParts } from '@pcap-analyzer/engine'

/** SHA-256, in hex, of the ids of everything that judges and the thresholds it judges by. */
export function rulesDigest(): string {
  const described = [...analyzers, ...detectors, ...engineParts].map(({ id, settings }: Configurable) => [
    id,
    Object.entries(settings ?? {}).map(([name, setting]) => [name, setting.unit, setting.default]),
  ])
  const hash = sha256(new TextEncoder().encode(JSON.stringify(described)))
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
