/** What a client may make of a mailbox (RFC 8621 §2), and what the store's troubles are called. */
import { MAILBOX_ROLES } from '../../store/index.ts';
import type { MailboxFacts, MailboxRole, MailboxRow, MailboxTrouble } from '../../store/index.ts';
import { flag, id, nullable, object, oneOf, unsigned } from '../arguments.ts';
import type { Kind } from '../arguments.ts';
import { MAIL_LIMITS } from '../capabilities.ts';
import { invalidProperties, SetError } from '../errors.ts';
import type { PropertyRule, Rules } from '../frames/properties.ts';
import type { JsonObject } from '../json.ts';
import { COUNTS, mailboxId, mailboxNumber, rightsOn } from './mailbox.ts';

/** RFC 5198: NFC, and no control characters. */
const name: Kind<string> = {
  is: `a text of 1 to ${MAIL_LIMITS.maxSizeMailboxName} octets without control characters`,
  read(value) {
    if (typeof value !== 'string') return undefined;
    const text = normalName(value);
    const fits = text !== '' && Buffer.byteLength(text) <= MAIL_LIMITS.maxSizeMailboxName;
    return fits && !/[\p{Cc}\u2028\u2029]/u.test(text) ? text : undefined;
  },
};

function normalName(text: string): string {
  return text.normalize('NFC');
}

const sortOrder: Kind<number> = {
  is: 'an integer from 0 to 2^31-1',
  read(value) {
    const number = unsigned.read(value);
    return number !== undefined && number < 2 ** 31 ? number : undefined;
  },
};

const role: Kind<MailboxRole> = oneOf(...MAILBOX_ROLES);

const count: PropertyRule = { by: 'server', kind: unsigned, default: 0 };

export const RULES: Rules = {
  properties: {
    id: { by: 'server', kind: id },
    name: { by: 'client', kind: name },
    parentId: { by: 'client', kind: nullable(id), default: null, refers: 'id' },
    role: { by: 'client', kind: nullable(role), default: null },
    sortOrder: { by: 'client', kind: sortOrder, default: 0 },
    ...Object.fromEntries(COUNTS.map((one) => [one, count])),
    myRights: { by: 'server', kind: object, default: rightsOn(null) },
    isSubscribed: { by: 'client', kind: flag, default: true },
  },
};

/** What the store is told of properties that {@link RULES} let through. */
export function factsOf(properties: JsonObject): MailboxFacts | SetError {
  const { parentId } = properties;
  const parent = typeof parentId === 'string' ? mailboxNumber(parentId) : null;
  if (parent === undefined) return refusal('no-parent');
  return {
    name: normalName(properties['name'] as string),
    parent,
    role: properties['role'] as MailboxRole | null,
    sortOrder: properties['sortOrder'] as number,
    isSubscribed: properties['isSubscribed'] as boolean,
  };
}

/** Why a mailbox is not made, or changed, as wished; of a name that is taken it says whose. */
export function refusalAmong(rows: readonly MailboxRow[], wish: MailboxFacts, trouble: MailboxTrouble): SetError {
  const refused = refusal(trouble);
  if (trouble !== 'name-taken') return refused;
  const holder = rows.find(({ parent, name }) => (parent ?? null) === wish.parent && name === wish.name);
  const more = holder === undefined ? {} : { existingId: mailboxId(holder.id) };
  return new SetError(refused.type, undefined, { ...refused.more, ...more, passing: refused.passing });
}

/** RFC 8621 §2.5 and RFC 8620 §5.3. What another change of the same call may lift is `passing`. */
export function refusal(trouble: MailboxTrouble): SetError {
  const passing = true;
  switch (trouble) {
    case 'missing':
      return new SetError('notFound');
    case 'no-parent':
      return invalidProperties(['parentId'], 'There is no such parent.');
    case 'circle':
      return new SetError('invalidProperties', 'A mailbox would lie in itself.', { properties: ['parentId'], passing });
    case 'name-taken':
      return new SetError('invalidProperties', 'Its parent has another mailbox of that name.', {
        properties: ['name'],
        passing,
      });
    case 'role-taken':
      return new SetError('invalidProperties', 'Another mailbox has that role.', { properties: ['role'], passing });
    case 'has-child':
      return new SetError('mailboxHasChild', 'There are mailboxes in it.', { passing });
    case 'has-email':
      return new SetError('mailboxHasEmail', 'There is mail in it.');
    case 'is-inbox':
      return new SetError('forbidden', 'The Inbox stays what and where it is: mail arrives there.');
    case 'too-many':
      return new SetError('overQuota', 'The account has as many mailboxes as it may have.');
  }
}

export function tooDeep(): SetError {
  return invalidProperties(['parentId'], `Mailboxes lie in each other at most ${MAIL_LIMITS.maxMailboxDepth} deep.`);
}
