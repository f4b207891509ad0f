/** Why something failed, read out at once. */
export function Problem({ text }: { text: string | null }) {
  return (
    <div role="alert" class={text === null ? '' : 'problem'}>
      {text}
    </div>
  )
}
