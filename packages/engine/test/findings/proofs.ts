import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { analyze } from '../../src/analyze.ts'
import { EngineError } from '../../src/errors.ts'
import type { Finding } from '../../src/finding.ts'

/** What a display filter must select: as many frames, and these first. */
export interface Proof {
  readonly key: string
  readonly displayFilter: string
  readonly total: number
  readonly frames: readonly number[]
}

const NAMED = /^frame\.number in \{([\d., ]*)\}$/

/** The filters of all findings of a capture with what they must select; none when the file is no capture. */
export async function proofsOf(path: string): Promise<Proof[]> {
  return (await findingsOf(path)).map(({ key, displayFilter, evidence: { total, frames } }) => ({
    key,
    displayFilter,
    total,
    frames,
  }))
}

export async function findingsOf(path: string): Promise<readonly Finding[]> {
  try {
    return (await analyze([readFileSync(path)])).findings
  } catch (error) {
    if (error instanceof EngineError) return []
    throw error
  }
}

/** One line a proof, as the list of all of them keeps it. */
export function lineOf({ key, displayFilter, total, frames }: Proof): string {
  const isNamed = NAMED.test(displayFilter)
  return `${key} | ${total}${isNamed ? '' : ` (${frames.slice(0, 10)})`} | ${displayFilter}`
}

/** What tshark says otherwise; filters that only name frames are run all at once. */
export function findDisagreements(path: string, proofs: readonly Proof[]): string[] {
  const named = proofs.filter(({ displayFilter }) => NAMED.test(displayFilter))
  const others = proofs.filter(({ displayFilter }) => !NAMED.test(displayFilter))
  return [...others.flatMap((proof) => disagreement(path, proof)), ...namedDisagreements(path, named)]
}

function disagreement(path: string, { key, displayFilter, total, frames }: Proof): string[] {
  const selected = select(path, displayFilter)
  const isSame = selected.length === total && frames.every((frame, i) => selected[i] === frame)
  return isSame
    ? []
    : [
        `${key}: ${displayFilter} selects ${selected.length} frames (${selected.slice(0, 5)}), not ${total} (${frames.slice(0, 5)})`,
      ]
}

function namedDisagreements(path: string, proofs: readonly Proof[]): string[] {
  if (proofs.length === 0) return []
  const wrong = proofs.flatMap(({ key, displayFilter, total, frames }) => {
    const named = namedFrames(displayFilter)
    const isSame = named.length === total && frames.every((frame, i) => named[i] === frame)
    return isSame ? [] : [`${key}: ${displayFilter.slice(0, 80)} names ${named.length} frames, not ${total}`]
  })
  const all = new Set(proofs.flatMap(({ displayFilter }) => namedFrames(displayFilter)))
  const selected = select(path, proofs.map(({ displayFilter }) => `(${displayFilter})`).join(' || '))
  const isSame = selected.length === all.size && selected.every((frame) => all.has(frame))
  return isSame ? wrong : [...wrong, `together they select ${selected.length} frames, not ${all.size}`]
}

function namedFrames(filter: string): number[] {
  return (NAMED.exec(filter)?.[1] ?? '').split(', ').flatMap((range) => {
    const [first, last] = range.split('..').map(Number)
    return Array.from({ length: (last ?? first) - first + 1 }, (_, i) => first + i)
  })
}

/** Frames that tshark selects; what it printed before it stopped at a damaged record counts. */
function select(path: string, filter: string): number[] {
  const args = ['-n', '-r', path, '-Y', filter, '-T', 'fields', '-e', 'frame.number']
  let printed: string
  try {
    printed = execFileSync('tshark', args, { encoding: 'utf8', maxBuffer: 1 << 28, stdio: ['ignore', 'pipe', 'pipe'] })
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string }
    if (!/cut short|damaged|corrupt/.test(stderr)) throw error
    printed = stdout
  }
  return printed.split('\n').filter(Boolean).map(Number)
}
