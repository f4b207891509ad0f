import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { type ConnectionParameters, isSocketDirectory } from '../connection/parameters.ts'
import { DbopsError } from '../errors.ts'
import { findHome } from '../home-folder.ts'
import { Secret } from '../secret.ts'

/**
 * The password that libpq would take from its password file for these parameters; null when there is none (libpq §34.16).
 * @throws {DbopsError} SECRET_INVALID when others may read the file: libpq would pass it over in silence
 */
export function passFilePassword(
  parameters: ConnectionParameters,
  path = join(findHome(process.env.HOME) ?? '/', '.pgpass'),
): Secret | null {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch {
    return null
  }
  if ((statSync(path).mode & 0o077) !== 0)
    throw new DbopsError('SECRET_INVALID', `password file ${path} may be read by others`, { hint: `chmod 600 ${path}` })
  for (const { host, port } of parameters.hosts) {
    const name = isSocketDirectory(host) ? 'localhost' : host
    const wanted = [name, String(port), parameters.database, parameters.user]
    for (const line of text.split(/\r?\n/)) {
      if (line.startsWith('#') || line === '') continue
      const fields = fieldsOf(line)
      if (fields.length === 5 && wanted.every((want, index) => fields[index] === '*' || fields[index] === want))
        return new Secret(fields[4])
    }
  }
  return null
}

/** Colons part fields; a backslash takes the next character as it is. */
function fieldsOf(line: string): string[] {
  const fields = ['']
  for (let index = 0; index < line.length; index++) {
    const character = line[index]
    if (character === '\\' && index + 1 < line.length) fields[fields.length - 1] += line[++index]
    else if (character === ':' && fields.length < 5) fields.push('')
    else fields[fields.length - 1] += character
  }
  return fields
}
