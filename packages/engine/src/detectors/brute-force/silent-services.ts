import { type EndedFlow, isEstablished } from '../support/ended-flow.ts'
import { FAILED, GREETED, type Outcome, SUCCEEDED } from './attempts.ts'

/** A service that encrypts its answers; how an attempt went shows in how much the server said. */
interface SilentService {
  readonly name: string
  readonly ports: readonly number[]
  /** Payload from the initiator below which only greetings were exchanged. */
  readonly loginBytes: number
}

const ssh: SilentService = { name: 'SSH', ports: [22], loginBytes: 500 }

const services: readonly SilentService[] = [
  ssh,
  { name: 'RDP', ports: [3389], loginBytes: 300 },
  { name: 'VNC', ports: [5900, 5901, 5902], loginBytes: 20 },
  { name: 'WinRM', ports: [5986], loginBytes: 500 },
]

const nameByPort: ReadonlyMap<number, string> = new Map(
  services.flatMap(({ name, ports }) => ports.map((port) => [port, name])),
)

/** Name of the service on a port, '' when it is none of these; `isSsh` when a version banner was seen, on whatever port. */
export function silentService(port: number, isSsh: boolean): string {
  return isSsh ? ssh.name : (nameByPort.get(port) ?? '')
}

/**
 * How a connection to such a service went; null when it tells nothing: not established, or the initiator said not a word, as
 * monitors do. Whoever gets in is sent more than `sessionBytes`: a prompt, a screen, a file.
 */
export function silentOutcome(flow: EndedFlow, service: string, sessionBytes: number): Outcome | null {
  if (!isEstablished(flow) || flow.initiatorBytes === 0) return null
  if (flow.responderBytes >= sessionBytes || flow.initiatorBytes >= sessionBytes) return SUCCEEDED
  const { loginBytes } = services.find(({ name }) => name === service) ?? ssh
  return flow.initiatorBytes >= loginBytes ? FAILED : GREETED
}
