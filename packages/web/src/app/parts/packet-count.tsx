import { numberText } from '../format.ts'
import { useShowing } from '../session/showing.tsx'

/** A number of packets; what is only estimated is marked so, and read out so. */
export function PacketCount({ count, isEstimate }: { count: number | null; isEstimate: boolean }) {
  const { words, language } = useShowing()
  if (count === null) return <>–</>
  return (
    <>
      {isEstimate && (
        <>
          <span aria-hidden="true">≈&nbsp;</span>
          <span class="visually-hidden">{words('about')} </span>
        </>
      )}
      {numberText(count, language)}
    </>
  )
}
