const BEGIN = '# begin dbops: made by dbops schedule, edit with it'
const END = '# end dbops'

/** One job with its command line. */
export interface CronLine {
  readonly cron: string
  readonly command: string
}

/** The crontab with our block replaced, or added at its end; every other byte stays. No lines take the block out. */
export function withCronBlock(crontab: string, lines: readonly CronLine[]): string {
  const start = crontab.indexOf(`${BEGIN}\n`)
  const stop = crontab.indexOf(`${END}\n`, start)
  const hasBlock = start >= 0 && stop >= 0
  const before = hasBlock ? crontab.slice(0, start) : crontab
  const after = hasBlock ? crontab.slice(stop + END.length + 1) : ''
  if (lines.length === 0) return before + after
  const gap = before === '' || before.endsWith('\n') ? '' : '\n'
  const block = [BEGIN, ...lines.map(({ cron, command }) => `${cron} ${command.replaceAll('%', '\\%')}`), END, ''].join(
    '\n',
  )
  return `${before}${gap}${block}${after}`
}

/** Our lines of a crontab. */
export function cronBlock(crontab: string): string[] {
  const start = crontab.indexOf(`${BEGIN}\n`)
  const stop = crontab.indexOf(`${END}\n`, start)
  return start < 0 || stop < 0
    ? []
    : crontab
        .slice(start + BEGIN.length + 1, stop)
        .trimEnd()
        .split('\n')
        .filter(Boolean)
}
