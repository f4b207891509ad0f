import { stringify } from 'yaml'
import type { ScheduledJob } from './jobs.ts'

export interface CronJobOptions {
  readonly command: string
  readonly image: string
  /** Secret that is mounted as files at /run/secrets. */
  readonly secret: string
  /** Claim for backups and the state, mounted at /var/lib/dbops. */
  readonly claim: string
}

const NOBODY = 10_001

/** A job for Kubernetes: never two at once, in UTC, as nobody, with secrets as files and nothing else that can be written. */
export function cronJob({ name, cron, description }: ScheduledJob, options: CronJobOptions): string {
  const { command, image, secret, claim } = options
  const container = {
    name: 'dbops',
    image,
    command: ['/bin/sh', '-c', command],
    env: [{ name: 'DBOPS_STATE_DIR', value: '/var/lib/dbops/state' }],
    resources: { requests: { cpu: '100m', memory: '256Mi' }, limits: { cpu: '2', memory: '1Gi' } },
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      runAsNonRoot: true,
      runAsUser: NOBODY,
      capabilities: { drop: ['ALL'] },
      seccompProfile: { type: 'RuntimeDefault' },
    },
    volumeMounts: [
      { name: 'secrets', mountPath: '/run/secrets', readOnly: true },
      { name: 'data', mountPath: '/var/lib/dbops' },
      { name: 'tmp', mountPath: '/tmp' },
    ],
  }
  return stringify({
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: { name: `dbops-${name}`, annotations: { description } },
    spec: {
      schedule: cron,
      timeZone: 'Etc/UTC',
      concurrencyPolicy: 'Forbid',
      // one that was missed is caught up within the hour
      startingDeadlineSeconds: 3600,
      successfulJobsHistoryLimit: 3,
      failedJobsHistoryLimit: 3,
      jobTemplate: {
        spec: {
          backoffLimit: 0,
          activeDeadlineSeconds: 21_600,
          template: {
            spec: {
              restartPolicy: 'Never',
              automountServiceAccountToken: false,
              securityContext: { fsGroup: NOBODY },
              containers: [container],
              volumes: [
                { name: 'secrets', secret: { secretName: secret, defaultMode: 0o440 } },
                { name: 'data', persistentVolumeClaim: { claimName: claim } },
                { name: 'tmp', emptyDir: { medium: 'Memory', sizeLimit: '64Mi' } },
              ],
            },
          },
        },
      },
    },
  })
}
