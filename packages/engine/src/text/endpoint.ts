/** Address and port as people write them: `192.0.2.1:80`, `[2001:db8::1]:80`. */
export function endpointText(address: string, port: number): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`
}
