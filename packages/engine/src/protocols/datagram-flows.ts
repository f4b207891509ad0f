/** What dissectors say of UDP flows: which frames are QUIC, and how far they look into datagrams, so that those nobody reads need not be shown. */
export interface DatagramFlows {
  noteQuic(frame: number): void
  /** Ids of QUIC connections are known, so datagrams with a short header may be recognised by them. */
  noteQuicIds(): void
  read(flow: number): void
  /** Datagrams with a short header only get the name of QUIC (RFC 9000 §17.3). */
  nameShortHeaders(flow: number): void
  /** No protocol owns the ports: only datagrams that may be QUIC or DNS are looked at. */
  guess(flow: number): void
}

/** For those who are shown every datagram anyway. */
export const allDatagramsShown: DatagramFlows = {
  noteQuic: () => {},
  noteQuicIds: () => {},
  read: () => {},
  nameShortHeaders: () => {},
  guess: () => {},
}
