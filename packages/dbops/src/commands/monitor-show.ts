import type { CommandDefinition } from '../command/command.ts'
import { DbopsError } from '../errors.ts'
import { serverViews } from '../monitor/server-views.ts'
import { rowsOf } from './monitor.ts'

const names = Object.keys(serverViews)

export const monitorShow: CommandDefinition = {
  name: 'monitor show',
  summary:
    'Shows one thing in detail: open or prepared transactions, tables with dead rows and their last vacuum, sequences near their end, foreign keys without an index, standbys and slots, WAL and its archive.',
  arguments: [{ name: 'what', description: names.join(', ') }],
  options: [],
  changes: 'nothing',
  isPerTarget: true,
  example: 'dbops monitor show tables --url postgresql://app_monitor@localhost/app',
  async run(call) {
    const [what] = call.args
    if (!Object.hasOwn(serverViews, what))
      throw new DbopsError('USAGE', `"${what}" cannot be shown`, { hint: `one of ${names.join(', ')}` })
    return await rowsOf(call, serverViews[what])
  },
}
