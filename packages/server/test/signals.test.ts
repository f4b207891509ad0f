import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { afterAll, expect, it } from 'vitest'
import { openDatabase } from '../src/index.ts'
import { type TaskSignal, TaskSignals } from '../src/jobs/task-signals.ts'
import { newDatabase, stopCluster } from './support/test-service.ts'

afterAll(stopCluster)

it('processes hear of each other’s tasks at once, also after their session was ended', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'pcap-signals-'))
  const url = await newDatabase('postgres', folder)
  const [here, there] = [openDatabase({ url }), openDatabase({ url })]
  const log = pino({ level: 'silent' })
  const [sender, hearer] = [new TaskSignals(here, log), new TaskSignals(there, log)]
  const heard: TaskSignal[] = []
  let told = () => {}
  hearer.onSignal((signal) => {
    heard.push(signal)
    told()
  })
  const next = async () => {
    if (heard.length === 0) await new Promise<void>((resolve) => (told = resolve))
    return heard.shift()
  }
  hearer.listen()
  // whoever begins to listen looks for what was before
  expect(await next()).toEqual({ kind: 'work' })
  sender.send({ kind: 'cancel', taskId: '11111111-1111-4111-8111-111111111111' })
  expect(await next()).toEqual({ kind: 'cancel', taskId: '11111111-1111-4111-8111-111111111111' })
  await here.pool?.query(
    "select pg_terminate_backend(pid) from pg_stat_activity where query like 'listen %' and pid <> pg_backend_pid()",
  )
  expect(await next()).toEqual({ kind: 'work' })
  sender.send({ kind: 'work' })
  expect(await next()).toEqual({ kind: 'work' })
  await hearer.stop()
  await Promise.all([here.close(), there.close()])
  rmSync(folder, { recursive: true })
})

it('a process that only tells itself hears at once', async () => {
  const database = openDatabase({ url: 'sqlite://' })
  const signals = new TaskSignals(database, pino({ level: 'silent' }))
  const heard: TaskSignal[] = []
  const ignore = signals.onSignal((signal) => heard.push(signal))
  signals.listen()
  signals.send({ kind: 'work' })
  ignore()
  signals.send({ kind: 'work' })
  expect(heard).toEqual([{ kind: 'work' }])
  await signals.stop()
  await database.close()
})
