/** What a server's answer says of a login. */
export const REPLY_OTHER = 0
export const REPLY_FAILED = 1
export const REPLY_SUCCEEDED = 2
type Reply = typeof REPLY_OTHER | typeof REPLY_FAILED | typeof REPLY_SUCCEEDED

type ReadReply = (data: Uint8Array, start: number, end: number) => Reply

const MOST_SEARCHED_BYTES = 400
const MOST_OPENING_REPLIES = 8
const SMB_LOGON_FAILURES: ReadonlySet<number> = new Set([
  0xc000006d, // STATUS_LOGON_FAILURE
  0xc000006a, // STATUS_WRONG_PASSWORD
  0xc0000064, // STATUS_NO_SUCH_USER
  0xc0000234, // STATUS_ACCOUNT_LOCKED_OUT
])

const ftp = byPrefix(['530 '], ['230 ', '230-'])
const smtp = byPrefix(['535 '], ['235 '])
const pop3 = byPrefix(['-ERR'], [])
const imap = byText(
  ['NO [AUTHENTICATIONFAILED]', 'NO LOGIN', 'NO AUTHENTICATE', 'NO Authentication', 'NO [ALERT] Invalid'],
  ['OK LOGIN', 'OK Logged in', 'OK [CAPABILITY'],
)
const telnet = byText(
  ['ogin incorrect', 'ogin failed', 'uthentication failed', 'ccess denied', 'assword incorrect'],
  ['Last login'],
)
const redis = byPrefix(['-WRONGPASS', '-ERR invalid password', '-ERR AUTH'], [])
const mongoDb = byText(['AuthenticationFailed'], [])

interface Service {
  readonly ports: readonly number[]
  readonly name: string
  readonly read: ReadReply
  /** Segments of the server among which the answer is, where a connection begins with its only login. */
  readonly mostReplies?: number
}

/** Services that say in clear whether a login went well, by the port they listen on. */
const services: readonly Service[] = [
  { ports: [21], name: 'FTP', read: ftp },
  { ports: [23], name: 'Telnet', read: telnet },
  { ports: [25, 587], name: 'SMTP', read: smtp },
  { ports: [110], name: 'POP3', read: pop3 },
  { ports: [143], name: 'IMAP', read: imap },
  { ports: [389], name: 'LDAP', read: ldap },
  { ports: [139, 445], name: 'SMB', read: smb },
  { ports: [1433], name: 'SQL Server', read: sqlServer, mostReplies: MOST_OPENING_REPLIES },
  { ports: [3306], name: 'MySQL', read: mySql, mostReplies: MOST_OPENING_REPLIES },
  { ports: [5432], name: 'PostgreSQL', read: postgreSql, mostReplies: MOST_OPENING_REPLIES },
  { ports: [6379], name: 'Redis', read: redis },
  { ports: [27017], name: 'MongoDB', read: mongoDb },
]

/** Index in the list of services + 1, by port; one look-up a segment tells that nothing is to be read. */
const serviceByPort = new Uint8Array(1 << 16)
for (const [i, { ports }] of services.entries()) for (const port of ports) serviceByPort[port] = i + 1

export function hasReplies(port: number): boolean {
  return serviceByPort[port] !== 0
}

/** How many segments of a port for which {@link hasReplies} holds may answer a login. */
export function mostReplies(port: number): number {
  return services[serviceByPort[port] - 1].mostReplies ?? Number.POSITIVE_INFINITY
}

/** The service of a port for which {@link hasReplies} holds. */
export function replyService(port: number): string {
  return services[serviceByPort[port] - 1].name
}

/** What the payload of one segment from a server's port says. Looks at a few hundred bytes at most. */
export function readReply(port: number, data: Uint8Array, start: number, end: number): Reply {
  return services[serviceByPort[port] - 1].read(data, start, end)
}

/** Replies that begin with one of these texts. */
function byPrefix(failed: readonly string[], succeeded: readonly string[]): ReadReply {
  return (data, start, end) => {
    if (failed.some((text) => hasTextAt(data, start, end, text))) return REPLY_FAILED
    return succeeded.some((text) => hasTextAt(data, start, end, text)) ? REPLY_SUCCEEDED : REPLY_OTHER
  }
}

/** Short replies that contain one of these texts. */
function byText(failed: readonly string[], succeeded: readonly string[]): ReadReply {
  return (data, start, end) => {
    if (end - start > MOST_SEARCHED_BYTES) return REPLY_OTHER
    if (failed.some((text) => hasText(data, start, end, text))) return REPLY_FAILED
    return succeeded.some((text) => hasText(data, start, end, text)) ? REPLY_SUCCEEDED : REPLY_OTHER
  }
}

/** Status of an SMB2 SESSION_SETUP response behind the four bytes of its transport (MS-SMB2 §2.2.1), or of its SMB1 forerunner. */
function smb(data: Uint8Array, start: number, end: number): Reply {
  const at = start + 4
  if (at + 16 > end || data[at + 1] !== 0x53 || data[at + 2] !== 0x4d || data[at + 3] !== 0x42) return REPLY_OTHER
  const isSmb2 = data[at] === 0xfe && data[at + 12] === 1 && data[at + 13] === 0
  const isSmb1 = data[at] === 0xff && data[at + 4] === 0x73
  if (!isSmb2 && !isSmb1) return REPLY_OTHER
  const status = littleEndian32(data, at + (isSmb2 ? 8 : 5))
  if (SMB_LOGON_FAILURES.has(status)) return REPLY_FAILED
  return status === 0 ? REPLY_SUCCEEDED : REPLY_OTHER
}

/** BindResponse with invalidCredentials (49) or success (RFC 4511 §4.2.2), short lengths only, as these answers have. */
function ldap(data: Uint8Array, start: number, end: number): Reply {
  if (start + 12 > end || data[start] !== 0x30 || data[start + 2] !== 0x02) return REPLY_OTHER
  const at = start + 4 + data[start + 3]
  if (at + 5 > end || data[at] !== 0x61 || data[at + 2] !== 0x0a || data[at + 3] !== 1) return REPLY_OTHER
  return data[at + 4] === 49 ? REPLY_FAILED : data[at + 4] === 0 ? REPLY_SUCCEEDED : REPLY_OTHER
}

/** ERROR token 18456 «login failed», or LOGINACK, first in a tabular response (MS-TDS §2.2.7). */
function sqlServer(data: Uint8Array, start: number, end: number): Reply {
  if (start + 15 > end || data[start] !== 4) return REPLY_OTHER
  if (data[start + 8] === 0xad) return REPLY_SUCCEEDED
  return data[start + 8] === 0xaa && littleEndian32(data, start + 11) === 18_456 ? REPLY_FAILED : REPLY_OTHER
}

/** ERR packet with code 1045 «access denied». */
function mySql(data: Uint8Array, start: number, end: number): Reply {
  if (start + 7 > end || data[start + 4] !== 0xff) return REPLY_OTHER
  return data[start + 5] === 0x15 && data[start + 6] === 0x04 ? REPLY_FAILED : REPLY_OTHER
}

/** ErrorResponse with SQLSTATE 28P01 or 28000, or AuthenticationOk. */
function postgreSql(data: Uint8Array, start: number, end: number): Reply {
  if (start + 9 > end) return REPLY_OTHER
  if (data[start] === 0x52 && data[start + 4] === 8 && data[start + 8] === 0) return REPLY_SUCCEEDED
  if (data[start] !== 0x45) return REPLY_OTHER
  return byText(['C28P01', 'C28000'], [])(data, start, end)
}

function littleEndian32(data: Uint8Array, at: number): number {
  return (data[at] | (data[at + 1] << 8) | (data[at + 2] << 16) | (data[at + 3] << 24)) >>> 0
}

function hasTextAt(data: Uint8Array, at: number, end: number, text: string): boolean {
  if (at + text.length > end) return false
  for (let i = 0; i < text.length; i++) if (data[at + i] !== text.charCodeAt(i)) return false
  return true
}

function hasText(data: Uint8Array, start: number, end: number, text: string): boolean {
  for (let at = start; at + text.length <= end; at++) if (hasTextAt(data, at, end, text)) return true
  return false
}
