/**
 * Whether a message goes in a circle (RFC 5321 §6.3): it has seen too many servers, or it was filed
 * or forwarded for the same final address before. Our own name in a Received field is no proof: a
 * mailing list brings our own mail home.
 */
import { countReceived, fieldValues, formatAddress, parseAddress, refusal, sameAddress } from '../mail/index.ts';
import type { Address, HeaderField, Reply } from '../mail/index.ts';
import type { RoutedRecipient } from './arrival.ts';

/** RFC 5321 §6.3: at least 100 Received fields are let pass before a loop is suspected. */
const MOST_HOPS = 100;

export function tooManyHops(fields: readonly HeaderField[]): Reply | undefined {
  return countReceived(fields) < MOST_HOPS
    ? undefined
    : refusal(554, '5.4.6', `The message has passed through ${MOST_HOPS} servers: it goes in a circle`, 'loop-hops');
}

/** The addresses that the message says it was delivered to. */
export function deliveredBefore(fields: readonly HeaderField[]): readonly Address[] {
  return fieldValues(fields, 'delivered-to').flatMap((value) => parseAddress(value, { utf8: true }) ?? []);
}

/** Why this recipient gets no second copy; `before` is what {@link deliveredBefore} found. */
export function deliveredAgain(recipient: RoutedRecipient, before: readonly Address[]): Reply | undefined {
  if (before.length === 0) return undefined;
  const again = finalAddresses(recipient).find((address) => before.some((other) => sameAddress(address, other)));
  if (again === undefined) return undefined;
  // Named as the sender wrote it: where an alias leads is nobody's business (RFC 5321 §7.2).
  const named = formatAddress(recipient.recipient.address);
  return refusal(
    554,
    '5.4.6',
    `The message was delivered to ${named} before: it goes in a circle`,
    'loop-delivered-to',
  );
}

/** Where we would write a Delivered-To: mailboxes here, and aliases that lead elsewhere. */
function finalAddresses({ recipient, targets }: RoutedRecipient): readonly Address[] {
  return targets.flatMap((target) =>
    target.kind === 'account' ? [target.address] : target.via.length > 0 ? [recipient.address] : [],
  );
}
