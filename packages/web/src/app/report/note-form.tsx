import { useEffect, useRef } from 'preact/hooks'
import { useForm } from '../forms/use-form.tsx'
import type { Language } from '../preferences.ts'
import { reportWords } from '../words/report.ts'
import { type Note, tagsOf } from './notes.ts'

interface NoteFormProps {
  readonly language: Language
  readonly note: Note | undefined
  readonly onSave: (note: string, tags: readonly string[]) => Promise<void>
}

/** Where a note on a finding is written; the focus goes to its text. */
export function NoteForm({ language, note, onSave }: NoteFormProps) {
  const words = reportWords[language]
  const root = useRef<HTMLDivElement>(null)
  useEffect(() => root.current?.querySelector('textarea')?.focus(), [])
  const written = { note: note?.note ?? '', tags: note?.tags.join(', ') ?? '' }
  const form = useForm(written, ({ note: text, tags }) => onSave(text, tagsOf(tags)))
  return (
    <div ref={root}>
      <form.AppForm>
        <form.Frame class="form note-form" problem={form.problem}>
          <form.AppField name="note">
            {(field) => <field.TextArea label={words('note')} rows={3} maxLength={4000} />}
          </form.AppField>
          <form.AppField name="tags">
            {(field) => <field.TextField label={words('tags')} autocomplete="off" maxLength={800} isRequired={false} />}
          </form.AppField>
          <form.Send>{words('saveNote')}</form.Send>
        </form.Frame>
      </form.AppForm>
    </div>
  )
}
