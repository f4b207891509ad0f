import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { runCommandLine } from '../../src/command/run-command.ts'
import { commands } from '../../src/commands/index.ts'

/** What a command line printed and how it ended. */
export interface Ran {
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
  /** Of `--format json`. */
  json(): {
    summary: string
    exitCode: number
    checks: { id: string; verdict: string; evidence: string; remediation?: string; references?: string[] }[]
    data: unknown
  }
}

/** Runs command lines in this process, all with one state folder; nothing of the real environment leaks in. */
export function newCommandLine(variables: Record<string, string> = {}, now = () => new Date()) {
  const stateFolder = mkdtempSync(join(tmpdir(), 'dbops-state-'))
  const run = async (...words: string[]): Promise<Ran> => {
    let stdout = ''
    let stderr = ''
    const exitCode = await runCommandLine(commands, words, {
      variables: { HOME: stateFolder, DBOPS_STATE_DIR: stateFolder, ...variables },
      workingFolder: stateFolder,
      version: '0.0.0',
      writeOut: (text) => void (stdout += text),
      writeError: (text) => void (stderr += text),
      interruption: () => new AbortController().signal,
      now,
    })
    return { exitCode, stdout, stderr, json: () => JSON.parse(stdout) }
  }
  return { run, stateFolder, remove: () => rmSync(stateFolder, { recursive: true, force: true }) }
}

/** A folder that is gone after the test. */
export function scratchFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'dbops-test-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}
