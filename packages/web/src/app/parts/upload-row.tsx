import type { AcceptedUpload, RefusedCapture } from '../answers.ts'
import { useShowing } from '../session/showing.tsx'

/** One file on its way to the service. */
export interface Upload {
  readonly file: File
  readonly percent: number
  readonly accepted: AcceptedUpload | null
  readonly problem: string | null
  readonly refusal: RefusedCapture | null
}

export function newUpload(file: File): Upload {
  return { file, percent: 0, accepted: null, problem: null, refusal: null }
}

/** How far a file is, where its analysis is, or why it was refused and what helps. */
export function UploadRow({ upload }: { upload: Upload }) {
  const { words } = useShowing()
  const { file, percent, accepted, problem, refusal } = upload
  return (
    <li class="card upload">
      <div class="upload-head">
        <strong>{file.name}</strong>
        <span class="quiet">{stateOf(upload)}</span>
      </div>
      {accepted === null && problem === null && (
        <progress max={100} value={percent} aria-label={`${words.uploads}: ${file.name}`} />
      )}
      {accepted !== null && (
        <p>
          <a href={`/progress/${accepted.task_id}`}>{words.follow}</a>
          {accepted.already_analysed !== null && (
            <>
              {' '}
              {words.alreadyAnalysed}{' '}
              <a href={`/reports/${accepted.already_analysed.task_id}`}>{words.earlierReport}</a>
            </>
          )}
        </p>
      )}
      {problem !== null && (
        <div role="alert" class="problem">
          {refusal === null ? problem : <RefusalPanel refusal={refusal} />}
        </div>
      )}
    </li>
  )

  function stateOf({ accepted, problem, percent }: Upload): string {
    if (problem !== null) return words.refused
    if (accepted !== null) return words.accepted
    if (percent === 0) return words.waiting
    return percent === 100 ? words.checking : words.sending(percent)
  }
}

function RefusalPanel({ refusal }: { refusal: RefusedCapture }) {
  const { words } = useShowing()
  return (
    <>
      <h2>{refusal.title}</h2>
      <p>{refusal.description}</p>
      <h3>{words.found}</h3>
      <ul>
        {refusal.detected_issues.map((issue) => (
          <li key={issue}>{issue}</li>
        ))}
      </ul>
      <h3>{words.todo}</h3>
      <ul>
        {refusal.suggestions.map((suggestion) => (
          <li key={suggestion}>{suggestion}</li>
        ))}
      </ul>
      <p>
        <a href={refusal.wireshark_link} rel="noreferrer">
          {words.moreHelp}
        </a>
      </p>
    </>
  )
}
