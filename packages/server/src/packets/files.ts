/** Where the child writes the lines of a list, one JSON array each. */
export const ROWS_FILE = 'rows.ndjson'
/** Where the child writes any other answer, as JSON. */
export const ANSWER_FILE = 'answer.json'
/** Of so many rows, the first one's place in the file is known. */
export const ROWS_PER_START = 100
