#!/usr/bin/env node
// Old syntax and no static import, so that a Node that is too old can say so itself.

const NEEDED = [22, 14]
const ENVIRONMENT_EXIT_CODE = 4

function isTooOld(version) {
  const parts = version.split('.').map(Number)
  return parts[0] < NEEDED[0] || (parts[0] === NEEDED[0] && parts[1] < NEEDED[1])
}

function giveUp(line) {
  process.stderr.write(`pcap-analyzer: error: ${line}\n`)
  process.exit(ENVIRONMENT_EXIT_CODE)
}

if (isTooOld(process.versions.node)) {
  giveUp(
    `Node ${NEEDED.join('.')} or newer is needed, this is Node ${process.versions.node} (${process.execPath}); ` +
      'install a newer one from https://nodejs.org, or run "npx pcap-analyzer" in the project, which brings its own',
  )
} else {
  // Garbage may not pile up, and for what is not compiled beforehand the last tier of optimisation costs more than it gains unless a
  // function is called very often (docs/decisions/0007-memory-of-the-command.md).
  // A service answers the same kind of request for months: it wants the opposite of both.
  const { setFlagsFromString } = process.getBuiltinModule('v8')
  const flags =
    process.argv[2] === 'serve' ? [] : ['--semi-space-growth-factor=1', '--invocation-count-for-turbofan=500000']
  for (const flag of flags) setFlagsFromString(flag)
  // Compiled code is kept between runs: start-up is the price of every call.
  process.getBuiltinModule('module').enableCompileCache()
  import('../dist/main.js').catch((error) => {
    if (error.code !== 'ERR_MODULE_NOT_FOUND' || !/dist[/\\]main\.js/.test(error.message)) throw error
    giveUp('this copy is not built yet; run: npm run build')
  })
}
