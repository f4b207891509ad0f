import { EngineError } from '../errors.ts'
import type { MultipathConnections } from '../tcp/multipath.ts'
import type { TextSink } from './core-options.ts'

/** What the core asks of its surroundings: rare things that need hashes or end the run. `memory` gives the core's, which may be renewed. */
export function coreHost(multipath: MultipathConnections, takeText: TextSink | null, memory: () => ArrayBuffer) {
  return {
    outOfMemory: () => {
      throw new EngineError('OUT_OF_MEMORY', 'the flows of this capture need more than 4 GiB of memory')
    },
    multipathOptions: (link: number) => multipath.optionsOf(link),
    addMultipathKinds: (link: number, kinds: number) => multipath.addKinds(link, kinds),
    takeText: (list: number, pointer: number, length: number) =>
      takeText?.(list, new Uint8Array(memory(), pointer, length)),
    takeMultipath: (link: number, pointer: number, length: number) =>
      multipath.take(link, new Uint8Array(memory()), pointer, length),
  }
}
