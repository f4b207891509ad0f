import type { RefusedCapture } from '../answers.ts'
import { refusalText } from '../refusal-text.ts'
import { useShowing } from '../session/showing.tsx'
import { uploadWords } from '../words/upload.ts'
import type { UploadState } from './upload-state.ts'

interface UploadRowProps {
  readonly upload: UploadState
  readonly onPause: () => void
  readonly onResume: () => void
  readonly onSendAgain: () => void
}

/** How far a file is, where its analysis is, or why it was refused and what helps. */
export function UploadRow({ upload, onPause, onResume, onSendAgain }: UploadRowProps) {
  const { words: general, language } = useShowing()
  const words = uploadWords[language]
  const { file, is, percent, sha256, taskId, earlierTaskId, problem, refusal } = upload
  const isUnderWay = is === 'sending' || is === 'paused' || is === 'checking' || is === 'hashing' || is === 'waiting'
  return (
    <li class="card upload">
      <div class="upload-head">
        <strong>{file.name}</strong>
        <span class="quiet">
          {words(`states.${is}`)}
          {(is === 'sending' || is === 'paused') && ` ${words('percent', { percent })}`}
        </span>
      </div>
      {isUnderWay && <progress max={100} value={percent} aria-label={`${general('uploads')}: ${file.name}`} />}
      {sha256 !== null && (
        <p class="quiet hash">
          {words('hash')} <code>{sha256}</code>
        </p>
      )}
      <div class="buttons">
        {is === 'sending' && (
          <button type="button" onClick={onPause}>
            {words('pause')}
          </button>
        )}
        {is === 'paused' && (
          <button type="button" onClick={onResume}>
            {words('resume')}
          </button>
        )}
        {taskId !== null && <a href={`/progress/${taskId}`}>{general('follow')}</a>}
        {is === 'known' && (
          <>
            <span>{general('alreadyAnalysed')}</span>
            <a href={`/reports/${earlierTaskId}`}>{general('earlierReport')}</a>
            <button type="button" onClick={onSendAgain}>
              {words('analyseAnyway')}
            </button>
          </>
        )}
        {is === 'refused' && refusal === null && (
          <button type="button" onClick={onSendAgain}>
            {words('again')}
          </button>
        )}
      </div>
      {problem !== null && (
        <div role="alert" class="problem">
          {refusal === null ? (
            typeof problem === 'string' ? (
              problem
            ) : (
              refusalText(problem.error, language)
            )
          ) : (
            <RefusalPanel refusal={refusal} />
          )}
        </div>
      )}
    </li>
  )
}

function RefusalPanel({ refusal }: { refusal: RefusedCapture }) {
  const { words } = useShowing()
  return (
    <>
      <h2>{refusal.title}</h2>
      <p>{refusal.description}</p>
      <h3>{words('found')}</h3>
      <ul>
        {refusal.detected_issues.map((issue) => (
          <li key={issue}>{issue}</li>
        ))}
      </ul>
      <h3>{words('todo')}</h3>
      <ul>
        {refusal.suggestions.map((suggestion) => (
          <li key={suggestion}>{suggestion}</li>
        ))}
      </ul>
      <p>
        <a href={refusal.wireshark_link} rel="noreferrer">
          {words('moreHelp')}
        </a>
      </p>
    </>
  )
}
