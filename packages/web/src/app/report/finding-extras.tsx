import { escapeUnseen } from '@pcap-analyzer/viewer'
import { useState } from 'preact/hooks'
import { timeText } from '../format.ts'
import type { Language } from '../preferences.ts'
import { reportWords } from '../words/report.ts'
import { type Note, tagsOf } from './notes.ts'

interface FindingExtrasProps {
  readonly language: Language
  readonly note: Note | undefined
  /** Address of the frames that prove the finding; null when they may not be had. */
  readonly evidence: string | null
  /** Null for those who may only read. Resolves to whether it was saved. */
  readonly onSave: ((note: string, tags: readonly string[]) => Promise<boolean>) | null
}

/** Below a finding: its frames to download, and what people wrote about it. */
export function FindingExtras({ language, note, evidence, onSave }: FindingExtrasProps) {
  const words = reportWords[language]
  const [isOpen, setOpen] = useState(false)
  const save = async (event: SubmitEvent) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget as HTMLFormElement)
    const isSaved = await onSave?.(String(form.get('note') ?? ''), tagsOf(String(form.get('tags') ?? '')))
    if (isSaved === true) setOpen(false)
  }
  return (
    <div class="block finding-extras">
      {note !== undefined && !isOpen && (
        <blockquote class="finding-note">
          <p>{escapeUnseen(note.note, '\n')}</p>
          {note.tags.map((tag) => (
            <span class="tag" key={tag}>
              {escapeUnseen(tag)}
            </span>
          ))}
          <footer class="quiet">
            {words('noteBy', { author: note.author ?? '–', time: timeText(note.updated_at, language) })}
          </footer>
        </blockquote>
      )}
      <div class="buttons">
        {evidence !== null && (
          <a href={evidence} download>
            {words('evidence')}
          </a>
        )}
        {onSave !== null && !isOpen && (
          <button type="button" onClick={() => setOpen(true)}>
            {words('editNote')}
          </button>
        )}
      </div>
      {isOpen && (
        <form class="form note-form" onSubmit={(event) => void save(event)}>
          <label>
            {words('note')}
            <textarea name="note" rows={3} maxLength={4000} value={note?.note ?? ''} />
          </label>
          <label>
            {words('tags')}
            <input name="tags" maxLength={800} value={note?.tags.join(', ') ?? ''} />
          </label>
          <button type="submit" class="primary">
            {words('saveNote')}
          </button>
        </form>
      )}
    </div>
  )
}
