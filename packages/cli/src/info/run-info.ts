import { statSync } from 'node:fs'
import { inspectFiles } from '@pcap-analyzer/engine/node'
import { reportJson } from '@pcap-analyzer/report/json'
import { sha256OfFile } from '@pcap-analyzer/report/node'
import type { OptionValues } from '../commands/command.ts'
import { findLargeLimits } from '../config/expansion.ts'
import type { CommandContext } from '../context.ts'
import { CommandError } from '../errors.ts'
import { EXIT_FINE, type ExitCode } from '../exit-codes.ts'
import { expandFiles } from '../files/expand-files.ts'
import { isRegularFile } from '../files/is-regular-file.ts'
import { type CaptureInfo, infoText } from './info-text.ts'

/** Prints what each capture is. */
export async function runInfo(
  context: CommandContext,
  args: readonly string[],
  options: OptionValues,
): Promise<ExitCode> {
  const files = expandFiles(args)
  if (files.every(isRegularFile)) context.exitOnInterrupt()
  if (options.hash === true && files.includes('-')) {
    throw new CommandError('USAGE', '--hash needs a file: standard input can be read only once')
  }
  const infos: CaptureInfo[] = []
  for (const file of files) {
    const capture = await inspectFiles([file], { limits: findLargeLimits(options) })
    const info: CaptureInfo = {
      file: file === '-' ? null : file,
      sizeBytes: file === '-' ? null : statSync(file).size,
      sha256: options.hash === true ? sha256OfFile(file) : null,
      capture,
    }
    if (options.json === true) infos.push(info)
    else context.stdout.write(`${file === files[0] ? '' : '\n'}${infoText(info, context.columns)}`)
  }
  if (options.json === true) context.stdout.write(reportJson(infos, 'pretty'))
  return EXIT_FINE
}
