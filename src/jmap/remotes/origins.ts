/** Where emails came from, and the rest of those whose header alone is here. */
import { id, listOf } from '../arguments.ts';
import { MethodError } from '../errors.ts';
import { LIMITS } from '../limits.ts';
import { method } from '../method.ts';
import type { Method } from '../method.ts';
import { REMOTES } from './kinds.ts';
import type { RemotesParts } from './parts.ts';

export function originMethods({ store, clock }: RemotesParts): readonly Method[] {
  return [
    method({
      name: 'Remote/origins',
      capability: REMOTES,
      takes: { emailIds: listOf(id) },
      async run({ emailIds }, { account }) {
        const emails = within(emailIds);
        const origins = await store.read('remoteOrigins', { account: account.id, emails });
        return {
          accountId: account.id,
          list: origins.map(({ email, remote, octets, state, restWanted, goneAt }) => ({
            emailId: email,
            remoteId: remote,
            size: octets,
            isHeaderOnly: state === 'headers',
            restWanted,
            isGoneThere: goneAt !== undefined,
          })),
        };
      },
    }),
    method({
      name: 'Remote/wantRest',
      capability: REMOTES,
      takes: { emailIds: listOf(id) },
      async run({ emailIds }, { account }) {
        const wish = { account: account.id, emails: within(emailIds), at: clock.now() };
        return { accountId: account.id, wanted: await store.write('wantRest', wish) };
      },
    }),
  ];
}

function within(emailIds: readonly string[]): readonly string[] {
  if (emailIds.length > LIMITS.maxObjectsInGet)
    throw new MethodError('requestTooLarge', `One call may ask for ${LIMITS.maxObjectsInGet} emails.`);
  return emailIds;
}
