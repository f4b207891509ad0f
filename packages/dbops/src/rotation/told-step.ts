import type { Journal } from '../state/journal.ts'

interface StepListener<Name extends string> {
  readonly onStep?: (step: Name, moment: 'before' | 'after') => void
}

/** One step of a rotation in its journal, told before and after. */
export async function toldStep<Name extends string, Result>(
  { onStep = () => {} }: StepListener<Name>,
  journal: Journal,
  name: Name,
  work: () => Promise<Result>,
): Promise<Result> {
  onStep(name, 'before')
  const result = await journal.step(name, work)
  onStep(name, 'after')
  return result
}
