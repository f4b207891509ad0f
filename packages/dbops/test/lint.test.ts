import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { lintCompose } from '../src/lint/compose.ts'
import { isLoopback, parseShortPort } from '../src/lint/compose-ports.ts'
import { lintDockerfile } from '../src/lint/dockerfile.ts'
import { fixComposePorts } from '../src/lint/fix-compose.ts'
import { lintKubernetes } from '../src/lint/kubernetes.ts'
import { listeners } from '../src/lint/listeners.ts'
import { lintQueries } from '../src/lint/queries.ts'
import { newCommandLine, scratchFolder } from './support/command.ts'

const safe = [
  '127.0.0.1:5432:5432',
  '127.0.0.1::5432',
  '127.1.2.3:5432:5432',
  '[::1]:5432:5432',
  'localhost:5432:5432',
  '127.0.0.1:5432:5432/tcp',
  '127.0.0.1:5432-5435:5432-5435',
  '${BIND:-127.0.0.1}:5432:5432',
  '${BIND:-127.0.0.1}:${PORT:-5432}:5432',
  '127.0.0.1:${PORT}:5432',
  '127.0.0.1:${PORT:?missing}:5432',
]
const open = [
  '5432',
  '5432:5432',
  ':5432',
  '0.0.0.0:5432:5432',
  '[::]:5432:5432',
  '192.168.1.4:5432:5432',
  '5432:5432/tcp',
  '5430-5435:5430-5435',
  '${PORT:-5432}:5432',
  '${BIND:-0.0.0.0}:5432:5432',
  '${BIND}:5432:5432',
  '15432:5432',
  '6379:6379',
  '8080:8080',
  '3306:3306',
  '27017:27017',
  '0.0.0.0::5432',
  '$PORT:5432',
  '5432/udp',
  '10.0.0.1:5432:5432/tcp',
]
const service = (ports: string) =>
  `services:\n  db:\n    image: postgres:15\n    volumes: [data:/var]\n    healthcheck: {test: x}\n    security_opt: [no-new-privileges:true]\n${ports}`
const isOpen = (text: string, variables = {}) =>
  lintCompose(text, 'f', variables).some(({ id }) => id === 'compose.port-open')

describe('T94 compose files', () => {
  it.each([...safe.map((port) => [port, false] as const), ...open.map((port) => [port, true] as const)])(
    '%s: open is %s',
    (port, expected) => {
      expect(isOpen(service(`    ports:\n      - "${port}"\n`))).toBe(expected)
      expect(isOpen(service(`    ports: ["${port}"]\n`))).toBe(expected)
    },
  )

  it.each([
    ['target: 5432, published: 5432', true],
    ['target: 5432, published: "5432", host_ip: 127.0.0.1', false],
    ['target: 5432, published: 5432, mode: host', true],
    ['target: 5432, host_ip: "::1"', false],
    ['target: 5432, published: 5432, host_ip: "${BIND:-127.0.0.1}"', false],
  ])('{%s}: open is %s', (port, expected) => {
    expect(isOpen(service(`    ports:\n      - {${port}}\n`))).toBe(expected)
  })

  it('are judged with the variables that will be there', () => {
    const text = service('    ports: ["${BIND:-127.0.0.1}:5432:5432"]\n')
    expect(isOpen(text, { BIND: '0.0.0.0' })).toBe(true)
  })

  it('are made safe, keep their comments, and then have nothing open', () => {
    for (const port of open) {
      const text = service(`    # who needs it\n    ports:\n      - "${port}"  # the database\n`)
      const fixed = fixComposePorts(text) ?? ''
      expect(fixed).toContain('# who needs it')
      expect(fixed).toContain('# the database')
      expect(isOpen(fixed), fixed).toBe(false)
      expect(isLoopback(parseShortPort(parse(fixed).services.db.ports[0]).hostAddress)).toBe(true)
    }
    expect(fixComposePorts(service(`    ports: ["${safe[0]}"]\n`))).toBeNull()
  })

  it('show secrets, trust, and the superuser of the image', () => {
    const text = service(
      '    environment:\n      POSTGRES_PASSWORD: Xy7-Kd9mQw\n      POSTGRES_USER: contextforge_prod\n      POSTGRES_HOST_AUTH_METHOD: trust\n      SMTP_PASSWORD: ${SMTP_PASSWORD:?missing}\n      JWT_SECRET: ${JWT_SECRET:-abc12345}\n',
    )
    const evidence = lintCompose(text, 'f')
      .map(({ id, evidence: words }) => `${id} ${words}`)
      .join('\n')
    expect(evidence).toMatch(/literal-secret .*POSTGRES_PASSWORD/)
    expect(evidence).toMatch(/literal-secret .*JWT_SECRET.*default/)
    expect(evidence).not.toMatch(/SMTP_PASSWORD/)
    expect(evidence).toMatch(/trust/)
    expect(evidence).toMatch(/bootstrap-user/)
    expect(evidence).not.toContain('Xy7-Kd9mQw')
    expect(lintCompose('services: [', 'f')[0].id).toBe('compose.syntax')
    const anchors =
      'x-env: &env\n  POSTGRES_PASSWORD: Xy7-Kd9mQw\nservices:\n  db:\n    image: postgres:15\n    environment:\n      <<: *env\n      A: b\n'
    expect(lintCompose(anchors, 'compose.yaml').map(({ id }) => id)).toContain('compose.literal-secret')
  })

  it('run through the command, with the exit code of findings', async () => {
    const { run, remove } = newCommandLine()
    const file = join(scratchFolder(), 'compose.yaml')
    writeFileSync(file, service('    ports: ["5432:5432"]\n'))
    expect(await run('lint', 'compose', file)).toMatchObject({ exitCode: 1 })
    expect(await run('lint', 'compose', file, '--fix')).toMatchObject({ exitCode: 0 })
    expect(await run('lint', 'compose', file)).toMatchObject({ exitCode: 0 })
    remove()
  })
})

describe('T94 manifests and Dockerfiles', () => {
  it('show open services, literal secrets, missing volumes', () => {
    const ids = (text: string) => lintKubernetes(text, 'f').map(({ id }) => id)
    expect(ids('kind: Service\nspec:\n  type: NodePort\n  ports: [{port: 5432}]\n')).toContain(
      'kubernetes.service-open',
    )
    expect(ids('kind: Service\nspec:\n  type: ClusterIP\n  ports: [{port: 5432}]\n')).not.toContain(
      'kubernetes.service-open',
    )
    expect(ids('kind: Secret\ndata: {password: cGFzc3dvcmQ=}\n')).toContain('kubernetes.literal-secret')
    const pod =
      'kind: StatefulSet\nmetadata: {name: db}\nspec:\n  template:\n    spec:\n      containers:\n        - name: db\n          image: postgres:15\n          env:\n            - {name: POSTGRES_PASSWORD, value: Xy7}\n          ports: [{containerPort: 5432, hostPort: 5432}]\n'
    expect(ids(pod)).toEqual(
      expect.arrayContaining([
        'kubernetes.volume',
        'kubernetes.literal-secret',
        'kubernetes.host-port',
        'kubernetes.privilege-escalation',
        'kubernetes.network-policy',
      ]),
    )
    expect(ids('a: [')).toContain('kubernetes.syntax')
    const docker = lintDockerfile('FROM postgres\nENV DB_PASSWORD=abc123\nRUN chmod -R 777 /data\n', 'Dockerfile').map(
      ({ id }) => id,
    )
    expect(docker).toEqual(
      expect.arrayContaining([
        'dockerfile.literal-secret',
        'dockerfile.open-mode',
        'dockerfile.root',
        'dockerfile.image-tag',
      ]),
    )
    expect(
      lintDockerfile('FROM postgres:15.18\nENV DB_PASSWORD_FILE=/run/secrets/x\nUSER postgres\n', 'Dockerfile'),
    ).toEqual([])
  })

  it.each([
    ['127.0.0.1', true],
    ['0.0.0.0', false],
    ['::1', true],
    ['::', false],
  ])('a real socket on %s is seen as loopback: %s', async (address, expected) => {
    const server = createServer().listen(0, address)
    await once(server, 'listening')
    const { port } = server.address() as { port: number }
    expect(listeners().find((one) => one.port === port)).toMatchObject({ isLoopback: expected })
    server.close()
  })
})

describe('queries', () => {
  it.each([
    ['a.py', 'cursor.execute(f"SELECT * FROM tasks WHERE id = {task_id}")', 1],
    ['a.py', 'cursor.execute("SELECT * FROM tasks WHERE id = %s" % task_id)', 1],
    ['a.py', 'cursor.execute("SELECT * FROM t WHERE id = {}".format(x))', 1],
    ['a.py', 'cursor.execute("SELECT * FROM tasks WHERE id = %s", (task_id,))', 0],
    ['a.py', 'log.info(f"selected {n} rows")', 0],
    ['a.ts', 'await client.query(`select * from tasks where id = ${id}`)', 1],
    ['a.ts', 'await client.query("delete from tasks where id = " + id)', 1],
    ['a.ts', "await client.query('select * from tasks where id = $1', [id])", 0],
    ['a.ts', 'await client.query(`alter role ${quoteName(name)} nologin`)', 0],
    ['a.ts', 'const rows = await sql`select * from tasks where id = ${id}`', 0],
    ['a.ts', 'await client.query(`select * from tasks where ${USER_SCHEMA}`)', 0],
    ['a.ts', 'const text = `update the ${thing} from here`', 0],
  ])('%s: %s has %s finding(s)', (file, line, count) => {
    expect(lintQueries(line, file)).toHaveLength(count)
  })
})
