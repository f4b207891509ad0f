/** A job that runs again and again. */
export interface ScheduledJob {
  readonly name: string
  /** Five fields of cron. */
  readonly cron: string
  /** The same for systemd. */
  readonly calendar: string
  readonly description: string
}

/** When what runs unless it is said otherwise; times are the machine's. */
export const scheduledJobs: readonly ScheduledJob[] = [
  { name: 'backup', cron: '0 2 * * *', calendar: '*-*-* 02:00:00', description: 'backup with proof' },
  { name: 'verify', cron: '30 2 * * *', calendar: '*-*-* 02:30:00', description: 'verify the newest backup' },
  {
    name: 'cleanup',
    cron: '0 3 * * *',
    calendar: '*-*-* 03:00:00',
    description: 'delete backups by the rules of retention',
  },
  {
    name: 'maintenance',
    cron: '0 1 * * 0',
    calendar: 'Sun *-*-* 01:00:00',
    description: 'vacuum, analyze, reindex what needs it',
  },
  { name: 'drill', cron: '0 4 1 * *', calendar: '*-*-01 04:00:00', description: 'restore a backup and measure it' },
  {
    name: 'rotation',
    cron: '0 5 * * *',
    calendar: '*-*-* 05:00:00',
    description: 'rotate logins that are 90 days old',
  },
  { name: 'audit-review', cron: '0 6 * * 1', calendar: 'Mon *-*-* 06:00:00', description: 'check the operations log' },
  {
    name: 'access-review',
    cron: '0 6 1 * *',
    calendar: '*-*-01 06:00:00',
    description: 'compare roles with what is declared',
  },
  { name: 'security-review', cron: '0 6 1 1,7 *', calendar: '*-01,07-01 06:00:00', description: 'doctor' },
]
