/** Ports that analyzers of Zeek's default scripts register: what answers there is taken for the server even if it is seen first. */
const tcpPorts = new Set([
  21, 22, 25, 53, 80, 81, 88, 102, 110, 135, 139, 143, 389, 443, 445, 465, 502, 514, 563, 585, 587, 614, 631, 636, 989,
  990, 992, 993, 995, 1080, 1812, 1883, 2811, 3128, 3268, 3306, 3389, 5222, 5223, 5269, 5432, 5900, 6379, 6666, 6667,
  6668, 6669, 8000, 8080, 8888, 20000,
])
const udpPorts = new Set([
  53, 67, 69, 88, 123, 137, 161, 162, 389, 443, 500, 514, 1812, 2123, 2152, 3389, 3544, 4011, 4789, 5060, 5072, 5353,
  5355, 6081, 20000,
])

/** True when the sender of the first packet is taken for the responder: it speaks from a server's port to one that is none. */
export function speaksAsServer(transport: 'tcp' | 'udp', port: number, peerPort: number): boolean {
  const ports = transport === 'tcp' ? tcpPorts : udpPorts
  return ports.has(port) && !ports.has(peerPort)
}
