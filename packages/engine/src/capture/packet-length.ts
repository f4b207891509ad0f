const MAX_PACKET_LENGTH = 262_144
const MAX_BIG_PACKET_LENGTH = 128 << 20

// USB (186), USB_LINUX (189), USB_LINUX_MMAPPED (220), DBUS (231), USBPCAP (249), USB_DARWIN (266), EBHSCR (279)
const bigPacketLinkTypes: readonly number[] = [186, 189, 220, 231, 249, 266, 279]

/** Captured bytes beyond which a record of this LINKTYPE_ number cannot be right; the limits that tshark has. */
export function maxPacketLength(linkType: number): number {
  return bigPacketLinkTypes.includes(linkType) ? MAX_BIG_PACKET_LENGTH : MAX_PACKET_LENGTH
}
