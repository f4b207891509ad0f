#!/usr/bin/env node
// Old syntax and no static import, so that a Node that is too old can say so itself.

const NEEDED = [22, 15]
const INTERNAL_EXIT_CODE = 70

function isTooOld(version) {
  const parts = version.split('.').map(Number)
  return parts[0] < NEEDED[0] || (parts[0] === NEEDED[0] && parts[1] < NEEDED[1])
}

function giveUp(line) {
  process.stderr.write(`dbops: error: ${line}\n`)
  process.exit(INTERNAL_EXIT_CODE)
}

if (isTooOld(process.versions.node)) {
  giveUp(
    `Node ${NEEDED.join('.')} or newer is needed, this is Node ${process.versions.node} (${process.execPath}); ` +
      'install a newer one from https://nodejs.org, or run "npx dbops" in the project, which brings its own',
  )
} else {
  process.getBuiltinModule('module').enableCompileCache()
  import('../dist/main.js').catch((error) => {
    if (error.code !== 'ERR_MODULE_NOT_FOUND' || !/dist[/\\]main\.js/.test(error.message)) throw error
    giveUp('this copy is not built yet; run: npm run build')
  })
}
