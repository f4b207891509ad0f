import { escapeUnseen } from '@pcap-analyzer/viewer'
import { useEffect, useRef, useState } from 'preact/hooks'
import { timeText } from '../format.ts'
import { useLater } from '../parts/use-later.ts'
import type { Language } from '../preferences.ts'
import { reportWords } from '../words/report.ts'
import type { Note } from './notes.ts'

const loadNoteForm = () => import('./note-form.tsx').then(({ NoteForm }) => NoteForm)

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
  const root = useRef<HTMLDivElement>(null)
  const wasOpen = useRef(false)
  useEffect(() => {
    if (!isOpen && wasOpen.current) root.current?.querySelector('button')?.focus()
    wasOpen.current = isOpen
  }, [isOpen])
  const NoteForm = useLater(loadNoteForm, isOpen)
  const save = async (text: string, tags: readonly string[]) => {
    if ((await onSave?.(text, tags)) === true) setOpen(false)
  }
  return (
    <div ref={root} class="block finding-extras">
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
      {NoteForm !== null && <NoteForm language={language} note={note} onSave={save} />}
    </div>
  )
}
