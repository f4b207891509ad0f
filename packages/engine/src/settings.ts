import type { SettingDefinition } from './analyzer.ts'
import { EngineError } from './errors.ts'

/** Something that declares settings: an analyzer, or a part of the engine with thresholds of its own. */
export interface Configurable {
  /** Kebab-case. */
  readonly id: string
  readonly settings?: Readonly<Record<string, SettingDefinition>>
}

/** Values by id and name of the setting, in the setting's unit; the others keep their defaults. */
export type SettingValues = Readonly<Record<string, Readonly<Record<string, number>>>>

/** The value of a setting that `configurable` declares. */
export function settingOf({ id, settings }: Configurable, name: string, given: SettingValues): number {
  const setting = settings?.[name]
  if (setting === undefined) throw new Error(`${id} declares no setting ${name}`)
  return given[id]?.[name] ?? setting.default
}

/** @throws {EngineError} INVALID_OPTION that names the id or setting that is unknown or out of bounds. */
export function checkSettings(given: SettingValues, configurables: readonly Configurable[]): void {
  for (const [id, values] of Object.entries(given)) {
    const configurable = configurables.find((known) => known.id === id)
    if (configurable === undefined) throw new EngineError('INVALID_OPTION', `nothing with the id ${id} has settings`)
    for (const [name, value] of Object.entries(values)) {
      const setting = configurable.settings?.[name]
      if (setting === undefined) throw new EngineError('INVALID_OPTION', `${id} has no setting ${name}`)
      if (!(value >= setting.least && value <= setting.most)) {
        const range = `${setting.least} to ${setting.most} (${setting.unit})`
        throw new EngineError('INVALID_OPTION', `setting ${id}.${name} must be ${range}, not ${value}`)
      }
    }
  }
}
