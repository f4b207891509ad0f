import { allocate } from './memory'

/** From when on observers call something remarkable, written by the host; the order is that of src/core/observers.ts. */
@unmanaged
export class ObserverSettings {
  /** Observers are at work. */
  isOn: i32
  smallWindowBytes: i32
  /** The part of address pairs that the host listens to, as in Pipeline. */
  partIndex: i32
  partCount: i32
  silenceNs: f64
  slowServerNs: f64
  /** Exchanges that took less are not among the slowest; raised by the host. */
  leastListedNs: f64
  clockStepNs: f64
  queueNs: f64
}

export const settings = changetype<ObserverSettings>(allocate(offsetof<ObserverSettings>()))
