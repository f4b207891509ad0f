import type { DbopsConfig } from '../config.ts'
import { DbopsError } from '../errors.ts'
import type { CommandDefinition, OptionValues } from './command.ts'
import { configuredTarget, textOf } from './new-call.ts'

/** Stands for every target of the configuration. */
const ALL = 'all'

/** The targets of a command, in the order given. */
export interface TargetNames {
  /** Null alone when none was named: the server is named in another way, or there is none. */
  readonly names: readonly (string | null)[]
  /** Results are keyed by target: several were named, or all, however many that are. */
  readonly isKeyed: boolean
}

/**
 * Reads `--target a --target b` or `--target a,b`; `all` stands for every target of the configuration.
 * @throws {DbopsError} USAGE for several where a command goes to one server, and for a target beside another way to name the server
 */
export function targetNames(
  options: OptionValues,
  config: DbopsConfig,
  { name, isPerTarget = false }: CommandDefinition,
): TargetNames {
  const words = [options.target ?? []].flat().flatMap((word) => String(word).split(','))
  if (words.length === 0) return { names: [null], isKeyed: false }
  if (words.includes('')) throw new DbopsError('USAGE', '--target names an empty target')
  const other = ['url', 'service'].find((option) => textOf(options, option) !== null)
  if (other !== undefined)
    throw new DbopsError('USAGE', `--target and --${other} both name the server`, { hint: 'give one of them' })
  const { targets = {} } = config
  const isAll = words.includes(ALL) && !Object.hasOwn(targets, ALL)
  const names = [...new Set(isAll ? Object.keys(targets) : words)]
  if (names.length === 0) throw new DbopsError('USAGE', 'the configuration has no targets')
  const isKeyed = isAll || words.length > 1
  if (isKeyed && !isPerTarget)
    throw new DbopsError('USAGE', `${name} goes to one server at a time, not to ${names.join(', ')}`, {
      hint: 'run it once for each',
    })
  for (const one of names) configuredTarget(one, config) // before anything is done at another
  return { names, isKeyed }
}
