import { statSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import type { DbopsError } from '../errors.ts'
import type { AzureAccess } from './azure-access.ts'
import { type BackupStore, PART_BYTES, type StoredFile, storeError } from './backup-store.ts'
import { readPart } from './read-part.ts'

export interface AzureBlobStoreOptions {
  /** `https://account.blob.core.windows.net/container`. */
  readonly container: string
  readonly access: AzureAccess
  /** Before every name; ends without a slash. */
  readonly prefix?: string
}

const MOST_TRIES = 4

/** A container of Azure Blob Storage over its REST API; a large file is a list of blocks that shows when it is whole. */
export class AzureBlobStore implements BackupStore {
  readonly name: string
  readonly #access: AzureAccess
  readonly #prefix: string

  constructor({ container, access, prefix = '' }: AzureBlobStoreOptions) {
    this.name = container.replace(/\/$/, '')
    this.#access = access
    this.#prefix = prefix === '' ? '' : `${prefix}/`
  }

  async put(key: string, path: string): Promise<void> {
    const { size } = statSync(path)
    if (size <= PART_BYTES) {
      await this.#send('PUT', this.#blob(key), readPart(path, 0, size), { 'x-ms-blob-type': 'BlockBlob' })
      return
    }
    const blocks: string[] = []
    for (let start = 0; start < size; start += PART_BYTES) {
      const id = Buffer.from(String(blocks.length).padStart(8, '0')).toString('base64')
      const part = readPart(path, start, Math.min(PART_BYTES, size - start))
      await this.#send('PUT', this.#blob(key, { comp: 'block', blockid: id }), part)
      blocks.push(id)
    }
    const list = `<?xml version="1.0" encoding="utf-8"?><BlockList>${blocks.map((id) => `<Latest>${id}</Latest>`).join('')}</BlockList>`
    await this.#send('PUT', this.#blob(key, { comp: 'blocklist' }), Buffer.from(list))
  }

  async *get(key: string): AsyncGenerator<Uint8Array> {
    const { body } = await this.#send('GET', this.#blob(key))
    try {
      if (body !== null) yield* body as AsyncIterable<Uint8Array>
    } catch (cause) {
      throw storeError(this.name, `getting ${key}`, cause)
    }
  }

  async list(): Promise<StoredFile[]> {
    const files: StoredFile[] = []
    let marker = ''
    do {
      const url = new URL(this.name)
      const words = { restype: 'container', comp: 'list', prefix: this.#prefix, marker }
      for (const [name, value] of Object.entries(words)) if (value !== '') url.searchParams.set(name, value)
      const text = await (await this.#send('GET', url)).text()
      for (const [, blob] of text.matchAll(/<Blob>(.*?)<\/Blob>/gs))
        files.push({
          key: element(blob, 'Name').slice(this.#prefix.length),
          bytes: Number(element(blob, 'Content-Length')),
          modifiedAt: new Date(element(blob, 'Last-Modified')),
        })
      marker = element(text, 'NextMarker')
    } while (marker !== '')
    return files
  }

  async remove(key: string): Promise<void> {
    await this.#send('DELETE', this.#blob(key))
  }

  async close(): Promise<void> {}

  #blob(key: string, words: Readonly<Record<string, string>> = {}): URL {
    const url = new URL(`${this.name}/${`${this.#prefix}${key}`.split('/').map(encodeURIComponent).join('/')}`)
    for (const [name, value] of Object.entries(words)) url.searchParams.set(name, value)
    return url
  }

  /** One answer that is a success; a busy service and a lost connection are tried again. @throws {DbopsError} */
  async #send(
    method: string,
    url: URL,
    body: Buffer<ArrayBuffer> | null = null,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Response> {
    const what = `${method} ${url.pathname}`
    for (let tries = 1; ; tries++) {
      const signed = await this.#access.authorize({ method, url, headers, bytes: body?.length ?? 0 })
      let answer: Response | null = null
      let lost: unknown
      try {
        answer = await fetch(signed.url, { method, headers: signed.headers, body, redirect: 'error' })
      } catch (cause) {
        lost = (cause as Error).cause ?? cause
      }
      if (answer?.ok === true) return answer
      const isLater = answer === null || answer.status === 429 || answer.status >= 500
      if (!isLater || tries === MOST_TRIES) throw await refusal(this.name, what, answer, lost)
      await answer?.body?.cancel()
      await pause(100 * 2 ** tries)
    }
  }
}

async function refusal(store: string, what: string, answer: Response | null, lost: unknown): Promise<DbopsError> {
  if (answer === null) return storeError(store, what, lost)
  const reason = answer.headers.get('x-ms-error-code') ?? element(await answer.text(), 'Code')
  return storeError(store, what, { status: answer.status, message: `${answer.status} ${reason}` })
}

/** Text of the first element of a name; names of blobs are escaped as XML. */
function element(xml: string, name: string): string {
  const text = new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1] ?? ''
  const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }
  return text.replace(/&(amp|lt|gt|quot|apos);/g, (_, entity: string) => entities[entity])
}
