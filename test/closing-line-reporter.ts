import type { TestModule } from 'vitest/node'

/** Names what was skipped, and prints one plain last line, `N passed, N failed, N skipped`, which every build server can read. */
export class ClosingLineReporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    const counts = { passed: 0, failed: 0 }
    const skipped: string[] = []
    for (const module of modules) {
      let tests = 0
      for (const test of module.children.allTests()) {
        tests++
        const { state } = test.result()
        if (state === 'passed') counts.passed++
        else if (state === 'failed') counts.failed++
        else skipped.push(`${module.relativeModuleId}: ${test.fullName}`)
      }
      if (tests === 0 && module.state() === 'failed') counts.failed++
    }
    counts.failed += errors.length
    // after the summary of the default reporter
    process.on('exit', () => {
      for (const name of skipped) process.stdout.write(`*** SKIPPED, not checked here: ${name} ***\n`)
      process.stdout.write(`${counts.passed} passed, ${counts.failed} failed, ${skipped.length} skipped\n`)
    })
  }
}
