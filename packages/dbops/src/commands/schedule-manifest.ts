import { type CommandDefinition, textOption } from '../command/command.ts'
import { requiredOption } from '../command/option-reading.ts'
import { EXIT_FINE } from '../exit-codes.ts'
import { cronJob } from '../schedule/cron-job.ts'
import { scheduledJobs } from '../schedule/jobs.ts'
import { commandOption, jobsOf } from './schedule.ts'

export const scheduleManifest: CommandDefinition = {
  name: 'schedule manifest',
  summary: 'Prints the jobs as CronJobs of Kubernetes, with secrets as files; kubectl applies them.',
  options: [
    commandOption,
    { flags: '--image <image>', description: 'image with dbops and the client programs of PostgreSQL' },
    { flags: '--secret <name>', description: 'Secret mounted at /run/secrets (default: dbops)' },
    { flags: '--claim <name>', description: 'volume claim mounted at /var/lib/dbops (default: dbops)' },
  ],
  changes: 'nothing',
  example:
    'dbops schedule manifest --image registry.example/dbops:1 --job "backup=dbops backup create --service app --to /var/lib/dbops/backups"',
  run(call) {
    const image = requiredOption(call, 'image', '--image')
    const options = {
      image,
      secret: textOption(call, 'secret') ?? 'dbops',
      claim: textOption(call, 'claim') ?? 'dbops',
    }
    const manifests = jobsOf(call).map(({ name, command }) =>
      cronJob(scheduledJobs.find((job) => job.name === name) ?? scheduledJobs[0], { ...options, command }),
    )
    // the last line is a comment, so that the whole can be piped into kubectl
    return {
      summary: `# ${manifests.length} job(s)`,
      exitCode: EXIT_FINE,
      text: manifests.join('---\n'),
      data: manifests,
    }
  },
}
