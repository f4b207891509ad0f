/** What the compiled core exports, see assembly/index.ts. Pointers are byte offsets in its memory. */
export interface CoreExports {
  readonly memory: WebAssembly.Memory
  start(mostUnacked: number, conversations: number, ownView: number, lists: number, tells: number): void
  headerPointer(): number
  segmentPointer(): number
  marchPointer(): number
  countsPointer(): number
  vlansPointer(): number
  captureRoom(bytes: number): number
  walk(): number
  takeTcp(): number
  takeUdp(): number
  noteQuic(frame: number): void
  noteQuicIds(): void
  gatherRtp(flow: number, direction: number, source: number): void
  rtpPackets(flow: number, direction: number): number
  forgetRtp(flow: number, direction: number): void
  takeConversation(): number
  flowPointer(index: number): number
  conversationPointer(index: number): number
  connectionPointer(index: number): number
  flowRecords(): number
  conversationRecords(): number
  liveFlows(): number
  tcpStreams(): number
  udpStreams(): number
  droppedUnacked(): number
  isClosed(index: number): number
  flowAddress(index: number, end: number): number
  joinConversation(index: number): number
  removeFlow(index: number): void
  rebuildFlows(): void
  toldPointer(): number
  settingsPointer(): number
  roundTripsPointer(): number
  oversizedSegments(): number
  endedRecords(connection: number, direction: number): number
  observedPointer(connection: number): number
  endExchanges(connection: number): number
  flushList(list: number): void
  writeStreams(transport: number): void
  writeConversations(version: number): void
  writeConnections(what: number): void
  countedStreams(transport: number): number
}
