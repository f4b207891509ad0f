import type { DhcpMessage, DnsMessageEvent, HttpRequest, HttpResponse } from '../protocols/messages.ts'
import type { Field, FieldType, FieldValue } from './field.ts'
import type { FrameFacts } from './frame-facts.ts'

/** DNS, HTTP, TLS, SSH, DHCP. A message belongs to the frame that completes it. */
export const applicationFields: readonly Field[] = [
  dns('dns.id', 'number', 'transaction id', ({ id }) => id),
  dns('dns.flags.response', 'boolean', 'it is a response', ({ isResponse }) => (isResponse ? 1 : 0)),
  dns('dns.flags.opcode', 'number', 'kind of query', ({ opcode }) => opcode),
  dns('dns.flags.truncated', 'boolean', 'cut to fit', ({ isTruncated }) => (isTruncated ? 1 : 0)),
  dns('dns.flags.rcode', 'number', 'response code', ({ isResponse, rcode }) => (isResponse ? rcode : null)),
  dns('dns.qry.name', 'text', 'name of the first question', ({ name }) => name),
  dns('dns.qry.type', 'number', 'type of the first question', ({ type }) => type),
  dns('dns.count.answers', 'number', 'answers', ({ answerCount }) => answerCount),
  dns('dns.response_to', 'number', 'frame of the query', ({ responseTo }) => (responseTo === 0 ? null : responseTo)),
  dns('dns.time', 'duration', 'since the query', ({ responseTo, latencyNs }) => (responseTo === 0 ? null : latencyNs)),
  request('http.request', 'boolean', 'it is a request', () => 1),
  request('http.request.method', 'text', 'method', ({ method }) => method),
  request('http.request.uri', 'text', 'target as it stands', ({ uri }) => uri),
  request('http.host', 'text', 'Host header', ({ host }) => host),
  request('http.user_agent', 'text', 'User-Agent header', ({ userAgent }) => userAgent),
  response('http.response', 'boolean', 'it is a response', () => 1),
  response('http.response.code', 'number', 'status', ({ status }) => status),
  response('http.request_in', 'number', 'frame of the request', ({ requestFrame }) => requestFrame || null),
  response('http.time', 'duration', 'since the request', ({ sinceRequestNs }) =>
    sinceRequestNs < 0 ? null : sinceRequestNs,
  ),
  {
    name: 'tls.handshake.type',
    type: 'number',
    description: '1 client hello, 2 server hello, 11 certificate; others are not told',
    known: [1, 2, 11],
    read: (frame) => [
      ...frame.clientHellos.map(() => 1),
      ...frame.serverHellos.map(() => 2),
      ...(frame.hasCertificate ? [11] : []),
    ],
  },
  {
    name: 'tls.handshake.extensions_server_name',
    type: 'text',
    description: 'server name of the client hello',
    read: ({ clientHellos }) => clientHellos.flatMap(({ hello }) => hello.sni ?? []),
  },
  {
    name: 'tls.handshake.ja3',
    type: 'text',
    description: 'JA3 of the client hello',
    read: ({ clientHellos }) => clientHellos.flatMap(({ ja3 }) => ja3 ?? []),
  },
  {
    name: 'tls.handshake.ja4',
    type: 'text',
    description: 'JA4 of the client hello (Wireshark 4.2 and later)',
    read: ({ clientHellos }) => clientHellos.flatMap(({ ja4 }) => ja4 ?? []),
  },
  {
    name: 'tls.alert_message.level',
    type: 'number',
    description: '1 warning, 2 fatal, of alerts in clear',
    read: ({ alerts }) => alerts.map(({ level }) => level),
  },
  {
    name: 'tls.alert_message.desc',
    type: 'number',
    description: 'what the alert is about',
    read: ({ alerts }) => alerts.map(({ description }) => description),
  },
  {
    name: 'ssh.protocol',
    type: 'text',
    description: 'banner',
    read: ({ sshBanners }) => sshBanners.map(({ text }) => text),
  },
  dhcp('dhcp.type', 'number', '1 request, 2 reply', ({ operation }) => operation),
  dhcp('dhcp.id', 'number', 'transaction id', ({ transactionId }) => transactionId),
  dhcp('dhcp.option.dhcp', 'number', 'message type', ({ messageType }) => messageType),
  dhcp('dhcp.option.hostname', 'text', 'host name', ({ hostName }) => hostName),
]

function dns(
  name: string,
  type: FieldType,
  description: string,
  value: (message: DnsMessageEvent) => FieldValue | null,
): Field {
  return ofEach(name, type, description, (frame) => frame.dns, value)
}

function request(
  name: string,
  type: FieldType,
  description: string,
  value: (message: HttpRequest) => FieldValue | null,
): Field {
  return ofEach(name, type, description, (frame) => frame.httpRequests, value)
}

function response(
  name: string,
  type: FieldType,
  description: string,
  value: (message: HttpResponse) => FieldValue | null,
): Field {
  return ofEach(name, type, description, (frame) => frame.httpResponses, value)
}

function dhcp(
  name: string,
  type: FieldType,
  description: string,
  value: (message: DhcpMessage) => FieldValue | null,
): Field {
  return ofEach(name, type, description, (frame) => frame.dhcp, value)
}

function ofEach<Message>(
  name: string,
  type: FieldType,
  description: string,
  messages: (frame: FrameFacts) => readonly Message[],
  value: (message: Message) => FieldValue | null,
): Field {
  const read = (frame: FrameFacts) => messages(frame).flatMap((message) => value(message) ?? [])
  return { name, type, description, read }
}
