export { type Dissection, dissect } from './dissect.ts'
export { type ExpertLevel, expertLevelOf } from './expert-level.ts'
export { StreamFollower, type StreamTurn } from './follow-stream.ts'
export type { DetailNode } from './node.ts'
