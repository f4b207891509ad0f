export { buildPcap, buildPcapng, type FrameTimes, type TestFrame } from './captures.ts'
