import { defineConfig } from 'vitest/config'
import { ClosingLineReporter } from './test/closing-line-reporter.ts'

export default defineConfig({
  resolve: { conditions: ['development'] },
  ssr: { resolve: { conditions: ['development'] } },
  test: {
    include: ['packages/*/test/**/*.test.ts', 'test/**/*.test.ts'],
    reporters: ['default', new ClosingLineReporter()],
    maxWorkers: 2,
    testTimeout: 300_000,
    hookTimeout: 300_000,
    // how long a machine may take under load until what is waited for holds
    expect: { poll: { timeout: 60_000 } },
  },
})
