import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import * as fs from 'node:fs'
import { join, posix } from 'node:path'
import ssh2, { type Attributes, type FileEntry, type SFTPWrapper } from 'ssh2'

const { Server, utils } = ssh2
const { STATUS_CODE, OPEN_MODE } = utils.sftp

/** An SSH server of this process that shows one folder over SFTP to one user. */
export interface SftpServer {
  readonly port: number
  /** Line for a file of known hosts. */
  readonly knownHost: string
  readonly clientKey: string
  /** Hangs up on everybody before so many bytes more are written; null for never. */
  dropAfterBytes: number | null
  close(): Promise<void>
}

/** @param password lets the user in beside the key */
export async function startSftpServer(folder: string, user: string, password: string): Promise<SftpServer> {
  const host = utils.generateKeyPairSync('ed25519')
  const client = utils.generateKeyPairSync('ed25519')
  const clientPublic = utils.parseKey(client.public)
  if (clientPublic instanceof Error || Array.isArray(clientPublic)) throw new Error('no key')
  const allowed = clientPublic.getPublicSSH()
  const open = new Set<{ end(): void }>()
  const server = new Server({ hostKeys: [host.private] }, (connection) => {
    ;(connection as unknown as { setNoDelay(is: boolean): void }).setNoDelay(true)
    open.add(connection)
    connection.on('close', () => open.delete(connection)).on('error', () => {})
    connection.on('authentication', (context) => {
      const isUser = context.username === user
      if (context.method === 'password' && isUser && context.password === password) return context.accept()
      const isKey = context.method === 'publickey' && context.key.data.equals(allowed)
      if (!isKey || !isUser) return context.reject(['publickey', 'password'])
      if (context.method !== 'publickey' || context.signature === undefined || context.blob === undefined)
        return context.accept()
      const isSigned = clientPublic.verify(context.blob, context.signature, context.hashAlgo) === true
      return isSigned ? context.accept() : context.reject()
    })
    connection.on('session', (accept) => {
      accept().on('sftp', (begin) => serve(begin(), folder, (bytes) => meter(bytes, connection)))
    })
  })
  const place = {
    port: 0,
    knownHost: '',
    clientKey: client.private,
    dropAfterBytes: null as number | null,
    async close() {
      for (const connection of open) connection.end()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
  const meter = (bytes: number, connection: { end(): void }): boolean => {
    if (place.dropAfterBytes === null) return true
    place.dropAfterBytes -= bytes
    if (place.dropAfterBytes > 0) return true
    connection.end()
    return false
  }
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  place.port = (server.address() as { port: number }).port
  place.knownHost = `[127.0.0.1]:${place.port} ${host.public.trim()}\n`
  return place
}

function serve(sftp: SFTPWrapper, folder: string, meter: (bytes: number) => boolean): void {
  const handles = new Map<string, { file?: number; entries?: string[]; path: string }>()
  const inside = (path: string): string => join(folder, posix.join('/', path))
  const handle = (state: { file?: number; entries?: string[]; path: string }): Buffer => {
    const id = randomBytes(4)
    handles.set(id.toString('hex'), state)
    return id
  }
  const of = (id: Buffer) => handles.get(id.toString('hex')) ?? { path: '' }
  /** Answers with what the work says, or with the code that fits its error. */
  const answering = (request: number, work: () => void): void => {
    try {
      work()
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if (code === 'ENOENT') sftp.status(request, STATUS_CODE.NO_SUCH_FILE)
      else if (code === 'EACCES' || code === 'EROFS') sftp.status(request, STATUS_CODE.PERMISSION_DENIED)
      else sftp.status(request, STATUS_CODE.FAILURE, String(code))
    }
  }
  const done = (request: number, work: () => void): void =>
    answering(request, () => {
      work()
      sftp.status(request, STATUS_CODE.OK)
    })
  sftp.on('OPEN', (request, path, flags) =>
    answering(request, () => {
      const isWrite = (flags & OPEN_MODE.WRITE) !== 0
      sftp.handle(request, handle({ file: fs.openSync(inside(path), isWrite ? 'w' : 'r'), path: inside(path) }))
    }),
  )
  sftp.on('READ', (request, id, offset, length) =>
    answering(request, () => {
      const bytes = Buffer.alloc(length)
      const read = fs.readSync(of(id).file ?? -1, bytes, 0, length, offset)
      if (read === 0) sftp.status(request, STATUS_CODE.EOF)
      else sftp.data(request, bytes.subarray(0, read))
    }),
  )
  sftp.on('WRITE', (request, id, offset, bytes) => {
    if (!meter(bytes.length)) return
    done(request, () => fs.writeSync(of(id).file ?? -1, bytes, 0, bytes.length, offset))
  })
  sftp.on('CLOSE', (request, id) =>
    done(request, () => {
      const { file } = of(id)
      if (file !== undefined) fs.closeSync(file)
      handles.delete(id.toString('hex'))
    }),
  )
  sftp.on('OPENDIR', (request, path) =>
    answering(request, () =>
      sftp.handle(request, handle({ entries: fs.readdirSync(inside(path)), path: inside(path) })),
    ),
  )
  sftp.on('READDIR', (request, id) =>
    answering(request, () => {
      const state = of(id)
      const names = state.entries?.splice(0) ?? []
      if (names.length === 0) return sftp.status(request, STATUS_CODE.EOF)
      const entries = names.map((filename): FileEntry => {
        const attrs = attributes(join(state.path, filename))
        return { filename, longname: filename, attrs }
      })
      return sftp.name(request, entries)
    }),
  )
  const stat = (request: number, path: string): void =>
    answering(request, () => sftp.attrs(request, attributes(inside(path))))
  sftp.on('STAT', stat).on('LSTAT', stat)
  sftp.on('FSTAT', (request, id) => answering(request, () => sftp.attrs(request, attributes(of(id).path))))
  sftp.on('FSETSTAT', (request) => sftp.status(request, STATUS_CODE.OK))
  sftp.on('SETSTAT', (request) => sftp.status(request, STATUS_CODE.OK))
  sftp.on('MKDIR', (request, path) => done(request, () => void fs.mkdirSync(inside(path))))
  sftp.on('RMDIR', (request, path) => done(request, () => fs.rmdirSync(inside(path))))
  sftp.on('REMOVE', (request, path) => done(request, () => fs.unlinkSync(inside(path))))
  sftp.on('RENAME', (request, from, to) => done(request, () => fs.renameSync(inside(from), inside(to))))
}

function attributes(path: string): Attributes {
  const { mode, uid, gid, size, atimeMs, mtimeMs } = fs.statSync(path)
  return { mode, uid, gid, size, atime: Math.floor(atimeMs / 1000), mtime: Math.floor(mtimeMs / 1000) }
}
