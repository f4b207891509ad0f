import { join } from 'node:path'
import type { Config } from '../config/config.ts'
import type { Blobs } from './blobs.ts'
import { DirectoryBlobs } from './directory.ts'
import { S3Blobs } from './s3.ts'

/** The store that the configuration names. */
export function openBlobs({ values }: Config): Blobs {
  if (values.STORAGE === 'directory') return new DirectoryBlobs(values.DATA_DIR ?? 'data')
  return new S3Blobs({
    endpoint: values.S3_ENDPOINT ?? '',
    region: values.S3_REGION ?? 'auto',
    accessKeyId: values.S3_ACCESS_KEY_ID ?? '',
    secretAccessKey: values.S3_SECRET_ACCESS_KEY ?? '',
    temporaryFolder: join(values.DATA_DIR ?? 'data', 'tmp'),
  })
}
