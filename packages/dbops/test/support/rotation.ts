import { join } from 'node:path'
import { type ConnectionParameters, connectServer, FileLoginStore, parseConnection, Secret } from '@pcap-analyzer/dbops'
import { startCluster, type TestCluster } from '@pcap-analyzer/dbops/testing'
import { afterAll, beforeAll, beforeEach } from 'vitest'
import { scratchFolder } from './command.ts'

/** The password that `app_a` has when a test begins. */
export const FIRST_PASSWORD = 'first-password-of-a'

/** A cluster with a pair of logins, `app_a` in use; what a test changed is put right before the next. */
export interface RotationPlace {
  readonly cluster: TestCluster
  readonly storePath: string
  readonly store: FileLoginStore
  readonly journalFolder: string
  readonly admin: ConnectionParameters
  /** The words of a rotation of the pair through the file. */
  words(...more: string[]): string[]
}

export function rotationPlace(): RotationPlace {
  let cluster: TestCluster
  let folder = ''
  beforeAll(async () => {
    cluster = await startCluster({
      hba: ['local all all trust', 'host all postgres 127.0.0.1/32 trust', 'host all all 127.0.0.1/32 scram-sha-256'],
      settings: { log_statement: 'all', log_connections: 'on' },
    })
    cluster.sql(
      'create role app_group; create role app_a login in role app_group; create role app_b in role app_group; create database app',
    )
  })
  afterAll(() => cluster.stop())
  beforeEach(async () => {
    folder = scratchFolder()
    cluster.sql(`alter role app_a login password '${FIRST_PASSWORD}'; alter role app_b nologin`)
    await place.store.write({ user: 'app_a', password: new Secret(FIRST_PASSWORD) })
  })
  const place: RotationPlace = {
    get cluster() {
      return cluster
    },
    get storePath() {
      return join(folder, 'login.json')
    },
    get store() {
      return new FileLoginStore(place.storePath)
    },
    get journalFolder() {
      return join(folder, 'journal')
    },
    get admin() {
      return parseConnection(cluster.url('app'))
    },
    words: (...more) => [
      ...['rotate', 'run', '--url', cluster.url('app'), '--grace', '1', '--apply'],
      ...['--logins', 'app_a,app_b', '--store', place.storePath],
      ...more,
    ],
  }
  return place
}

/** Clients that read the store for every connection, until told to stop. */
export function newConnections({ store, admin }: RotationPlace, count: number) {
  const tally = { fine: 0, failed: 0, reasons: new Set<string>() }
  let isOver = false
  const clients = Array.from({ length: count }, async () => {
    while (!isOver) {
      try {
        const { user, password } = await store.read()
        const client = await connectServer({ ...admin, user, password })
        await client.query('select 1')
        await client.end()
        tally.fine++
      } catch (error) {
        tally.failed++
        tally.reasons.add(String(error))
      }
    }
  })
  const stop = async () => {
    isOver = true
    await Promise.all(clients)
    return tally
  }
  return { tally, stop }
}
