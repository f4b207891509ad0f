import { execFileSync, spawnSync } from 'node:child_process'
import { describe, expect, test } from 'vitest'
import { commands } from '../src/commands/index.ts'
import { spellingsOf } from '../src/commands/option-words.ts'
import { bashCompletion } from '../src/completion/bash.ts'
import { fishCompletion } from '../src/completion/fish.ts'
import { zshCompletion } from '../src/completion/zsh.ts'

/** What bash would offer for the last of these words. */
function offered(...words: readonly string[]): string[] {
  const script = `${bashCompletion(commands)}
COMP_WORDS=(pcap-analyzer ${words.map((word) => `'${word}'`).join(' ')})
COMP_CWORD=${words.length}
_pcap_analyzer
printf '%s\\n' "\${COMPREPLY[@]}"`
  return execFileSync('bash', ['-c', script], { encoding: 'utf8' }).trim().split('\n')
}

describe('bashCompletion', () => {
  test('offers commands, options, and the values of an option', () => {
    expect(offered('an')).toEqual(['analyze'])
    expect(offered('analyze', '--fail')).toEqual(['--fail-on'])
    expect(offered('analyze', '--fail-on', 'h')).toEqual(['high'])
    expect(offered('completion', '')).toEqual(['bash', 'zsh', 'fish'])
    expect(offered('analyze', '/et')).toEqual(['/etc'])
  })
})

describe.each([
  ['bash', bashCompletion(commands)],
  ['zsh', zshCompletion(commands)],
  ['fish', fishCompletion(commands)],
] as const)('the completion of %s', (shell, script) => {
  test('knows every command and option', () => {
    for (const { name, options } of commands) {
      expect(script).toContain(name)
      for (const option of options) {
        for (const spelling of spellingsOf(option)) {
          expect(script).toContain(
            shell === 'fish'
              ? spelling.replace(/^-+/, ' ').replace(/^ /, spelling.startsWith('--') ? '-l ' : '-s ')
              : spelling,
          )
        }
      }
    }
  })

  const isInstalled = spawnSync(shell, ['-c', 'true']).status === 0
  test.skipIf(!isInstalled)('is right in its shell', () => {
    const { status, stderr } = spawnSync(shell, ['-n'], { input: script, encoding: 'utf8' })
    expect([status, stderr]).toEqual([0, ''])
  })
})
