import { type Answers, answersTo } from './answers.ts'

/** A worker of a real page: it is told addresses of captures and answers each with what the engine says of it there. */
self.addEventListener('message', (event: MessageEvent<string>) => {
  answer(event.data).then(
    (answers) => self.postMessage(answers),
    (error) => self.postMessage(`${event.data}: ${error instanceof Error ? error.stack : String(error)}`),
  )
})

async function answer(url: string): Promise<Answers> {
  const bytes = new Uint8Array(await (await fetch(url)).arrayBuffer())
  const { body } = await fetch(url)
  return answersTo(bytes, body === null ? [] : chunksOf(body))
}

async function* chunksOf(body: ReadableStream<Uint8Array>): AsyncIterable<Uint8Array> {
  const reader = body.getReader()
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return
    yield value
  }
}
