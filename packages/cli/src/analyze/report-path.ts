const ENDING = /\.(json|html)$/i

/** What the user named, without the ending that the files get. */
export function reportBase(base: string): string {
  return base.replace(ENDING, '')
}

/** `pcap_analysis_20240131_235959`, in local time as a folder shows it. */
export function defaultReportName(now: Date): string {
  const two = (value: number) => String(value).padStart(2, '0')
  const day = `${now.getFullYear()}${two(now.getMonth() + 1)}${two(now.getDate())}`
  return `pcap_analysis_${day}_${two(now.getHours())}${two(now.getMinutes())}${two(now.getSeconds())}`
}
