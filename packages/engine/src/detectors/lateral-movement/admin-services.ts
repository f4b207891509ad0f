interface AdminService {
  readonly name: string
  readonly ports: readonly number[]
  /** Technique of MITRE ATT&CK. */
  readonly attack: string
  /** True where few but administrators ever connect. */
  readonly isRare: boolean
}

/** Services by which somebody works on another host. */
const services: readonly AdminService[] = [
  { name: 'SSH', ports: [22], attack: 'T1021.004', isRare: false },
  { name: 'SMB', ports: [139, 445], attack: 'T1021.002', isRare: false },
  { name: 'RPC', ports: [135, 593], attack: 'T1047', isRare: false },
  { name: 'RDP', ports: [3389], attack: 'T1021.001', isRare: true },
  { name: 'WinRM', ports: [5985, 5986], attack: 'T1021.006', isRare: true },
  { name: 'VNC', ports: [5900, 5901], attack: 'T1021.005', isRare: true },
]

const adminPorts: ReadonlySet<number> = new Set(services.flatMap(({ ports }) => ports))

/** True for the port of a service for administration. */
export function isAdminPort(port: number): boolean {
  return adminPorts.has(port)
}

/** Services of these ports, each once, in the order of the list. */
export function adminServices(ports: ReadonlySet<number>): readonly AdminService[] {
  return services.filter((service) => service.ports.some((port) => ports.has(port)))
}
