export { timeText } from './times.ts'
export { bytesText, countText, decimalText, durationText, pluralText, ratioText, shownValue } from './units.ts'
export { escapeUnseen } from './unseen.ts'
