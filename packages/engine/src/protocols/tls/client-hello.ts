import { type ClientOffer, NOTHING_OFFERED, type RememberedOffer, rememberOffer } from './client-offer.ts'
import type { HelloPart } from './extensions.ts'
import { HelloPlaces } from './hello-places.ts'
import { byteText } from './vector-reader.ts'

/** What a client says. Numbers are as on the wire, in order, GREASE values (RFC 8701) included. */
export interface ClientHello extends ClientOffer {
  /** First name of server_name, one character a byte. */
  readonly sni: string | null
  /** Null when all was read. */
  readonly stoppedAt: HelloPart | null
}

/** A ClientHello with its offer, which all hellos have in common that offer the same. */
export interface ReadHello {
  readonly hello: ClientHello
  readonly remembered: RememberedOffer
}

/** A hello with nothing in it. */
export function emptyClientHello(): ClientHello {
  return { ...NOTHING_OFFERED, sni: null, stoppedAt: null }
}

const places = new HelloPlaces()

/**
 * Reads the body of a ClientHello, that is what follows the four bytes of the handshake header (RFC 8446 §4.1.2, RFC 5246 §7.4.1.2).
 * Never throws: a body that is cut or lies about a length gives what stands before that place, and `stoppedAt` names it.
 * Its lists are shared with the hellos that offer the same, so a hello costs one object mostly.
 */
export function readClientHello(bytes: Uint8Array, start: number, end: number): ReadHello {
  places.find(bytes, start, Math.min(end, bytes.length))
  const remembered = rememberOffer(bytes, places)
  const sni = places.sniEnd > places.sniStart ? byteText(bytes, places.sniStart, places.sniEnd) : null
  return { hello: { ...remembered.offer, sni, stoppedAt: places.stoppedAt }, remembered }
}
