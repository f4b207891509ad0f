import { parseArgs } from 'node:util'
import { compareReading, compareUploads, liveWhileBusy, type Verdict, viewersAndReads } from './service/demands.ts'
import { startSite } from './service/site.ts'

/**
 * npm run bench:service -- [--seconds N] [--tasks N]
 *
 * The service as its command starts it, on PostgreSQL with 100 000 tasks, beside a bare route of the same framework. Everything runs on this
 * machine and shares its cores, the clients too.
 */
const { values: options } = parseArgs({
  options: { seconds: { type: 'string', default: '10' }, tasks: { type: 'string', default: '100000' } },
})
const seconds = Number(options.seconds)
const site = await startSite()
try {
  const verdicts: Verdict[] = [
    ...(await compareReading(site, { seconds, tasks: Number(options.tasks) })),
    ...(await compareUploads(site)),
    await viewersAndReads(site),
    await liveWhileBusy(site, seconds),
  ]
  console.log('| demand | found | met |\n| --- | --- | --- |')
  for (const { demand, found, isMet } of verdicts) console.log(`| ${demand} | ${found} | ${isMet ? 'yes' : '**no**'} |`)
} finally {
  await site.end()
}
