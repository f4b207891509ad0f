import type { Configurable, SettingDefinition } from '@pcap-analyzer/engine'
import type { ConfigKey } from './config-keys.ts'
import { DURATION_PATTERN, DURATION_UNITS, readDurationNs, writeDurationNs } from './durations.ts'

/** Keys of the settings that the engine's parts declare, below `prefix`: `analyzers.dns.slow_answer`. */
export function settingKeys(prefix: string, definitions: readonly Configurable[]): ConfigKey[] {
  return definitions.flatMap(({ id, settings }) =>
    Object.entries(settings ?? {}).map(([name, setting]) => settingKey(prefix, id, name, setting)),
  )
}

function settingKey(prefix: string, id: string, name: string, setting: SettingDefinition): ConfigKey {
  const { read, write, schema, expectation } = setting.unit === 'ns' ? durationForm(setting) : numberForm(setting)
  return {
    path: `${prefix}${id.replaceAll('-', '_')}.${snakeCase(name)}`,
    description: setting.description.replace(/\.$/, '').replace(/^[A-Z](?=[a-z])/, (letter) => letter.toLowerCase()),
    schema,
    expectation,
    accepts: (value) => {
      const number = read(value)
      return number !== null && number >= setting.least && number <= setting.most
    },
    get: ({ engine }) => write(engine[id][name]),
    set: (settings, value) => ({
      ...settings,
      engine: { ...settings.engine, [id]: { ...settings.engine[id], [name]: read(value) ?? setting.default } },
    }),
  }
}

/** `slowAnswer` as `slow_answer`, as keys are written. */
export function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}

/** How values of a unit are written in the file. */
interface Form {
  read(value: unknown): number | null
  write(value: number): unknown
  readonly schema: Readonly<Record<string, unknown>>
  readonly expectation: string
}

function durationForm({ least, most }: SettingDefinition): Form {
  return {
    read: readDurationNs,
    write: writeDurationNs,
    schema: { type: 'string', pattern: DURATION_PATTERN },
    expectation: `a duration with its unit (${DURATION_UNITS}) from ${writeDurationNs(least)} to ${writeDurationNs(most)}, such as "500 ms"`,
  }
}

const numberWords: Readonly<Record<Exclude<SettingDefinition['unit'], 'ns'>, string>> = {
  count: 'a whole number',
  bytes: 'a whole number of bytes',
  ratio: 'a share',
  bitsPerSecond: 'a number of bit/s',
  packetsPerSecond: 'a number of packets/s',
}

function numberForm({ unit, least, most }: SettingDefinition): Form {
  const isWhole = unit === 'count' || unit === 'bytes'
  return {
    read: (value) => (typeof value === 'number' && (!isWhole || Number.isSafeInteger(value)) ? value : null),
    write: (value) => value,
    schema: { type: isWhole ? 'integer' : 'number', minimum: least, maximum: most },
    expectation: `${numberWords[unit as keyof typeof numberWords]} from ${least} to ${most}, without a unit`,
  }
}
