import type { CaptureInterface } from '../capture/metadata.ts'
import type { CheckId } from '../report.ts'

/** A name that can stand in a command line as it is. */
const PLAIN_NAME = /^[A-Za-z0-9][A-Za-z0-9._:-]{0,31}$/

/** Commands that make a better capture where a check failed; INTERFACE, IN and OUT stand for what only the reader knows. */
export function captureCommands(check: CheckId, interfaces: readonly CaptureInterface[]): readonly string[] {
  const name = interfaces.map((one) => one.name).find((text) => text !== null && PLAIN_NAME.test(text)) ?? 'INTERFACE'
  return commands[check](name)
}

const commands: Readonly<Record<CheckId, (name: string) => readonly string[]>> = {
  'vantage-point': (name) => [`tcpdump -i ${name} -s 128 -B 65536 -w at-this-end.pcap`],
  'both-directions': (name) => [`tcpdump -i ${name} -s 128 -B 65536 -w both.pcap 'host CLIENT and host SERVER'`],
  'no-capture-drops': (name) => [
    `dumpcap -i ${name} -s 128 -B 256 -w complete.pcapng`,
    `tcpdump -i ${name} -s 128 -B 262144 -w complete.pcap`,
  ],
  'no-capture-duplicates': (name) => ['editcap -w 0.05 IN OUT', `tcpdump -i ${name} -Q in -w once.pcap`],
  'no-offload': (name) => [
    `ethtool -K ${name} tso off gso off gro off lro off`,
    `tcpdump -i ${name} -s 128 -B 65536 -w as-on-the-wire.pcap`,
  ],
  'whole-packets': (name) => [`tcpdump -i ${name} -s 0 -B 65536 -w whole.pcap`],
  'monotone-clock': () => ['chronyc tracking', 'reordercap IN OUT'],
  'fine-timestamps': (name) => [`tcpdump -i ${name} --time-stamp-precision=nano -w fine.pcap`],
  'connection-starts': (name) => [`dumpcap -i ${name} -s 128 -b filesize:100000 -b files:20 -w ring.pcapng`],
}
