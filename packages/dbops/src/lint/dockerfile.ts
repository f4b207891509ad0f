import type { Check } from '../command/outcome.ts'

/** Judges a Dockerfile: secrets in ENV and ARG, the user, open modes, unpinned images. */
export function lintDockerfile(text: string, file: string): Check[] {
  const found: Check[] = []
  const add = (id: string, title: string, evidence: string, line: number, isSoft = false): void => {
    found.push({
      id: `dockerfile.${id}`,
      title,
      verdict: isSoft ? 'warn' : 'fail',
      tier: isSoft ? 'recommended' : 'critical',
      evidence: `${file}:${line}: ${evidence}`,
      location: { file, line },
    })
  }
  const lines = text.split('\n')
  for (const [index, source] of lines.entries()) {
    const line = index + 1
    const secret = /^\s*(?:ENV|ARG)\s+(\w*(?:PASSWORD|PASSWD|SECRET|TOKEN|API_?KEY|PRIVATE_?KEY)\w*)[= ]\s*(\S+)/i.exec(
      source,
    )
    if (secret !== null && !secret[1].endsWith('_FILE') && !secret[2].startsWith('$'))
      add('literal-secret', 'secrets do not stand in the image', `${secret[1]} has a value`, line)
    if (/chmod\s+(-R\s+)?(0?777|a\+rwx)/.test(source))
      add('open-mode', 'files are not open to everybody', 'chmod 777', line)
    if (
      /^\s*FROM\s+\S+(:latest)?\s*(AS\s+\w+)?\s*$/i.test(source) &&
      !/FROM\s+\S+[:@](?!latest)/i.test(source) &&
      !/FROM\s+(scratch|\$)/i.test(source)
    )
      add('image-tag', 'images are pinned', source.trim(), line, true)
  }
  const users = lines.filter((source) => /^\s*USER\s/i.test(source))
  if (
    lines.some((source) => /^\s*FROM\s/i.test(source)) &&
    (users.length === 0 || /USER\s+(root|0)\b/i.test(users[users.length - 1]))
  )
    add('root', 'the process is not root', 'there is no USER', 1)
  return found
}
