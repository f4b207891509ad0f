import type { Limits } from '@pcap-analyzer/engine'
import type { CommandContext } from '../context.ts'
import { CommandError } from '../errors.ts'
import { EXIT_FINDINGS, EXIT_FINE, type ExitCode } from '../exit-codes.ts'
import { safeText } from '../terminal/safe-text.ts'
import { textTable } from '../terminal/text-table.ts'
import { countText, pluralText } from '../terminal/units.ts'
import { wrap } from '../terminal/wrap.ts'
import type { CheckedFacts } from './checked-facts.ts'
import { compareFacts, type Difference, type FieldComparison } from './differences.ts'
import { readOurFacts } from './our-facts.ts'
import { findTshark, REFERENCE_VERSION, type TsharkVersion } from './tshark.ts'
import { readTsharkFacts } from './tshark-facts.ts'

/** Lists where an installed tshark and we disagree about a capture; exit code 1 when it is anywhere. */
export async function runComparison(context: CommandContext, path: string, limits: Partial<Limits>): Promise<ExitCode> {
  if (path === '-') {
    throw new CommandError('USAGE', '--compare-tshark needs a file: it is read twice', {
      hint: 'save the capture first',
    })
  }
  const version = await findTshark(context)
  context.stdout.write(versionText(version, context.columns))
  const ours = await readOurFacts(path, limits)
  const { facts: tshark, complaint } = await readTsharkFacts(context, path)
  if (complaint !== null) context.stdout.write(`tshark read it in part: ${safeText(complaint)}\n`)
  const { fields, differences } = compareFacts(ours, tshark)
  const totals = totalDifferences(ours, tshark)
  context.stdout.write(`\n${fieldsText(fields, context.columns)}\n\n`)
  for (const line of totals) context.stdout.write(`${line}\n`)
  for (const difference of differences) context.stdout.write(`${differenceText(difference)}\n`)
  const count = differences.length + totals.length
  context.stdout.write(
    count === 0
      ? `no disagreement in ${pluralText(ours.packets, 'packet')}, ${pluralText(ours.tcpStreams, 'TCP stream')}\n`
      : `${pluralText(count, 'disagreement')} in ${pluralText(ours.packets, 'packet')}\n`,
  )
  return count === 0 ? EXIT_FINE : EXIT_FINDINGS
}

function versionText({ line, number }: TsharkVersion, columns: number): string {
  const note =
    number === REFERENCE_VERSION
      ? `This is the reference, tshark ${REFERENCE_VERSION} with default preferences: every disagreement counts.`
      : `The reference is tshark ${REFERENCE_VERSION}. The rules of tcp.analysis change from release to release, so with this one a disagreement need not be an error of ours; compare with ${REFERENCE_VERSION} before reporting it.`
  return [safeText(line), ...wrap(note, columns), ''].join('\n')
}

function totalDifferences(ours: CheckedFacts, tshark: CheckedFacts): string[] {
  const line = (name: string, own: number, theirs: number) =>
    own === theirs ? [] : [`${name}: ours ${countText(own)}, tshark ${countText(theirs)}`]
  return [...line('packets', ours.packets, tshark.packets), ...line('TCP streams', ours.tcpStreams, tshark.tcpStreams)]
}

function fieldsText(fields: readonly FieldComparison[], columns: number): string {
  const right = (label: string) => ({ label, alignment: 'right' as const })
  const header = [
    { label: 'field', alignment: 'left' as const },
    ...['same', 'only ours', 'only tshark', 'other value'].map(right),
  ]
  const rows = fields.map((one) => [
    one.field,
    ...[one.same, one.onlyOurs, one.onlyTshark, one.otherValue].map(countText),
  ])
  return textTable(header, rows, columns).join('\n')
}

function differenceText({ field, frame, ours, tshark }: Difference): string {
  const side = (value: string) => (value === '' ? 'set' : value)
  if (tshark === null) return `frame ${frame}  ${field}  only ours: ${side(ours ?? '')}`
  if (ours === null) return `frame ${frame}  ${field}  only tshark: ${side(tshark)}`
  return `frame ${frame}  ${field}  ours ${side(ours)}, tshark ${side(tshark)}`
}
