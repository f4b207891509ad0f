import { readFileSync } from 'node:fs'
import { arch, platform, release } from 'node:os'
import { join } from 'node:path'
import { readOperations } from '../audit/read-log.ts'
import { toolVersion } from '../backup/preflight.ts'
import type { Check } from '../command/outcome.ts'
import { journalFolder } from '../command/state-folder.ts'
import { connectServer } from '../connection/connect.ts'
import { testConnection } from '../connection/connection-test.ts'
import { formatUrl } from '../connection/format-url.ts'
import type { ConnectionParameters } from '../connection/parameters.ts'
import type { ServerClient } from '../connection/server-client.ts'
import { examine } from '../doctor/examine.ts'
import { listJournal } from '../state/journal.ts'
import { bundleQuestions } from './bundle-questions.ts'
import { concealDeep, concealLog } from './conceal.ts'
import { diskQuestions } from './disk.ts'
import { ask } from './question.ts'
import { slowQuestions } from './slow.ts'

export interface BundleOptions {
  readonly server: ConnectionParameters
  readonly stateFolder: string
  /** Log of the server; null leaves it out. */
  readonly log: string | null
  readonly now: Date
}

/** What was found, or why it could not be. */
export type BundleSection = { readonly found: unknown } | { readonly missing: string }

const MOST_LINES = 500
const MOST_RECORDS = 100

/** Everything that helps somebody else to find a fault, without a secret, a row, or the text of a statement. */
export async function collectBundle(options: BundleOptions): Promise<Record<string, BundleSection>> {
  const { server, stateFolder, log, now } = options
  const sections: Record<string, () => unknown> = {
    machine: () => ({ time: now.toISOString(), node: process.version, system: `${platform()} ${release()} ${arch()}` }),
    tools: () => ({ pg_dump: toolVersion('pg_dump').text, pg_restore: toolVersion('pg_restore').text }),
    target: () => formatUrl(server, 'omitted'),
    connection: async () => (await testConnection(server)).stages,
    journal: () => listJournal(journalFolder({ stateFolder })).map(({ payload: _, ...entry }) => entry),
    operations: () => readOperations(join(stateFolder, 'audit'), MOST_RECORDS),
    ...(log === null ? {} : { log: () => lastLines(log).map(concealLog) }),
  }
  const bundle: Record<string, BundleSection> = {}
  for (const [name, collect] of Object.entries(sections)) bundle[name] = await section(collect)
  return concealDeep({ ...bundle, ...(await serverSections(options)) }) as Record<string, BundleSection>
}

async function serverSections({ server, stateFolder, now }: BundleOptions): Promise<Record<string, BundleSection>> {
  let client: ServerClient
  try {
    client = await connectServer({ ...server, applicationName: 'dbops diagnose' })
  } catch (error) {
    return { server: { missing: wordsOf(error) } }
  }
  try {
    const bundle: Record<string, BundleSection> = {}
    for (const [name, sql] of Object.entries(bundleQuestions))
      bundle[name] = await section(async () => (await client.query(sql)).rows)
    bundle.questions = await section(async () => shortened(await ask(client, [...slowQuestions, ...diskQuestions])))
    const about = { server, stateFolder, now, appRole: null, schemas: [], tenantColumns: [], backups: null }
    bundle.doctor = await section(async () => shortened(await examine(about)))
    return bundle
  } finally {
    await client.end().catch(() => {}) // it may be lost already
  }
}

async function section(collect: () => unknown): Promise<BundleSection> {
  try {
    return { found: await collect() }
  } catch (error) {
    return { missing: wordsOf(error) }
  }
}

/** Statements that were found slow stay out. */
function shortened(checks: readonly Check[]) {
  return checks.map(({ id, verdict, evidence }) => ({
    id,
    verdict,
    evidence: id === 'diagnose.slow-statements' ? evidence.replace(/(calls): .*/s, '$1') : evidence,
  }))
}

function lastLines(path: string): string[] {
  return readFileSync(path, 'utf8').trimEnd().split('\n').slice(-MOST_LINES)
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
