import { analyze } from './analyze.ts'
import { benchmark } from './benchmark.ts'
import type { CommandDefinition } from './command.ts'
import { completion } from './completion.ts'
import { facts } from './facts.ts'
import { generate } from './generate.ts'
import { info } from './info.ts'
import { report } from './report.ts'
import { showConfig } from './show-config.ts'

/** All commands, in the order of the help. */
export const commands: readonly CommandDefinition[] = [
  analyze,
  report,
  facts,
  info,
  showConfig,
  generate,
  benchmark,
  completion,
]
