import { createWriteStream } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import fastify from 'fastify'

// The framework with nothing around it: what every figure is compared with. The folder for uploads is the only argument.
const folder = process.argv[2] ?? '.'
const app = fastify()
app.get('/bare', async () => ({ status: 'ok' }))
/** Answers as large as those it is compared with, ready to be sent. */
app.get<{ Params: { bytes: string } }>('/bare/:bytes', (request, reply) => {
  reply.type('application/json; charset=utf-8').send(textOf(Number(request.params.bytes)))
})
app.addContentTypeParser('application/octet-stream', (_request, _payload, done) => done(null))
app.post('/plain', async (request) => {
  const path = join(folder, 'plain')
  await pipeline(request.raw, createWriteStream(path))
  await rm(path)
  return { status: 'stored' }
})

const texts = new Map<number, string>()
function textOf(bytes: number): string {
  const text = texts.get(bytes) ?? JSON.stringify('x'.repeat(bytes - 2))
  texts.set(bytes, text)
  return text
}

process.stdout.write(`listening on ${await app.listen({ port: 0, host: '127.0.0.1' })}\n`)
