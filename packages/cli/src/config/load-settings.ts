import { readFileSync } from 'node:fs'
import { CommandError } from '../errors.ts'
import { configKeys } from './config-keys.ts'
import { defaultSettings, type Settings } from './settings.ts'

export interface LoadedSettings {
  readonly values: Settings
  /** Key -> `team.yaml:3`; keys that have their default are not in it. */
  readonly origins: ReadonlyMap<string, string>
}

/**
 * The defaults, or what a configuration file makes of them.
 * @throws {CommandError} CONFIG_UNREADABLE, INVALID_CONFIG naming line and key.
 */
export async function loadSettings(path: string | undefined): Promise<LoadedSettings> {
  if (path === undefined) return { values: defaultSettings, origins: new Map() }
  const text = readText(path)
  const { readConfigEntries } = await import('./read-config.ts') // the YAML parser is only loaded where there is YAML
  let values = defaultSettings
  const origins = new Map<string, string>()
  for (const { key, value, line } of readConfigEntries(path, text)) {
    const definition = configKeys.find((candidate) => candidate.path === key)
    if (definition === undefined || !definition.accepts(value)) continue // read-config has thrown
    values = definition.set(values, value)
    origins.set(key, `${path}:${line}`)
  }
  return { values, origins }
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException
    const reason = code === 'ENOENT' ? 'there is no such file' : code === 'EACCES' ? 'permission denied' : message
    throw new CommandError('CONFIG_UNREADABLE', `cannot read the configuration ${path}: ${reason}`, { cause })
  }
}
