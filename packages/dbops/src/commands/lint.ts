import { readFileSync, writeFileSync } from 'node:fs'
import { basename } from 'node:path'
import { type Call, type CommandDefinition, listOption } from '../command/command.ts'
import { type Check, judged, type Outcome } from '../command/outcome.ts'
import { DbopsError } from '../errors.ts'
import { EXIT_FINE } from '../exit-codes.ts'
import { lintCompose } from '../lint/compose.ts'
import { lintDockerfile } from '../lint/dockerfile.ts'
import { fixComposePorts } from '../lint/fix-compose.ts'
import { lintKubernetes } from '../lint/kubernetes.ts'
import { listeners } from '../lint/listeners.ts'
import { lintQueries } from '../lint/queries.ts'
import { keepDeployment } from './rollback-keep.ts'

const files = [{ name: 'files', description: 'files to judge', isVariadic: true }] as const

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    throw new DbopsError('USAGE', `${path} cannot be read (${(cause as NodeJS.ErrnoException).code})`, { cause })
  }
}

function judge(call: Call, lint: (text: string, file: string) => readonly Check[]): Outcome {
  const checks = call.args.flatMap((path) => lint(read(path), path))
  const failed = checks.filter(({ verdict }) => verdict === 'fail').length
  return judged(
    failed === 0 ? `${call.args.length} file(s) hold` : `${failed} finding(s) in ${call.args.length} file(s)`,
    checks,
  )
}

export const lintComposeCommand: CommandDefinition = {
  name: 'lint compose',
  summary:
    'Judges compose files: published ports, secrets, users, images. --fix binds ports of databases to this machine.',
  arguments: files,
  options: [{ flags: '--fix', description: 'rewrite the ports, keeping comments' }],
  changes: 'files',
  example: 'dbops lint compose compose.yaml',
  run(call) {
    if (call.options.fix !== true) return judge(call, (text, file) => lintCompose(text, file, call.variables))
    const fixes = call.args.flatMap((path) => {
      const text = fixComposePorts(read(path), call.variables)
      return text === null ? [] : [{ path, text }]
    })
    const fixed = fixes.map(({ path }) => path)
    if (fixed.length === 0) return { summary: '0 file(s) changed', exitCode: EXIT_FINE, text: '', data: fixed }
    const id = keepDeployment(call, fixed)
    for (const { path, text } of fixes) writeFileSync(path, text)
    return {
      summary: `${fixed.length} file(s) changed; dbops rollback to ${id} brings them back`,
      exitCode: EXIT_FINE,
      text: fixed.join('\n'),
      data: fixed,
      audit: { journal: id },
    }
  },
}

export const lintKubernetesCommand: CommandDefinition = {
  name: 'lint kubernetes',
  summary: 'Judges manifests, also what Helm rendered.',
  arguments: files,
  options: [],
  changes: 'nothing',
  example: 'dbops lint kubernetes deployment.yaml',
  run: (call) => judge(call, lintKubernetes),
}

export const lintDockerfileCommand: CommandDefinition = {
  name: 'lint dockerfile',
  summary: 'Judges Dockerfiles: secrets, user, modes, images.',
  arguments: files,
  options: [],
  changes: 'nothing',
  example: 'dbops lint dockerfile Dockerfile',
  run: (call) => judge(call, (text, file) => lintDockerfile(text, basename(file))),
}

export const lintListeners: CommandDefinition = {
  name: 'lint listeners',
  summary: 'Tells which of the given ports listen on more than this machine.',
  options: [
    {
      flags: '--port <port>',
      description: 'port to look for (default: 5432 and 6379); may be given several times',
      isRepeatable: true,
    },
  ],
  changes: 'nothing',
  example: 'dbops lint listeners --port 5432',
  run(call) {
    const ports = listOption(call, 'port').map(Number)
    const wanted = ports.length === 0 ? [5432, 6379] : ports
    const found = listeners().filter(({ port }) => wanted.includes(port))
    const checks = found.map(
      ({ address, port, isLoopback }): Check => ({
        id: `listeners.${port}`,
        title: 'the port listens on this machine only',
        verdict: isLoopback ? 'pass' : 'fail',
        tier: 'critical',
        evidence: `${address}:${port}`,
      }),
    )
    return judged(`${found.length} listener(s) on ${wanted.join(', ')}`, checks)
  },
}

export const lintQueriesCommand: CommandDefinition = {
  name: 'lint queries',
  summary: 'Finds SQL that is put together from strings in TypeScript, JavaScript and Python.',
  arguments: files,
  options: [],
  changes: 'nothing',
  example: 'dbops lint queries src/tasks.ts app/models.py',
  run: (call) => judge(call, lintQueries),
}
