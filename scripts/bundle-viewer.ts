import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'

const viewer = join(import.meta.dirname, '../packages/viewer')

/** Bundles the viewer of offline reports into one script and one style sheet and embeds both as text, so that a report needs no file beside it. */
const [script, style] = await Promise.all(
  ['src/main.ts', 'src/viewer.css'].map(async (entry) => {
    const { outputFiles } = await build({
      entryPoints: [join(viewer, entry)],
      bundle: true,
      minify: true,
      write: false,
      platform: 'browser',
      target: ['es2022', 'chrome123', 'firefox121', 'safari17.5'],
      format: 'iife',
      charset: 'ascii',
      conditions: ['development'],
      legalComments: 'none',
      logLevel: 'warning',
    })
    return outputFiles[0].text.trim()
  }),
)
/** As a policy names a script or style: `sha256-…`. */
const hashOf = (text: string) => `sha256-${createHash('sha256').update(text).digest('base64')}`

if (/<\/(script|style)/i.test(script + style)) throw new Error('the bundle holds the end of a script or style element')
writeFileSync(
  join(viewer, 'src/viewer-bundle.ts'),
  `// Bundled from main.ts and viewer.css by scripts/bundle-viewer.ts; not to be edited.

/** The viewer of offline reports: a script for the end of the page. */
export const viewerScript: string =
  ${JSON.stringify(script)}

/** Its style sheet. */
export const viewerStyle: string =
  ${JSON.stringify(style)}

/** What a content security policy calls them. */
export const viewerScriptHash = '${hashOf(script)}'
export const viewerStyleHash = '${hashOf(style)}'
`,
)
