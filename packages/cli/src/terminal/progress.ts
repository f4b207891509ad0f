import { statSync } from 'node:fs'
import type { ProgressListener } from '@pcap-analyzer/engine/node'
import type { CommandContext } from '../context.ts'
import { bytesText, countText, decimalText } from './units.ts'

/** A bar that is on the screen until it is stopped. */
export interface Progress {
  readonly update: ProgressListener
  stop(): void
}

/** A progress bar on standard error over all files; null when that is no terminal, or when none is wanted. */
export async function startProgress(
  context: CommandContext,
  paths: readonly string[],
  isWanted: boolean,
): Promise<Progress | null> {
  if (!isWanted || !context.stderrIsTerminal) return null
  const { SingleBar, Presets } = (await import('cli-progress')).default
  const totalBytes = totalSize(paths)
  const startMs = context.elapsedMs()
  // without a total there is no bar: what was read is all that can be said
  const format = totalBytes === null ? '{read}  {packets} packets  {rate}' : '{bar} {percentage} %  {rate}  {left} left'
  const bar = new SingleBar(
    { format, barsize: 24, clearOnComplete: true, linewrap: true, hideCursor: false, gracefulExit: false },
    Presets.shades_classic,
  )
  let isShown = false
  let earlierBytes = 0
  let fileBytes = 0

  const update: ProgressListener = ({ readBytes, packets }) => {
    if (readBytes < fileBytes) earlierBytes += fileBytes // the next file of the set
    fileBytes = readBytes
    const bytes = earlierBytes + readBytes
    const seconds = Math.max(0.001, (context.elapsedMs() - startMs) / 1000)
    const shown = {
      rate: `${decimalText(bytes / seconds, 'B/s')}  ${countText(Math.round(packets / seconds))} packets/s`,
      left: totalBytes === null ? '' : secondsText((seconds * Math.max(0, totalBytes - bytes)) / bytes),
      read: bytesText(bytes),
      packets: countText(packets),
    }
    if (!isShown) bar.start(totalBytes ?? 1, 0, shown)
    isShown = true
    bar.update(totalBytes === null ? 0 : Math.min(bytes, totalBytes), shown)
  }
  return { update, stop: () => bar.stop() }
}

/** Bytes of all files together; null when one of them is a pipe or cannot be asked. */
function totalSize(paths: readonly string[]): number | null {
  let total = 0
  for (const path of paths) {
    const status = path === '-' ? undefined : statSync(path, { throwIfNoEntry: false })
    if (status?.isFile() !== true) return null
    total += status.size
  }
  return total
}

function secondsText(seconds: number): string {
  if (!Number.isFinite(seconds)) return '?'
  const whole = Math.ceil(seconds)
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`
}
