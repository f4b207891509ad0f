import { analyze } from './analyze.ts'
import { benchmark } from './benchmark.ts'
import type { CommandDefinition } from './command.ts'
import { completion } from './completion.ts'
import { config } from './config.ts'
import { db } from './db.ts'
import { evidence } from './evidence.ts'
import { facts } from './facts.ts'
import { filter } from './filter.ts'
import { generate } from './generate.ts'
import { info } from './info.ts'
import { report } from './report.ts'
import { serve } from './serve.ts'
import { showConfig } from './show-config.ts'
import { verify } from './verify.ts'
import { work } from './work.ts'

/** All commands, in the order of the help. */
export const commands: readonly CommandDefinition[] = [
  analyze,
  report,
  evidence,
  filter,
  verify,
  facts,
  info,
  showConfig,
  generate,
  benchmark,
  db,
  serve,
  work,
  config,
  completion,
]
