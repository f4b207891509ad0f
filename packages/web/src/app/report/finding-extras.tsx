import { escapeUnseen } from '@pcap-analyzer/viewer'
import { useEffect, useRef, useState } from 'preact/hooks'
import { timeText } from '../format.ts'
import { useForm } from '../forms/use-form.tsx'
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
  const root = useRef<HTMLDivElement>(null)
  const wasOpen = useRef(false)
  useEffect(() => {
    if (isOpen) root.current?.querySelector('textarea')?.focus()
    else if (wasOpen.current) root.current?.querySelector('button')?.focus()
    wasOpen.current = isOpen
  }, [isOpen])
  const written = { note: note?.note ?? '', tags: note?.tags.join(', ') ?? '' }
  const form = useForm(written, async ({ note: text, tags }) => {
    if ((await onSave?.(text, tagsOf(tags))) === true) setOpen(false)
  })
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
      {isOpen && (
        <form.AppForm>
          <form.Frame class="form note-form" problem={form.problem}>
            <form.AppField name="note">
              {(field) => <field.TextArea label={words('note')} rows={3} maxLength={4000} />}
            </form.AppField>
            <form.AppField name="tags">
              {(field) => (
                <field.TextField label={words('tags')} autocomplete="off" maxLength={800} isRequired={false} />
              )}
            </form.AppField>
            <form.Send>{words('saveNote')}</form.Send>
          </form.Frame>
        </form.AppForm>
      )}
    </div>
  )
}
