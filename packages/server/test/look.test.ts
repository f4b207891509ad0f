import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CaptureLooks } from '../src/captures/capture-looks.ts'
import { adminOf } from './support/client.ts'
import { sample, startTestService } from './support/test-service.ts'

const LIMITS = { memoryMb: 512, timeoutSeconds: 600 }

describe('a first look at a capture', () => {
  let folder = ''
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'pcap-look-'))
  })
  const looks = new CaptureLooks(LIMITS)
  afterAll(async () => {
    await looks.close()
    rmSync(folder, { recursive: true })
  })

  const file = (name: string, content: Uint8Array) => {
    writeFileSync(join(folder, name), content)
    return { capture: join(folder, name), mostExpansionRatio: 1000 }
  }
  /** A file whose reader waits until somebody writes. */
  const pipe = (name: string) => {
    execFileSync('mkfifo', [join(folder, name)])
    return { capture: join(folder, name), mostExpansionRatio: 1000 }
  }

  it('says what the file is', async () => {
    expect(await looks.look(file('fine', sample('slow-dns.pcap')))).toEqual({ kind: 'fine' })
    expect(await looks.look(file('text', Buffer.from('no capture at all')))).toEqual({ kind: 'no capture' })
    expect(await looks.look(file('cut', sample('slow-dns.pcap').subarray(0, 30)))).toMatchObject({
      kind: 'refused',
    })
  })

  it('is ended when it takes too long, which is said of the file, and the next one begins anew', async () => {
    const hasty = new CaptureLooks({ memoryMb: 512, timeoutSeconds: 1 })
    const tooCostly = { kind: 'refused', refusal: { type: 'TOO_COSTLY' } }
    expect(await hasty.look(pipe('endless'))).toMatchObject(tooCostly)
    await hasty.close()
    const patient = new CaptureLooks(LIMITS)
    expect(await patient.look(file('next', sample('slow-dns.pcap')))).toEqual({ kind: 'fine' })
    await patient.close()
  })

  it('stalls nobody while it does not come to an end', async () => {
    const service = await startTestService('sqlite', { environment: { INLINE_WORKER: 'false' } })
    const admin = await adminOf(service)
    const order = pipe('stalled')
    let isOver = false
    const look = looks.look(order).finally(() => {
      isOver = true
    })
    // all of it in the process that asked for the look
    expect((await admin.get('/api/health')).status).toBe(200)
    expect((await admin.upload(sample('slow-dns.pcap'))).status).toBe(202)
    expect((await admin.get('/api/history')).json.tasks).toHaveLength(1)
    expect(isOver).toBe(false)
    execFileSync('sh', ['-c', ': > "$0"', order.capture])
    expect(await look).toEqual({ kind: 'no capture' })
    await service.end()
  })
})
