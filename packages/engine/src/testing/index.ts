export { buildPcap, buildPcapng, type FrameTimes, type TestFrame } from './captures.ts'
export {
  dnsMessage,
  type Endpoint,
  icmpFrame,
  inVlan,
  synOptions,
  type TcpFields,
  tcpFrame,
  timestampOptions,
  udpFrame,
} from './frames.ts'
export { absoluteTime, type SegmentOptions, TcpConversation } from './tcp-conversation.ts'
