import { type CommandDefinition, confirmOption } from '../command/command.ts'
import { numberOption } from '../command/option-reading.ts'
import { judged } from '../command/outcome.ts'
import { connectServer } from '../connection/connect.ts'
import { tryLimit } from '../connection/limit-trial.ts'
import { formatPercentiles, percentilesOf } from '../connection/percentiles.ts'
import { EXIT_FINE } from '../exit-codes.ts'

export const connLimitTest: CommandDefinition = {
  name: 'conn limit-test',
  summary: 'Opens sessions until the server refuses one, and says whether that was at the configured limit.',
  options: [confirmOption],
  changes: 'nothing',
  example: 'dbops conn limit-test --url postgresql://app@localhost/app',
  async run(call) {
    const server = call.target()
    call.confirm(server.database, 'taking every session of a login')
    const { of, limit, reached, refusal } = await tryLimit(server)
    const isHeld = refusal !== null && reached === limit
    return judged(
      `the limit of the ${of} is ${limit}, refused at ${refusal === null ? 'no number' : reached}`,
      [
        {
          id: 'conn.limit',
          title: 'the connection limit holds',
          verdict: isHeld ? 'pass' : 'fail',
          tier: 'recommended',
          evidence: refusal ?? `${reached} sessions, and none was refused`,
        },
      ],
      { data: { of, limit, reached } },
    )
  },
}

export const connBench: CommandDefinition = {
  name: 'conn bench',
  summary: 'Measures how long new sessions take, from the first packet to the first answer.',
  options: [
    { flags: '--connections <count>', description: 'how many are opened (default: 100)' },
    { flags: '--clients <count>', description: 'at the same time (default: 4)' },
  ],
  changes: 'nothing',
  isPerTarget: true,
  example: 'dbops conn bench --connections 200 --url postgresql://app@localhost/app',
  async run(call) {
    const server = call.target()
    const count = numberOption(call, 'connections', 100, 1, 100_000)
    const connectMs: number[] = []
    const queryMs: number[] = []
    let started = 0
    const startMs = performance.now()
    const client = async (): Promise<void> => {
      while (started < count) {
        started++
        const openMs = performance.now()
        const session = await connectServer(server)
        const askMs = performance.now()
        try {
          await session.query('select 1')
        } finally {
          await session.end()
        }
        connectMs.push(askMs - openMs)
        queryMs.push(performance.now() - askMs)
      }
    }
    await Promise.all(Array.from({ length: Math.min(count, numberOption(call, 'clients', 4, 1, 500)) }, client))
    const ratePerSecond = Math.round((count * 1000) / (performance.now() - startMs))
    const connect = percentilesOf(connectMs)
    const query = percentilesOf(queryMs)
    return {
      summary: `${count} sessions, ${ratePerSecond}/s`,
      exitCode: EXIT_FINE,
      text: `connect  ${formatPercentiles(connect)}\nquery    ${formatPercentiles(query)}${count < 100 ? '\np99 needs 100 samples' : ''}`,
      data: { count, ratePerSecond, connect, query },
    }
  },
}
