import { execFile } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { printedPassword, startTestService } from './support/test-service.ts'

const root = join(import.meta.dirname, '../../..')

it('the guide of the service runs from its first line to its last', async () => {
  const service = await startTestService('sqlite')
  const guide = readFileSync(join(root, 'docs/guides/service.md'), 'utf8')
  const lines = [...guide.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, text]) => text).join('\n')
  const script = lines
    .replaceAll('http://localhost:8000', service.base)
    .replaceAll('@samples', `@${join(root, 'samples')}`)
    .replaceAll('curl -s', 'curl --fail-with-body --max-time 30 -s')
  const { stdout } = await promisify(execFile)('bash', ['--norc', '-euo', 'pipefail', '-c', script], {
    cwd: service.folder,
    env: { PATH: `${join(process.execPath, '..')}:${process.env.PATH}`, FIRST_PASSWORD: printedPassword(service) },
  })
  expect(stdout).toContain('"status":"completed"')
  expect(stdout).toContain('"deleted_files":["HTML","JSON","PCAP"]')
  expect(stdout).toContain('"is_approved":true')
  expect(stdout).toMatch(/x-task-id: [\da-f-]{36}/i)
  expect(stdout).toContain('# HELP pcap_tasks')
  for (const file of ['report.json', 'report.html', 'evidence.pcapng'])
    expect(existsSync(join(service.folder, file)), file).toBe(true)
  await service.end()
})
