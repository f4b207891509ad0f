import { DbopsError, type DbopsErrorCode } from './errors.ts'

/** What the file system says, in words; whatever else it says is a fault of the machine, a full disk above all. */
const byCode: Readonly<Record<string, readonly [DbopsErrorCode, string]>> = {
  ENOENT: ['USAGE', 'does not exist'],
  ENOTDIR: ['USAGE', 'is no folder, or lies in none'],
  EISDIR: ['USAGE', 'is a folder, and a file is due'],
  EEXIST: ['REFUSED', 'exists, and is not overwritten'],
  ENAMETOOLONG: ['USAGE', 'is too long a name'],
  ELOOP: ['USAGE', 'is a link that leads to itself'],
  EACCES: ['USAGE', 'may not be used by this user'],
  EPERM: ['USAGE', 'may not be used by this user'],
  EROFS: ['USAGE', 'lies on a file system that cannot be written'],
  ENOSPC: ['INTERNAL', 'cannot be written: the disk is full'],
  EDQUOT: ['INTERNAL', 'cannot be written: the quota of this user is used up'],
}

const fileCalls =
  /^(open|read|write|mkdir|mkdtemp|scandir|stat|lstat|fstat|rename|unlink|rmdir|rm|copyfile|link|symlink|readlink|realpath|access|chmod|fchmod|chown|lchown|utime|futime|fsync|ftruncate)$/

/** Our error for what a call of the file system threw; null for anything else, a refused connection above all. */
export function fileError(cause: unknown): DbopsError | null {
  const { code = '', syscall = '', path } = (cause ?? {}) as NodeJS.ErrnoException
  if (!fileCalls.test(syscall)) return null
  const found = byCode[code]
  // reading does not know the name of what it reads
  const what = path ?? 'a file that was named'
  return found === undefined
    ? new DbopsError('INTERNAL', `${what}: ${code}`, { cause })
    : new DbopsError(found[0], `${what} ${found[1]} (${code})`, { cause })
}
