/** What a report says for sure. Pure. */

/** RFC 3464 §2.3.3: it came into a mailbox, or on its way beyond where reports are made. */
const ARRIVED: ReadonlySet<string | null> = new Set(['delivered', 'relayed', 'expanded']);

/** A report that tells of nobody, or whose recipients could not be read, says nothing. */
export const saysArrived = (recipients: readonly { readonly action: string | null }[]): boolean =>
  recipients.length > 0 && recipients.every(({ action }) => ARRIVED.has(action));
