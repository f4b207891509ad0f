import { type AddedText, addedInHistory, type GitBlob, stagedBlobs, trackedBlobs } from './git-files.ts'
import { type ScanOptions, type SecretFinding, scanText } from './scan-text.ts'
import { isSecretFile } from './secret-rules.ts'

/** Judges names and contents. */
export function judgeBlobs(blobs: readonly GitBlob[], options: ScanOptions = {}): SecretFinding[] {
  return blobs.flatMap(({ path, text, isBinary }) => {
    const byName: SecretFinding[] = isSecretFile(path)
      ? [{ file: path, line: 1, rule: 'secret-file', title: 'a file that holds secrets', fingerprint: `file:${path}` }]
      : []
    return [...byName, ...(isBinary ? [] : scanText(path, text, options))]
  })
}

/** What a commit would add. */
export function guardStaged(folder: string, options: ScanOptions = {}): SecretFinding[] {
  return judgeBlobs(stagedBlobs(folder), options)
}

/** Everything that is tracked now. */
export function guardTracked(folder: string, options: ScanOptions = {}): SecretFinding[] {
  return judgeBlobs(trackedBlobs(folder), options)
}

/** A finding with the commit that brought it in: the secret has to be changed, deleting the line is not enough. */
export interface HistoryFinding extends SecretFinding {
  readonly commit: string
}

/** Everything that was ever committed. */
export function guardHistory(folder: string, options: ScanOptions = {}): HistoryFinding[] {
  return addedInHistory(folder).flatMap(({ commit, path, text }: AddedText) =>
    judgeBlobs([{ path, text, isBinary: false }], options).map((finding) => ({ ...finding, commit })),
  )
}
