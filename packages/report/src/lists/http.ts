import { endColumns, type ListDefinition } from './list.ts'
import { StreamEnds } from './stream-ends.ts'

/** Every HTTP/1 response with the request that it answers. */
export const http: ListDefinition = {
  id: 'http',
  description: 'every HTTP/1 response with the request it answers, and the time to its first and last byte',
  columns: [
    { key: 'frame', label: 'Frame', unit: 'frame' },
    { key: 'time', label: 'Time', unit: 'time' },
    { key: 'stream', label: 'Stream', unit: 'stream' },
    ...endColumns,
    { key: 'requestFrame', label: 'Request', unit: 'frame' },
    { key: 'method', label: 'Method', unit: 'text' },
    { key: 'host', label: 'Host', unit: 'text' },
    { key: 'uri', label: 'URI', unit: 'text' },
    { key: 'status', label: 'Status', unit: 'count' },
    { key: 'serverDelayNs', label: 'Until the first byte', unit: 'ns' },
    { key: 'sinceRequestNs', label: 'Until the last byte (http.time)', unit: 'ns' },
    { key: 'requestBodyBytes', label: 'Body of the request', unit: 'bytes' },
    { key: 'responseBodyBytes', label: 'Body of the response', unit: 'bytes' },
  ],
  create: (context) => {
    const ends = new StreamEnds(context)
    return {
      ...ends.on,
      httpRequest: ({ stream }) => {
        if (stream >= 0) ends.of('tcp', stream)
      },
      httpResponse: (response) => {
        if (response.stream < 0) return
        const { request } = response
        context.take([
          response.frame,
          context.time(response.timeNs),
          response.stream,
          ...ends.of('tcp', response.stream),
          request?.frame ?? null,
          request?.method ?? null,
          request?.host ?? null,
          request?.uri ?? null,
          response.status,
          response.serverDelayNs < 0 ? null : response.serverDelayNs,
          response.sinceRequestNs < 0 ? null : response.sinceRequestNs,
          request?.bodyBytes ?? null,
          response.bodyBytes,
        ])
      },
    }
  },
}
