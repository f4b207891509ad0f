export { type AnalyzeFilesOptions, analyzeFile, analyzeFiles } from './analyze-files.ts'
export { factsFile } from './facts-file.ts'
export { inspectFiles } from './inspect-files.ts'
export { type ProgressListener, readFile } from './read-file.ts'
