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
  udpDatagram,
  udpFrame,
} from './frames.ts'
export { addressBytes, type Host, type IpFields, ipFrame, macBytes } from './ip-frame.ts'
export { absoluteTime, type SegmentOptions, TcpConversation } from './tcp-conversation.ts'
