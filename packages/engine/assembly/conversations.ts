import { Flow } from './flow-table'

/** Adds the frames and bytes of a flow to the conversation of its addresses. */
export function addToConversation(conversation: Flow, flow: Flow): void {
  // the low end is the same address in both, unless both addresses are equal; then there is but one direction
  const isSelf = memory.compare(changetype<usize>(conversation), changetype<usize>(conversation) + 16, 16) === 0
  const isSwapped = !isSelf && conversation.firstSender !== flow.firstSender
  if (isSelf) {
    conversation.frames0 += flow.frames0 + flow.frames1
    conversation.bytes0 += flow.bytes0 + flow.bytes1
    conversation.payload0 += flow.payload0 + flow.payload1
  } else {
    conversation.frames0 += isSwapped ? flow.frames1 : flow.frames0
    conversation.frames1 += isSwapped ? flow.frames0 : flow.frames1
    conversation.bytes0 += isSwapped ? flow.bytes1 : flow.bytes0
    conversation.bytes1 += isSwapped ? flow.bytes0 : flow.bytes1
    conversation.payload0 += isSwapped ? flow.payload1 : flow.payload0
    conversation.payload1 += isSwapped ? flow.payload0 : flow.payload1
  }
  if (conversation.firstFrame === 0 || flow.firstFrame < conversation.firstFrame) {
    conversation.firstFrame = flow.firstFrame
    conversation.firstTimeNs = flow.firstTimeNs
  }
  if (flow.lastFrame > conversation.lastFrame) {
    conversation.lastFrame = flow.lastFrame
    conversation.lastTimeNs = flow.lastTimeNs
  }
}
