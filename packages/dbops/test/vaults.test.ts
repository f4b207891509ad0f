import { createPublicKey, verify, X509Certificate } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import type { RequestListener } from 'node:http'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { AwsSecretsManager } from '../src/credentials/aws-secrets-manager.ts'
import { AzureKeyVault } from '../src/credentials/azure-key-vault.ts'
import { scopeOf } from '../src/credentials/azure-token.ts'
import { HashicorpVault } from '../src/credentials/hashicorp-vault.ts'
import { Secret } from '../src/secret.ts'
import { issueCertificate } from '../src/tls/certificates.ts'
import { newCommandLine, scratchFolder } from './support/command.ts'
import { bodyOf, isSigned, says, secretServer, send } from './support/secret-server.ts'

const CANARY = 'canary-of-the-vaults-0815'
const server = secretServer()

/** The identity service beside the vault: every token request is answered. */
const withTokens =
  (answer: RequestListener): RequestListener =>
  (request, response) =>
    request.url?.includes('/oauth2/')
      ? send(response, 200, { access_token: 'token-canary-1', expires_in: 3600 })
      : answer(request, response)

describe('T03 vaults, played by a local server with the answers they document', () => {
  const vault = (variables = {}, timeoutMs = 60_000) =>
    new AzureKeyVault({
      vaultUrl: server.base,
      ca: server.ca,
      timeoutMs,
      variables: { AZURE_POD_IDENTITY_AUTHORITY_HOST: server.base, ...variables },
    })
  it('give the value with its version, with tokens of every kind of identity', async () => {
    server.answer = withTokens(says(200, { value: CANARY, id: `${server.base}/secrets/db-password/v1` }))
    const tokenFile = join(scratchFolder(), 'token')
    writeFileSync(tokenFile, 'federated')
    for (const variables of [
      {},
      {
        AZURE_TENANT_ID: 't',
        AZURE_CLIENT_ID: 'c',
        AZURE_FEDERATED_TOKEN_FILE: tokenFile,
        AZURE_AUTHORITY_HOST: server.base,
      },
      {
        AZURE_TENANT_ID: 't',
        AZURE_CLIENT_ID: 'c',
        AZURE_CLIENT_SECRET: 's3cret-x',
        AZURE_AUTHORITY_HOST: server.base,
      },
      { IDENTITY_ENDPOINT: `${server.base}/oauth2/`, IDENTITY_HEADER: 'h' },
    ]) {
      const found = await vault(variables).read('db-password')
      expect([found.value.reveal(), found.version]).toEqual([CANARY, 'v1'])
    }
    server.asked.length = 0
    await vault().read('db-password', 'v0')
    expect(server.asked.at(-1)).toBe('GET /secrets/db-password/v0?api-version=7.4')
  })

  it.each([
    [401, { error: { code: 'Unauthorized' } }, 'SECRET_FORBIDDEN'],
    [403, { error: { code: 'Forbidden', innererror: { code: 'AccessDenied' } } }, 'SECRET_FORBIDDEN'],
    [403, { error: { code: 'Forbidden', innererror: { code: 'SecretDisabled' } } }, 'SECRET_DISABLED'],
    [404, { error: { code: 'SecretNotFound' } }, 'SECRET_MISSING'],
    [404, { error: { code: 'ObjectIsDeletedButRecoverable' } }, 'SECRET_MISSING'],
    [400, { error: { code: 'BadParameter' } }, 'USAGE'],
  ])('say %s %j as %s', async (status, body, code) => {
    server.answer = withTokens(says(status, body))
    await expect(vault().read('db-password')).rejects.toMatchObject({ code })
  })

  it('are asked again after 429 and 5xx, and given up when they are slow', async () => {
    let count = 0
    server.answer = withTokens((request, response) =>
      (++count < 3 ? says(count === 1 ? 429 : 503, {}, { 'retry-after': '0' }) : says(200, { value: 'v', id: 'x/v2' }))(
        request,
        response,
      ),
    )
    expect((await vault().read('db-password')).version).toBe('v2')
    server.answer = withTokens(() => {})
    await expect(vault({}, 300).read('db-password')).rejects.toMatchObject({ code: 'TIMED_OUT' })
  })

  it('speak for HashiCorp too: versions, deleted ones, refused tokens', async () => {
    const hashicorp = new HashicorpVault({
      address: server.base,
      ca: server.ca,
      token: new Secret('vault-token-canary'),
    })
    server.answer = withTokens(says(200, { data: { data: { password: CANARY }, metadata: { version: 4 } } }))
    expect((await hashicorp.read('app#password')).version).toBe('4')
    await expect(hashicorp.read('app#other')).rejects.toMatchObject({ code: 'SECRET_MISSING' })
    server.answer = withTokens(says(404, { data: { data: null, metadata: { deletion_time: 'x', version: 5 } } }))
    await expect(hashicorp.read('app')).rejects.toMatchObject({ message: expect.stringContaining('was deleted') })
    server.answer = withTokens(says(403, {}))
    await expect(hashicorp.read('app')).rejects.toMatchObject({ code: 'SECRET_FORBIDDEN' })
  })

  it('never show a value: not in output, arguments, environment of children or the state folder', async () => {
    server.answer = withTokens((request, response) => {
      const name = /secrets\/db-(\w+)/.exec(request.url ?? '')?.[1] ?? ''
      says(200, { value: { host: 'h', port: '5432', name: 'd', user: 'u', password: CANARY }[name], id: `x/${name}` })(
        request,
        response,
      )
    })
    const { run, stateFolder, remove } = newCommandLine({ AZURE_POD_IDENTITY_AUTHORITY_HOST: server.base })
    writeFileSync(join(stateFolder, 'ca.pem'), server.ca)
    const got = await run('cred', 'get', '--key-vault', server.base, '--ca', join(stateFolder, 'ca.pem'))
    expect(got.stdout.trim()).toBe('postgresql://u:***@h:5432/d')
    const to = join(stateFolder, 'out')
    expect(
      (await run('cred', 'export', '--key-vault', server.base, '--ca', join(stateFolder, 'ca.pem'), '--to-file', to))
        .exitCode,
    ).toBe(0)
    expect(readFileSync(to, 'utf8')).toContain(CANARY)
    for (const text of [
      got.stdout,
      got.stderr,
      readFileSync(join(stateFolder, 'audit/operations-000001.jsonl'), 'utf8'),
    ])
      for (const secret of [CANARY, 'token-canary-1']) expect(text).not.toContain(secret)
    remove()
  })

  it('make a login of their own: user and password of the database engine, the rest of variables', async () => {
    server.answer = (request, response) =>
      request.url === '/v1/database/creds/app' && request.headers['x-vault-token'] === 'vault-token-canary'
        ? send(response, 200, { lease_duration: 3600, data: { username: 'v-app-1', password: CANARY } })
        : send(response, 403, {})
    const { run, stateFolder, remove } = newCommandLine({
      VAULT_TOKEN: 'vault-token-canary',
      PG_HOST: 'db.example',
      PG_DATABASE: 'app',
    })
    writeFileSync(join(stateFolder, 'ca.pem'), server.ca)
    const words = ['cred', 'get', '--vault', server.base, '--ca', join(stateFolder, 'ca.pem')]
    const got = await run(...words, '--vault-role', 'app')
    expect([got.exitCode, got.stdout.trim()], got.stderr).toEqual([0, 'postgresql://v-app-1:***@db.example:5432/app'])
    expect(got.stderr).toContain('takes v-app-1 back after 3600 s')
    expect(got.stdout + got.stderr).not.toContain(CANARY)
    expect((await run(...words, '--vault-role', 'other')).exitCode).toBe(4)
    remove()
  })

  it('tell the versions of a secret, page by page, and ask nobody else for the next page', async () => {
    const version = (id: string, created: number, enabled = true) => ({
      id: `${server.base}/secrets/db/${id}`,
      attributes: { created, enabled },
    })
    server.answer = withTokens((request, response) => {
      const isSecond = request.url?.includes('skip')
      const nextLink = isSecond
        ? 'https://elsewhere.example/secrets/db/versions'
        : `${server.base}/secrets/db/versions?api-version=7.4&skip=1`
      send(response, 200, { value: [isSecond ? version('v1', 1000, false) : version('v2', 2000)], nextLink })
    })
    expect(await vault().versions('db')).toEqual([
      { version: 'v1', createdAt: '1970-01-01T00:16:40.000Z', state: 'disabled' },
      { version: 'v2', createdAt: '1970-01-01T00:33:20.000Z', state: 'usable' },
    ])
    const hashicorp = new HashicorpVault({
      address: server.base,
      ca: server.ca,
      token: new Secret('vault-token-canary'),
    })
    server.answer = says(200, {
      data: { versions: { 2: { created_time: 'b', deletion_time: '' }, 1: { created_time: 'a', destroyed: true } } },
    })
    expect((await hashicorp.versions('app')).map(({ version: name, state }) => [name, state])).toEqual([
      ['1', 'deleted'],
      ['2', 'usable'],
    ])
    expect(server.asked.at(-1)).toBe('GET /v1/secret/metadata/app')
  })

  it('bring a former version back as the newest, by the command', async () => {
    const values = [{ id: 'v1', value: CANARY }]
    server.answer = withTokens(async (request, response) => {
      if (request.method === 'PUT')
        values.push({ id: `v${values.length + 1}`, value: JSON.parse(await bodyOf(request)).value })
      const wanted = /secrets\/db\/(v\d)/.exec(request.url ?? '')?.[1]
      const found = values.find(({ id }) => id === wanted) ?? values[values.length - 1]
      if (request.url?.includes('/versions'))
        return send(response, 200, { value: values.map(({ id }) => ({ id: `x/${id}` })) })
      send(response, 200, { value: found.value, id: `${server.base}/secrets/db/${found.id}` })
    })
    await vault().write('db', new Secret('the-second-value-1'))
    const { run, stateFolder, remove } = newCommandLine({ AZURE_POD_IDENTITY_AUTHORITY_HOST: server.base })
    writeFileSync(join(stateFolder, 'ca.pem'), server.ca)
    const place = ['--store', `key-vault:${server.base}`, '--ca', join(stateFolder, 'ca.pem')]
    expect((await run('secrets', 'versions', 'db', ...place)).stdout).toContain('2 version(s)')
    const back = await run('secrets', 'rollback', 'db', '--secret-version', 'v1', ...place, '--apply')
    expect([back.exitCode, back.stdout], back.stderr).toEqual([0, expect.stringContaining('as version v3')])
    expect(back.stdout + back.stderr).not.toContain(CANARY)
    expect(values.at(-1)).toEqual({ id: 'v3', value: CANARY })
    remove()
  })

  it('take a client certificate for a proof, signed by its key for that one place', async () => {
    const life = { notBefore: new Date(Date.now() - 1e6), notAfter: new Date(Date.now() + 1e9) }
    const pair = await issueCertificate({
      name: 'app',
      hosts: [],
      purpose: 'client',
      ...life,
      issuer: server.authority,
    })
    const file = join(scratchFolder(), 'app.pem')
    writeFileSync(file, `${pair.keyPem.reveal()}\n${pair.certificatePem}`, { mode: 0o600 })
    let claims: Record<string, unknown> = {}
    server.answer = async (request, response) => {
      if (!request.url?.includes('/oauth2/')) return send(response, 200, { value: CANARY, id: 'x/v1' })
      const assertion = new URLSearchParams(await bodyOf(request)).get('client_assertion') ?? ''
      const [head, body, signature] = assertion.split('.')
      claims = JSON.parse(Buffer.from(body, 'base64url').toString())
      const isGenuine = verify(
        'sha256',
        Buffer.from(`${head}.${body}`),
        createPublicKey(new X509Certificate(pair.certificatePem).publicKey.export({ type: 'spki', format: 'pem' })),
        Buffer.from(signature, 'base64url'),
      )
      send(response, isGenuine ? 200 : 401, { access_token: 'token-canary-1', expires_in: 3600 })
    }
    const variables = {
      AZURE_TENANT_ID: 't',
      AZURE_CLIENT_ID: 'c',
      AZURE_CLIENT_CERTIFICATE_PATH: file,
      AZURE_AUTHORITY_HOST: server.base,
    }
    expect((await vault(variables).read('db')).value.reveal()).toBe(CANARY)
    expect(claims).toMatchObject({ aud: `${server.base}/t/oauth2/v2.0/token`, iss: 'c', sub: 'c' })
  })

  it.each([
    ['https://app.vault.azure.net', 'https://vault.azure.net'],
    ['https://app.vault.azure.cn/', 'https://vault.azure.cn'],
    ['https://app.vault.usgovcloudapi.net', 'https://vault.usgovcloudapi.net'],
  ])('of the cloud of %s want tokens for %s', (url, scope) => {
    expect(scopeOf(url)).toBe(scope)
  })
})

describe('T03 AWS Secrets Manager, played by a local server that checks signatures', () => {
  const keys = { AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE', AWS_SECRET_ACCESS_KEY: 'canary-key-of-aws-4711' }
  const aws = (variables: Record<string, string> = keys) =>
    new AwsSecretsManager({
      region: 'eu-central-1',
      ca: server.ca,
      variables: {
        AWS_ENDPOINT_URL: server.base,
        AWS_EC2_METADATA_DISABLED: 'true',
        HOME: '/nonexistent',
        ...variables,
      },
    })
  /** Answers only what the key signed. */
  const signedOnly =
    (
      secretAccessKey: string,
      answer: (action: string, input: Record<string, unknown>) => [number, unknown],
    ): RequestListener =>
    async (request, response) => {
      const body = await bodyOf(request)
      if (!isSigned(request, body, secretAccessKey)) return send(response, 400, { __type: 'InvalidSignatureException' })
      const action = String(request.headers['x-amz-target']).replace('secretsmanager.', '')
      send(response, ...answer(action, JSON.parse(body)))
    }

  it('reads, writes and lists versions, and is refused with another key', async () => {
    const asked: [string, Record<string, unknown>][] = []
    const pages = [
      { Versions: [{ VersionId: 'v2', CreatedDate: 2000 }], NextToken: 'more' },
      { Versions: [{ VersionId: 'v1', CreatedDate: 1000 }] },
    ]
    server.answer = signedOnly(keys.AWS_SECRET_ACCESS_KEY, (action, input) => {
      asked.push([action, input])
      if (action === 'GetSecretValue')
        return [200, { SecretString: JSON.stringify({ password: CANARY }), VersionId: 'v1' }]
      if (action === 'PutSecretValue') return [200, { VersionId: 'v2' }]
      return [200, pages[asked.length % 2 === 1 ? 0 : 1]]
    })
    const found = await aws().read('app/db#password', 'v1')
    expect([found.value.reveal(), found.version]).toEqual([CANARY, 'v1'])
    expect(await aws().write('app/db', new Secret('written-value-0815'))).toBe('v2')
    expect((await aws().versions('app/db')).map(({ version }) => version)).toEqual(['v1', 'v2'])
    expect(asked.slice(0, 2)).toEqual([
      ['GetSecretValue', { SecretId: 'app/db', VersionId: 'v1' }],
      [
        'PutSecretValue',
        expect.objectContaining({ SecretString: 'written-value-0815', ClientRequestToken: expect.any(String) }),
      ],
    ])
    await expect(aws({ ...keys, AWS_SECRET_ACCESS_KEY: 'another-key-of-aws-1' }).read('app/db')).rejects.toMatchObject({
      code: 'SECRET_FORBIDDEN',
      message: expect.stringContaining('InvalidSignatureException'),
    })
  })

  it.each([
    ['ResourceNotFoundException', '', 'SECRET_MISSING'],
    ['InvalidRequestException', 'it was marked for deletion', 'SECRET_MISSING'],
    ['AccessDeniedException', 'not authorized', 'SECRET_FORBIDDEN'],
    ['DecryptionFailure', '', 'SECRET_FORBIDDEN'],
    ['ExpiredTokenException', '', 'SECRET_FORBIDDEN'],
    ['ValidationException', '', 'USAGE'],
  ])('tells %s %s as %s', async (type, message, code) => {
    server.answer = signedOnly(keys.AWS_SECRET_ACCESS_KEY, () => [400, { __type: `com.amazonaws#${type}`, message }])
    await expect(aws().read('app/db')).rejects.toMatchObject({ code })
  })

  it('is asked again when it is busy', async () => {
    let count = 0
    server.answer = signedOnly(keys.AWS_SECRET_ACCESS_KEY, () =>
      ++count < 3 ? [400, { __type: 'ThrottlingException' }] : [200, { SecretString: 'a-calm-value', VersionId: 'v1' }],
    )
    expect((await aws().read('app/db')).value.reveal()).toBe('a-calm-value')
  })

  it('knows who we are by shared file, web identity, container and machine, and renews what ends', async () => {
    const folder = scratchFolder()
    const file = (name: string, text: string) => {
      writeFileSync(join(folder, name), text, { mode: 0o600 })
      return join(folder, name)
    }
    const role = { AccessKeyId: 'ASIA', SecretAccessKey: keys.AWS_SECRET_ACCESS_KEY, Token: 'session-canary' }
    const soon = new Date(Date.now() + 30_000).toISOString()
    server.answer = async (request, response) => {
      const { url = '', method } = request
      if (url === '/sts') {
        const words = new URLSearchParams(await bodyOf(request))
        const isFine = words.get('WebIdentityToken') === 'federated' && words.get('RoleArn') === 'arn:role'
        const element = (name: string, value: string) => `<${name}>${value}</${name}>`
        return send(
          response,
          isFine ? 200 : 403,
          isFine
            ? `<R>${element('AccessKeyId', 'ASIA')}${element('SecretAccessKey', role.SecretAccessKey)}${element('SessionToken', 'session-canary')}${element('Expiration', soon)}</R>`
            : element('Code', 'AccessDenied'),
        )
      }
      if (url === '/container') return send(response, request.headers.authorization === 'Bearer x' ? 200 : 401, role)
      if (url === '/latest/api/token') return send(response, method === 'PUT' ? 200 : 405, 'metadata-session')
      if (url.startsWith('/latest/')) {
        if (request.headers['x-aws-ec2-metadata-token'] !== 'metadata-session') return send(response, 401, '')
        return send(response, 200, url.endsWith('/credentials/') ? 'role-of-machine' : role)
      }
      const body = await bodyOf(request)
      const isFine = isSigned(request, body, role.SecretAccessKey)
      send(
        response,
        isFine ? 200 : 400,
        isFine ? { SecretString: CANARY, VersionId: 'v1' } : { __type: 'InvalidSignatureException' },
      )
    }
    const shared = file(
      'credentials',
      `[default]\naws_access_key_id = X\naws_secret_access_key = wrong\n[app]\naws_access_key_id = A\naws_secret_access_key = ${role.SecretAccessKey}\n`,
    )
    const web = {
      AWS_WEB_IDENTITY_TOKEN_FILE: file('token', 'federated\n'),
      AWS_ENDPOINT_URL_STS: `${server.base}/sts`,
    }
    for (const variables of [
      { AWS_SHARED_CREDENTIALS_FILE: shared, AWS_PROFILE: 'app' },
      { ...web, AWS_ROLE_ARN: 'arn:role' },
      { AWS_CONTAINER_CREDENTIALS_FULL_URI: `${server.base}/container`, AWS_CONTAINER_AUTHORIZATION_TOKEN: 'Bearer x' },
      { AWS_EC2_METADATA_DISABLED: '', AWS_EC2_METADATA_SERVICE_ENDPOINT: server.base },
    ] as Record<string, string>[])
      expect((await aws(variables).read('app/db')).value.reveal()).toBe(CANARY)
    await expect(aws({ ...web, AWS_ROLE_ARN: 'arn:other' }).read('app/db')).rejects.toMatchObject({
      code: 'SECRET_FORBIDDEN',
      message: expect.stringContaining('AccessDenied'),
    })
    // thirty seconds are too few: the role is taken anew for each request
    const short = aws({ ...web, AWS_ROLE_ARN: 'arn:role' })
    server.asked.length = 0
    await short.read('app/db')
    await short.read('app/db')
    expect(server.asked.filter((one) => one === 'POST /sts')).toHaveLength(2)
  })

  it('without anybody says so', async () => {
    await expect(aws({}).read('app/db')).rejects.toMatchObject({
      code: 'SECRET_FORBIDDEN',
      message: expect.stringContaining('no identity for AWS'),
    })
  })
})
