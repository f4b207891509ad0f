/** Tells this open page from others of the same user, whose filters go on beside its own. */
export const windowId = [...crypto.getRandomValues(new Uint8Array(12))]
  .map((byte) => byte.toString(16).padStart(2, '0'))
  .join('')
