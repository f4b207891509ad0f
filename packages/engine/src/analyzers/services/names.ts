/** Services by ALPN protocol (IANA registry). */
const alpnServices: Readonly<Record<string, string>> = {
  h2: 'HTTPS',
  'http/1.1': 'HTTPS',
  'http/1.0': 'HTTPS',
  h3: 'HTTP/3',
  dot: 'DNS over TLS',
  doq: 'DNS over QUIC',
  imap: 'IMAP',
  pop3: 'POP3',
  smb: 'SMB over QUIC',
  mqtt: 'MQTT',
  postgresql: 'PostgreSQL',
  'xmpp-client': 'XMPP',
  ftp: 'FTP',
  'apns-security-v3': 'Apple push',
  'apns-pack-v1': 'Apple push',
  grpc: 'gRPC',
  'grpc-exp': 'gRPC',
}

/** Ends of server names that say more than the protocol does. */
const nameServices: readonly { readonly end: string; readonly service: string }[] = [
  { end: '.googlevideo.com', service: 'YouTube video' },
  { end: '.nflxvideo.net', service: 'Netflix video' },
  { end: '.windowsupdate.com', service: 'Windows update' },
  { end: '.delivery.mp.microsoft.com', service: 'Windows update' },
  { end: 'dns.google', service: 'DNS over HTTPS' },
  { end: 'cloudflare-dns.com', service: 'DNS over HTTPS' },
  { end: 'dns.quad9.net', service: 'DNS over HTTPS' },
  { end: '.push.apple.com', service: 'Apple push' },
]

/** Service of the first ALPN protocol that is known; null when there is none. */
export function serviceOfAlpn(protocols: readonly string[]): string | null {
  for (const protocol of protocols) {
    const service = alpnServices[protocol] ?? (protocol.startsWith('h3-') ? 'HTTP/3' : undefined)
    if (service !== undefined) return service
  }
  return null
}

/** Service that a server name tells by itself; null when it does not. */
export function serviceOfName(name: string | null): string | null {
  if (name === null) return null
  for (const { end, service } of nameServices) if (name.endsWith(end)) return service
  return null
}
