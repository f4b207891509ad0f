import { findField } from './fields.ts'
import { parseFilter } from './parse.ts'
import type { Operand, Test } from './syntax.ts'

/**
 * Whether a filter asks for bytes (`tcp.payload contains …`, `frame[20:4] == …`), so that its answers tell what stands in them.
 * @throws {EngineError} INVALID_FILTER
 */
export function readsPayload(filter: string): boolean {
  return testReads(parseFilter(filter))
}

function testReads(test: Test): boolean {
  switch (test.is) {
    case 'not':
      return testReads(test.test)
    case 'both':
    case 'either':
    case 'one':
      return testReads(test.left) || testReads(test.right)
    case 'exists':
      // that a protocol is there says nothing of its bytes
      return test.operand.is !== 'field' && operandReads(test.operand)
    case 'in':
      return operandReads(test.left) || test.set.some((element) => element.some(operandReads))
    case 'compare':
      return operandReads(test.left) || operandReads(test.right)
  }
}

function operandReads(operand: Operand): boolean {
  switch (operand.is) {
    case 'literal':
      return false
    case 'field': {
      const type = findField(operand.name)?.type
      return type === 'bytes' || type === 'protocol'
    }
    case 'slice':
      return operandReads(operand.of)
    case 'call':
      return operandReads(operand.argument)
    case 'and':
      return operandReads(operand.left) || operandReads(operand.right)
  }
}
