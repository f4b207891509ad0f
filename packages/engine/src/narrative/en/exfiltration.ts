import type { Values } from '../../finding.ts'
import type { Catalogue } from '../words.ts'
import { count, duration } from './format.ts'

const megabytes = (bytes: number | string | undefined) => `${(Number(bytes) / 1e6).toFixed(1)} MB`

/** Words for the detector of data leaving the site. */
export const exfiltrationWords: Catalogue = {
  exfiltration: {
    summary: (v) =>
      `${v.source} sent ${megabytes(v.sentBytes)} to ${v.target} outside and got ${megabytes(v.receivedBytes)} back, mostly over ${v.service}, in ${count(v.flows, 'flow')} within ${duration(v.durationNs)}`,
    nextStep: (v) =>
      `find out what ${v.source} sent and who runs ${v.target}: name in DNS or TLS, program, user, time of day`,
    hypotheses: {
      oneSided: {
        statement: 'data was carried out',
        because: (v) => `${megabytes(v.sentBytes)} went out (threshold ${megabytes(v.least)}), ${ratio(v)}`,
      },
      unusualService: {
        statement: 'the service is unusual for uploads',
        because: (v) => `most of it went to ${v.service}`,
      },
      conversation: {
        statement: 'it is a call or an exchange',
        because: (v) => `only ${megabytes(v.receivedBytes)} came back`,
      },
    },
    innocentExplanations: [
      'a backup or synchronisation with a cloud storage',
      'a file, video or image sent on purpose; a live stream',
      'telemetry or logs sent to a service outside',
    ],
    confirmOrRefute: [
      'a target that belongs to the backup or storage service in use refutes',
      'a volume that fits a share or database, at an hour when nobody works, confirms',
      'the same upload on every day of a longer capture or of flow records refutes',
    ],
  },
}

function ratio({ sentBytes, receivedBytes }: Values): string {
  const times = Number(receivedBytes) === 0 ? null : Math.round(Number(sentBytes) / Number(receivedBytes))
  return times === null ? 'nothing came back' : `${times} times as much as came back`
}
