import type { Scenario } from './scenario.ts'
import { serverErrors, slowClient, slowResponses, slowServer } from './stories/http.ts'
import { burstLoss, lossAfterCapture, lossBeforeCapture, reordering, tailLoss } from './stories/tcp-loss.ts'
import { satelliteWindow, slowReader, zeroWindow } from './stories/tcp-windows.ts'

/** All scenarios, in the order of the list. */
export const scenarios: readonly Scenario[] = [
  lossBeforeCapture,
  lossAfterCapture,
  burstLoss,
  tailLoss,
  reordering,
  zeroWindow,
  slowReader,
  satelliteWindow,
  slowServer,
  slowResponses,
  serverErrors,
  slowClient,
]
