/**
 * Writes lines together: all that come within a turn of the event loop in one go, since a line each costs a service more than what it says.
 * What is held when the process ends is written then.
 */
export function batchLines(write: (text: string) => void): (line: string) => void {
  let held = ''
  const flush = () => {
    const text = held
    held = ''
    if (text !== '') write(text)
  }
  process.once('exit', flush)
  return (line) => {
    if (held === '') setImmediate(flush)
    held += line
  }
}
