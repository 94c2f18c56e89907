/** A message at a provider, as it is shown before it is collected or deleted there. */
import type { SeenMessage } from '../../collect/index.ts';
import { decodeHeaderText, fieldValues, parseMailboxes } from '../../mail/index.ts';
import type { Properties } from '../method.ts';

/** `hasHeader`: whether the server showed it at all. */
export function seenJson({ number, uidl, octets, fields }: SeenMessage): Properties {
  const of = (name: string): string => (fieldValues(fields ?? [], name)[0] ?? '').trim();
  const [from] = parseMailboxes(of('from')).mailboxes;
  return {
    number,
    uidl,
    size: octets,
    hasHeader: fields !== undefined,
    subject: decodeHeaderText(of('subject')),
    from:
      from === undefined ? null : { name: from.name ?? null, email: `${from.address.local}@${from.address.domain}` },
  };
}
