export { writeCsvLists } from './csv-lists.ts'
export { writeParquet } from './parquet-files.ts'
export { readCapture } from './read-capture.ts'
export { writeZeekLogs } from './zeek-files.ts'
