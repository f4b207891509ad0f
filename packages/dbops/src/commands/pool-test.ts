import type { CommandDefinition } from '../command/command.ts'
import { numberOption } from '../command/option-reading.ts'
import { type Check, judged } from '../command/outcome.ts'
import { formatPercentiles } from '../connection/percentiles.ts'
import { tryPool } from '../connection/pool-trial.ts'

export const poolTest: CommandDefinition = {
  name: 'pool test',
  summary: 'Puts load on a pool, then saturates it and has the server end its sessions: times, failures, recovery.',
  options: [
    { flags: '--size <count>', description: 'sessions of the pool (default: 5)' },
    { flags: '--clients <count>', description: 'who ask at the same time (default: 10)' },
    { flags: '--queries <count>', description: 'of each client (default: 100)' },
  ],
  changes: 'nothing',
  example: 'dbops pool test --size 5 --clients 20 --url postgresql://app@localhost/app',
  async run(call) {
    const size = numberOption(call, 'size', 5, 1, 500)
    const trial = await tryPool({
      parameters: call.target(),
      size,
      clients: numberOption(call, 'clients', 10, 1, 1000),
      queries: numberOption(call, 'queries', 100, 1, 100_000),
    })
    const check = (id: string, title: string, isFine: boolean | null, evidence: string): Check => ({
      id: `pool.${id}`,
      title,
      verdict: isFine === null ? 'skipped' : isFine ? 'pass' : 'fail',
      tier: 'recommended',
      evidence,
    })
    const { failed, queries, ratePerSecond, peakSessions, saturatesCleanly, recovers } = trial
    return judged(
      `${queries} queries, ${ratePerSecond}/s, ${formatPercentiles(trial)}`,
      [
        check('failures', 'no query fails', failed === 0, `${failed} of ${queries}`),
        check('size', 'the pool keeps its size', peakSessions <= size, `${peakSessions} of ${size}`),
        check(
          'saturation',
          'a pool that is held whole says so and serves again',
          saturatesCleanly,
          String(saturatesCleanly),
        ),
        check('recovery', 'it serves again after its sessions were ended', recovers, String(recovers)),
      ],
      { data: trial },
    )
  },
}
