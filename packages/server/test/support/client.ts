import { ADMIN_PASSWORD, printedPassword, type TestService, USER_PASSWORD } from './test-service.ts'

export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  // biome-ignore lint/suspicious/noExplicitAny: tests read answers of every shape
  readonly json: any
}

/** Calls a service as one user would. */
export class Client {
  readonly base: string
  token: string | null

  constructor(base: string, token: string | null = null) {
    this.base = base
    this.token = token
  }

  async call(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    const isRaw =
      body instanceof FormData ||
      body instanceof URLSearchParams ||
      body instanceof Uint8Array ||
      typeof body === 'string'
    const response = await fetch(this.base + path, {
      method,
      redirect: 'manual',
      headers: {
        ...(this.token === null ? {} : { authorization: `Bearer ${this.token}` }),
        ...(body !== undefined && !isRaw ? { 'content-type': 'application/json' } : {}),
        ...headers,
      },
      ...(body === undefined ? {} : { body: isRaw ? (body as string) : JSON.stringify(body) }),
    })
    const text = await response.text()
    const isJson = /json/.test(response.headers.get('content-type') ?? '')
    return {
      status: response.status,
      headers: response.headers,
      text,
      json: isJson && text !== '' ? JSON.parse(text) : null,
    }
  }

  get(path: string, headers?: Record<string, string>) {
    return this.call('GET', path, undefined, headers)
  }
  put(path: string, body?: unknown) {
    return this.call('PUT', path, body)
  }
  post(path: string, body?: unknown, headers?: Record<string, string>) {
    return this.call('POST', path, body, headers)
  }
  patch(path: string, body?: unknown) {
    return this.call('PATCH', path, body)
  }
  delete(path: string) {
    return this.call('DELETE', path)
  }

  logIn(username: string, password: string, code?: string): Promise<Answer> {
    const form = new URLSearchParams({ username, password, ...(code && { totp_code: code }) })
    return this.post('/api/token', form)
  }

  upload(content: Uint8Array, name = 'capture.pcap'): Promise<Answer> {
    const form = new FormData()
    form.set('file', new Blob([content as BlobPart]), name)
    return this.post('/api/upload', form)
  }

  /** Waits until a task has ended. */
  async ended(taskId: string): Promise<Answer> {
    for (let tries = 0; tries < 2000; tries++) {
      const answer = await this.get(`/api/status/${taskId}`)
      const isUnderWay = ['pending', 'processing'].includes(answer.json?.status) || answer.status === 503
      if (!isUnderWay) return answer
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
    throw new Error(`task ${taskId} does not end`)
  }
}

/** The first administrator, after the change of password that is forced. */
export async function adminOf(service: TestService): Promise<Client> {
  const client = new Client(service.base)
  const first = printedPassword(service)
  client.token = (await client.logIn('admin', first)).json.access_token
  const changed = await client.put('/api/users/me', { current_password: first, new_password: ADMIN_PASSWORD })
  if (changed.status !== 200) throw new Error(changed.text)
  return client
}

/** A registered and approved user. */
export async function userOf(service: TestService, admin: Client, username: string): Promise<Client & { id: string }> {
  const client = new Client(service.base)
  const registered = await client.post('/api/register', {
    username,
    email: `${username}@example.com`,
    password: USER_PASSWORD,
  })
  if (registered.status !== 201) throw new Error(registered.text)
  const { id } = registered.json
  await admin.put(`/api/admin/users/${id}/approve`)
  client.token = (await client.logIn(username, USER_PASSWORD)).json.access_token
  return Object.assign(client, { id })
}
