import { readFileSync } from 'node:fs'
import { readYaml } from '../config.ts'
import { fileError } from '../file-errors.ts'
import { YamlValues } from '../yaml-values.ts'
import { type Period, periods } from './periods.ts'

/** Which relations are read whole in search of damage. */
export interface IntegrityRule {
  readonly tables: boolean
  /** `structure` reads the index, `rows` also looks for every row in it, `parents` also descends to each and holds up writers. */
  readonly indexes: 'off' | 'structure' | 'rows' | 'parents'
  /** Also the relations of the server itself. */
  readonly isCatalogIncluded: boolean
}

/** How the partitions of one table follow the time. */
export interface PartitionRule {
  /** As SQL reads it: `app.events`. */
  readonly table: string
  readonly every: Period
  /** Periods after this one that have their partition. */
  readonly ahead: number
  /** Whole periods before this one that stay; older ones are detached, never dropped. Null keeps all. */
  readonly keep: number | null
}

/** What becomes of the files that the server's logging collector writes. */
export interface LogRule {
  /** From which size on a new file is begun; null leaves that to the server. */
  readonly rotateOverMb: number | null
  readonly compressAfterDays: number | null
  /** Older files are removed. */
  readonly keepDays: number | null
  /** The oldest are removed while all together are larger. */
  readonly keepMb: number | null
}

/** After how many days counting begins anew; null never. */
export interface StatisticsRule {
  readonly statementsDays: number | null
  readonly databaseDays: number | null
  readonly sharedDays: number | null
}

/** What a site declares beside what every database needs. */
export interface MaintenanceRules {
  readonly integrity: IntegrityRule | null
  readonly partitions: readonly PartitionRule[]
  readonly logs: LogRule | null
  readonly statistics: StatisticsRule | null
}

export const noRules: MaintenanceRules = { integrity: null, partitions: [], logs: null, statistics: null }

const depths = ['off', 'structure', 'rows', 'parents'] as const

/** Reads the file of a site. @throws {DbopsError} USAGE, CONFIG_INVALID with what is wrong and where */
export function readRules(path: string): MaintenanceRules {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (cause) {
    throw fileError(cause) ?? cause
  }
  const reader = new YamlValues(path)
  const top = reader.mapping(readYaml(text, path), '', ['integrity', 'partitions', 'logs', 'statistics'])
  const integrity = reader.mapping(top.integrity, 'integrity', ['tables', 'indexes', 'isCatalogIncluded'])
  const logs = reader.mapping(top.logs, 'logs', ['rotateOverMb', 'compressAfterDays', 'keepDays', 'keepMb'])
  const statistics = reader.mapping(top.statistics, 'statistics', ['statementsDays', 'databaseDays', 'sharedDays'])
  return {
    integrity:
      top.integrity === undefined
        ? null
        : {
            tables: reader.flag(integrity.tables, 'integrity.tables', true),
            indexes: reader.word(integrity.indexes, 'integrity.indexes', depths, 'rows'),
            isCatalogIncluded: reader.flag(integrity.isCatalogIncluded, 'integrity.isCatalogIncluded', false),
          },
    partitions: reader.list(top.partitions, 'partitions').map((value, index) => {
      const place = `partitions[${index}]`
      const rule = reader.mapping(value, place, ['table', 'every', 'ahead', 'keep'])
      return {
        table: reader.text(rule.table, `${place}.table`),
        every: reader.word(rule.every, `${place}.every`, periods, null),
        ahead: reader.number(rule.ahead, `${place}.ahead`, 1000) ?? 3,
        keep: reader.number(rule.keep, `${place}.keep`, 100_000),
      }
    }),
    logs:
      top.logs === undefined
        ? null
        : {
            rotateOverMb: reader.number(logs.rotateOverMb, 'logs.rotateOverMb', 1e6),
            compressAfterDays: reader.number(logs.compressAfterDays, 'logs.compressAfterDays', 36_500),
            keepDays: reader.number(logs.keepDays, 'logs.keepDays', 36_500),
            keepMb: reader.number(logs.keepMb, 'logs.keepMb', 1e9),
          },
    statistics:
      top.statistics === undefined
        ? null
        : {
            statementsDays: reader.number(statistics.statementsDays, 'statistics.statementsDays', 36_500),
            databaseDays: reader.number(statistics.databaseDays, 'statistics.databaseDays', 36_500),
            sharedDays: reader.number(statistics.sharedDays, 'statistics.sharedDays', 36_500),
          },
  }
}
