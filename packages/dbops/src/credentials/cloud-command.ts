import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { DbopsError } from '../errors.ts'
import { plainEnvironment } from '../run.ts'
import { redact } from '../secret.ts'

/**
 * What a cloud's own command line prints as JSON: it knows the login of whoever works at this machine. Arguments never hold a secret.
 * @throws {DbopsError} SECRET_MISSING when it is not installed or what was asked for is not there, SECRET_FORBIDDEN, TIMED_OUT
 */
export async function cloudCommand(program: 'az' | 'aws', args: readonly string[]): Promise<unknown> {
  const environment = plainEnvironment(program === 'az' ? 'AZURE_' : 'AWS_')
  try {
    const { stdout } = await promisify(execFile)(program, [...args, '--output', 'json'], {
      env: environment,
      timeout: 60_000,
      maxBuffer: 4 << 20,
    })
    return JSON.parse(stdout)
  } catch (cause) {
    throw commandError(program, cause as { code?: unknown; killed?: boolean; stderr?: string })
  }
}

function commandError(program: string, cause: { code?: unknown; killed?: boolean; stderr?: string }): DbopsError {
  if (cause.code === 'ENOENT') return new DbopsError('SECRET_MISSING', `${program} is not installed on this machine`)
  if (cause.killed === true) return new DbopsError('TIMED_OUT', `${program} did not answer in time`)
  if (cause instanceof SyntaxError) return new DbopsError('SECRET_MISSING', `${program} printed no JSON`)
  const words = redact((cause.stderr ?? '').trim().slice(-1000))
  if (/AccessDenied|not authorized|az login|Unable to locate credentials|ExpiredToken/i.test(words))
    return new DbopsError('SECRET_FORBIDDEN', `${program}: ${words}`, {
      hint: `log in with ${program}, or ask for the right`,
    })
  return new DbopsError('SECRET_MISSING', `${program}: ${words}`)
}
