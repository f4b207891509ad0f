export { factsFile } from './facts-file.ts'
export { type ProgressListener, readFile } from './read-file.ts'
