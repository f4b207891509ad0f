import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { request as httpRequest } from 'node:http'
import { createServer, type Server } from 'node:https'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { issueCertificate } from '../../dbops/src/tls/certificates.ts'
import { printedPassword, startTestService } from './support/test-service.ts'

/**
 * The calls that were published for operators of version 5, in their order and as they stand; words in angle brackets are for the reader
 * to fill in. That they reach this service and not port 8000 or a real host is said to curl in its own file of settings.
 */
const firstDeployment = {
  health: 'curl http://localhost:8000/api/health',
  login: 'curl -X POST http://localhost:8000/api/token \\\n  -d "username=admin&password=<displayed_password>"',
  change: `curl -X PUT http://localhost:8000/api/users/me \\
  -H "Authorization: Bearer <token>" \\
  -H "Content-Type: application/json" \\
  -d '{
    "current_password": "<displayed_password>",
    "new_password": "MySecureAdminPassword123!"
  }'`,
  users: 'curl -X GET http://localhost:8000/api/users \\\n  -H "Authorization: Bearer <admin_token>"',
  approve:
    'curl -X PUT http://localhost:8000/api/admin/users/<user_id>/approve \\\n  -H "Authorization: Bearer <admin_token>"',
  ingress: 'curl https://pcap.example.com/api/health',
}
const dailyWork = {
  tokenOfFirstPassword: `TOKEN=$(curl -s -X POST http://localhost:8000/api/token \\
  -d "username=admin&password=<displayed_password>" \\
  | jq -r '.access_token')`,
  change: `curl -X PUT http://localhost:8000/api/users/me \\
  -H "Authorization: Bearer $TOKEN" \\
  -H "Content-Type: application/json" \\
  -d '{
    "current_password": "<displayed_password>",
    "new_password": "MyNewSecurePassword123!"
  }'`,
  register: `curl -X POST http://localhost:8000/api/register \\
  -H "Content-Type: application/json" \\
  -d '{
    "username": "alice",
    "email": "alice@example.com",
    "password": "SecurePassword123!"
  }'`,
  approve:
    'curl -X PUT http://localhost:8000/api/admin/users/<user_id>/approve \\\n  -H "Authorization: Bearer <admin_token>"',
  loginOfUser: 'curl -X POST http://localhost:8000/api/token \\\n  -d "username=alice&password=SecurePassword123!"',
  tokenOfAdmin: `TOKEN=$(curl -s -X POST http://localhost:8000/api/token \\
  -d "username=admin&password=<admin_password>" \\
  | jq -r '.access_token')`,
  users: 'curl -X GET http://localhost:8000/api/users \\\n  -H "Authorization: Bearer $TOKEN"',
  approveWithToken:
    'curl -X PUT http://localhost:8000/api/admin/users/<user_id>/approve \\\n  -H "Authorization: Bearer $TOKEN"',
}

/** What a proxy before the service does: TLS outside, plain inside. */
async function tlsProxy(base: string): Promise<{ server: Server; port: number; certificatePem: string }> {
  const hour = 3_600_000
  const { certificatePem, keyPem } = await issueCertificate({
    name: 'pcap.example.com',
    hosts: ['pcap.example.com'],
    purpose: 'server',
    notBefore: new Date(Date.now() - hour),
    notAfter: new Date(Date.now() + hour),
    issuer: null,
  })
  const server = createServer({ cert: certificatePem, key: keyPem.reveal() }, ({ method, url, headers }, answer) => {
    const inside = httpRequest(base + url, { method, headers: { ...headers, 'x-forwarded-proto': 'https' } }, (got) => {
      answer.writeHead(got.statusCode ?? 502, got.headers)
      got.pipe(answer)
    })
    inside.end()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { server, port: (server.address() as { port: number }).port, certificatePem }
}

/** Runs lines in one shell after the other, with what the reader fills in; gives back what each printed and the value of TOKEN. */
function shell(settings: string) {
  let token = ''
  return async (line: string, filledIn: Readonly<Record<string, string>> = {}) => {
    const filled = line.replace(/<(\w+)>/g, (_all, name: string) => {
      const value = filledIn[name]
      if (value === undefined) throw new Error(`<${name}> is not filled in`)
      return value
    })
    const { stdout } = await promisify(execFile)(
      'bash',
      ['--norc', '-euo', 'pipefail', '-c', `${filled}\nprintf '\\n%s' "\${TOKEN-}"`],
      {
        env: { PATH: process.env.PATH, CURL_HOME: settings, ...(token !== '' && { TOKEN: token }) },
      },
    )
    const [printed, printedToken] = [
      stdout.slice(0, stdout.lastIndexOf('\n')),
      stdout.slice(stdout.lastIndexOf('\n') + 1),
    ]
    token = printedToken
    return { json: printed === '' ? null : JSON.parse(printed), token }
  }
}

it('the lines for a first deployment run as they stand', async () => {
  const service = await startTestService('sqlite', { environment: { TRUSTED_PROXIES: '127.0.0.1' } })
  const proxy = await tlsProxy(service.base)
  const authority = join(service.folder, 'authority.pem')
  writeFileSync(authority, proxy.certificatePem)
  const settings = [
    `connect-to = "localhost:8000:127.0.0.1:${new URL(service.base).port}"`,
    `connect-to = "pcap.example.com:443:127.0.0.1:${proxy.port}"`,
    `cacert = "${authority}"`,
    'silent',
    'fail-with-body',
    'max-time = 60',
  ]
  writeFileSync(join(service.folder, '.curlrc'), settings.join('\n'))
  const run = shell(service.folder)
  const displayed_password = printedPassword(service)
  expect((await run(firstDeployment.health)).json).toMatchObject({ status: 'ok', database: 'connected' })
  const login = (await run(firstDeployment.login, { displayed_password })).json
  expect(login).toMatchObject({ access_token: expect.stringMatching(/^eyJ/), token_type: 'bearer' })
  const token = login.access_token
  expect((await run(firstDeployment.change, { displayed_password, token })).json).toMatchObject({ username: 'admin' })
  await run(dailyWork.register)
  const users = (await run(firstDeployment.users, { admin_token: token })).json
  const alice = users.find(({ username }: { username: string }) => username === 'alice')
  const approved = (await run(firstDeployment.approve, { admin_token: token, user_id: alice.id })).json
  expect(approved).toMatchObject({ username: 'alice', is_approved: true })
  expect((await run(firstDeployment.ingress)).json).toMatchObject({ status: 'ok', database: 'connected' })
  proxy.server.close()
  await service.end()
})

it('the lines for daily work run as they stand', async () => {
  const service = await startTestService('sqlite')
  const settings = [
    `connect-to = "localhost:8000:127.0.0.1:${new URL(service.base).port}"`,
    'silent',
    'fail-with-body',
    'max-time = 60',
  ]
  writeFileSync(join(service.folder, '.curlrc'), settings.join('\n'))
  const run = shell(service.folder)
  const displayed_password = printedPassword(service)
  const { token } = await run(dailyWork.tokenOfFirstPassword, { displayed_password })
  expect(token).toMatch(/^eyJ/)
  await run(dailyWork.change, { displayed_password })
  const alice = (await run(dailyWork.register)).json
  expect(alice).toMatchObject({ username: 'alice', is_approved: false })
  await expect(run(dailyWork.loginOfUser)).rejects.toMatchObject({ code: 22 })
  await run(dailyWork.approve, { admin_token: token, user_id: alice.id })
  expect((await run(dailyWork.loginOfUser)).json).toMatchObject({ token_type: 'bearer' })
  const bob = (await run(dailyWork.register.replaceAll('alice', 'bob'))).json
  expect((await run(dailyWork.tokenOfAdmin, { admin_password: 'MyNewSecurePassword123!' })).token).toMatch(/^eyJ/)
  const users = (await run(dailyWork.users)).json
  expect(users.map(({ username }: { username: string }) => username).toSorted()).toEqual(['admin', 'alice', 'bob'])
  expect((await run(dailyWork.approveWithToken, { user_id: bob.id })).json).toMatchObject({ is_approved: true })
  await service.end()
})
