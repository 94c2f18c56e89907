/** Mailbox/* (RFC 8621 §2). */
import type { Clock } from '../../base/index.ts';
import { MAIL } from '../capabilities.ts';
import { changesMethod } from '../frames/changes.ts';
import { getMethod } from '../frames/get.ts';
import type { Store } from '../../store/index.ts';
import type { Method } from '../method.ts';
import { mailState } from '../state.ts';
import { COUNTS, mailboxId, mailboxOf, PROPERTIES } from './mailbox.ts';
import { mailboxQueryMethods } from './query.ts';
import { mailboxSetMethod } from './set.ts';

export function mailboxMethods(store: Store, clock: Clock): readonly Method[] {
  return [
    getMethod({
      type: 'Mailbox',
      capability: MAIL,
      properties: PROPERTIES,
      takes: {},
      async find({ account, ids }) {
        const state = await mailState(store, account, 'mailbox');
        const all = (await store.read('listMailboxes', { account })).map(mailboxOf);
        const list = ids === null ? all : all.filter(({ id }) => ids.includes(id));
        return { state, list: list.map((one) => ({ ...one })) };
      },
    }),
    changesMethod({
      type: 'Mailbox',
      capability: MAIL,
      store,
      changes: (since) => store.read('mailboxChanges', since),
      format: mailboxId,
      more: ({ updated, onlyCounts }) => ({ updatedProperties: updated.length > 0 && onlyCounts ? COUNTS : null }),
    }),
    ...mailboxQueryMethods(store),
    mailboxSetMethod(store, clock),
  ];
}
