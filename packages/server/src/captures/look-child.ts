import { hasCaptureMagic } from './magic.ts'
import { type CaptureLook, validateCapture } from './validation.ts'

// Runs as a process of its own: what a hostile capture does to whoever reads its beginning, it does here.

/** What the child is asked, one after the other. */
export interface LookOrder {
  readonly capture: string
  readonly mostExpansionRatio: number
}

async function look({ capture, mostExpansionRatio }: LookOrder): Promise<CaptureLook> {
  return (await hasCaptureMagic(capture)) ? validateCapture(capture, mostExpansionRatio) : { kind: 'no capture' }
}

// whoever started it is gone: nobody asks any more
process.once('disconnect', () => process.exit())
process.on('message', async (order) => {
  process.send?.(await look(order as LookOrder))
})
