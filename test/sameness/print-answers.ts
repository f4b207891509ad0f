import { readFileSync } from 'node:fs'
import { answersTo } from './answers.ts'

/** Prints the answers to each capture named on standard input, one a line, as one line of JSON. */
const paths = readFileSync(0, 'utf8').split('\n').filter(Boolean)
for (const path of paths) process.stdout.write(`${JSON.stringify(await answersTo(readFileSync(path)))}\n`)
