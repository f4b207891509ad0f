import { describeFrame, type FrameFacts } from '@pcap-analyzer/engine/observe'
import { PacketWriter } from '@pcap-analyzer/report'
import { FileSet, filterFrames } from '@pcap-analyzer/report/node'
import type { OptionValues } from '../commands/command.ts'
import { findLargeLimits } from '../config/expansion.ts'
import type { CommandContext } from '../context.ts'
import { CommandError } from '../errors.ts'
import { EXIT_FINE, type ExitCode } from '../exit-codes.ts'
import { isRegularFile } from '../files/is-regular-file.ts'
import { safeText } from '../terminal/safe-text.ts'
import { countText, pluralText } from '../terminal/units.ts'

const COLUMNS = [7, 14, 22, 22, 8, 6] as const
const LINES_A_WRITE = 500

/** Lists, counts or writes the frames that pass a display filter. */
export async function runFilter(
  context: CommandContext,
  [path, filter]: readonly string[],
  options: OptionValues,
): Promise<ExitCode> {
  if (isRegularFile(path)) context.exitOnInterrupt()
  const reading = { limits: findLargeLimits(options) }
  if (options.write !== undefined) return await write(context, path, filter, options.write as string, reading)
  if (options.count === true) {
    const { passed } = await filterFrames([path], filter, () => {}, reading)
    context.stdout.write(`${passed}\n`)
    return EXIT_FINE
  }
  let lines: string[] = [row(['No.', 'Time', 'Source', 'Destination', 'Protocol', 'Length', 'Info'])]
  const flush = () => {
    if (lines.length > 0) context.stdout.write(`${lines.join('\n')}\n`)
    lines = []
  }
  const { passed, packets } = await filterFrames(
    [path],
    filter,
    (facts) => {
      lines.push(row(cells(facts)))
      if (lines.length >= LINES_A_WRITE) flush()
    },
    reading,
  )
  flush()
  context.stderr.write(`${countText(passed)} of ${pluralText(packets, 'frame')}\n`)
  return EXIT_FINE
}

async function write(
  context: CommandContext,
  path: string,
  filter: string,
  target: string,
  reading: Parameters<typeof filterFrames>[3],
): Promise<ExitCode> {
  const files = new FileSet()
  try {
    const writer = new PacketWriter((bytes) => files.append(target, bytes), null)
    const { passed, packets } = await filterFrames([path], filter, (_, packet) => writer.add(packet, null), reading)
    files.publish()
    context.stderr.write(`wrote ${countText(passed)} of ${pluralText(packets, 'frame')} to ${safeText(target)}\n`)
  } catch (cause) {
    const { syscall, message } = cause as NodeJS.ErrnoException
    if (syscall === undefined) throw cause
    throw new CommandError('REPORT_NOT_WRITTEN', `cannot write ${target}: ${message}`, {
      hint: 'name another file with --write',
      cause,
    })
  } finally {
    files.discard()
  }
  return EXIT_FINE
}

function cells(facts: FrameFacts): string[] {
  const { packet } = facts
  const { source, destination, protocol, info } = describeFrame(facts)
  return [
    String(packet?.number),
    secondsText(packet?.timeNs ?? 0),
    source,
    destination,
    protocol,
    String(packet?.wireLength),
    safeText(info),
  ]
}

/** Seconds since the first frame with all nine decimals. */
function secondsText(timeNs: number): string {
  const sign = timeNs < 0 ? '-' : ''
  const ns = Math.abs(timeNs)
  return `${sign}${Math.floor(ns / 1e9)}.${String(Math.round(ns % 1e9)).padStart(9, '0')}`
}

function row(values: readonly string[]): string {
  return values.map((value, i) => (COLUMNS[i] === undefined ? value : value.padEnd(COLUMNS[i]))).join(' ')
}
