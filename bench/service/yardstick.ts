import { createWriteStream } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import fastify from 'fastify'

// The framework with nothing around it: what every figure is compared with. The folder for uploads is the only argument.
const folder = process.argv[2] ?? '.'
const app = fastify()
app.get('/bare', async () => ({ status: 'ok' }))
app.addContentTypeParser('application/octet-stream', (_request, _payload, done) => done(null))
app.post('/plain', async (request) => {
  const path = join(folder, 'plain')
  await pipeline(request.raw, createWriteStream(path))
  await rm(path)
  return { status: 'stored' }
})
process.stdout.write(`listening on ${await app.listen({ port: 0, host: '127.0.0.1' })}\n`)
