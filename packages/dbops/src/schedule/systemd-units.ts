import type { ScheduledJob } from './jobs.ts'

/** A unit file by name. */
export type UnitFiles = Readonly<Record<string, string>>

/** Service and timer of a job: catches up after downtime, spreads a little, never overlaps, sees nothing of the machine it does not need. */
export function systemdUnits(
  { name, calendar, description }: ScheduledJob,
  { command, user, timezone }: { readonly command: string; readonly user: string; readonly timezone: string | null },
): UnitFiles {
  return {
    [`dbops-${name}.service`]: `[Unit]
Description=dbops: ${description}
After=network-online.target
Wants=network-online.target

[Service]
Type=oneshot
User=${user}
ExecStart=${command}
TimeoutStartSec=6h
NoNewPrivileges=true
PrivateTmp=true
ProtectSystem=full
UMask=0077
`,
    [`dbops-${name}.timer`]: `[Unit]
Description=dbops: ${description}

[Timer]
OnCalendar=${calendar}${timezone === null ? '' : ` ${timezone}`}
Persistent=true
RandomizedDelaySec=5min

[Install]
WantedBy=timers.target
`,
  }
}
