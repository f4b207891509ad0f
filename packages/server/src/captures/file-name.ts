import { HttpError } from '../http/http-error.ts'

const MOST_LENGTH = 255
const ENDING = /\.(?:pcap|pcapng|cap)(?:\.(?:gz|zst|lz4))?$/i

/** The last part of a client's name for a file, fit to be stored and shown. @throws {HttpError} 400 */
export function checkFileName(given: string): string {
  if (given.includes('\0')) throw new HttpError(400, 'invalid_file_name', 'Invalid filename: contains a null byte')
  const name = given
    .split(/[/\\]/)
    .at(-1)!
    // controls, and marks that turn the direction of text, forge what people read
    .replace(/[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, '')
    .normalize('NFC')
    .trim()
  if (name === '') throw new HttpError(400, 'invalid_file_name', 'Invalid filename: it is empty')
  if (name.startsWith('.')) throw new HttpError(400, 'invalid_file_name', 'Invalid filename: it begins with a dot')
  if (given.includes('..') && /(?:^|[/\\])\.\.(?:[/\\]|$)/.test(given)) {
    throw new HttpError(400, 'invalid_file_name', 'Invalid filename: it names a parent folder')
  }
  if (name.length > MOST_LENGTH)
    throw new HttpError(400, 'invalid_file_name', `Invalid filename: longer than ${MOST_LENGTH} characters`)
  if (!ENDING.test(name)) {
    throw new HttpError(
      400,
      'invalid_file_extension',
      'Invalid file extension. Use .pcap, .pcapng or .cap, also with .gz, .zst or .lz4',
    )
  }
  return name
}
