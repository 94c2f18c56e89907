/** Where emails came from, and the rest of those whose header alone is here. */
import type { RemoteOrigin } from '../../store/index.ts';
import { id, listOf, text } from '../arguments.ts';
import { MethodError } from '../errors.ts';
import { LIMITS } from '../limits.ts';
import { method } from '../method.ts';
import type { Method, Properties } from '../method.ts';
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
        return { accountId: account.id, list: origins.map(originJson) };
      },
    }),
    method({
      name: 'Remote/emails',
      capability: REMOTES,
      takes: { id, uidls: listOf(text) },
      async run({ id: remote, uidls }, { account }) {
        const asked = { account: account.id, remote, uidls: within(uidls) };
        return { accountId: account.id, list: (await store.read('remoteOriginsOf', asked)).map(originJson) };
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

function originJson({ email, remote, uidl, octets, state, restWanted, goneAt }: RemoteOrigin): Properties {
  return {
    emailId: email,
    remoteId: remote,
    uidl,
    size: octets,
    isHeaderOnly: state === 'headers',
    restWanted,
    isGoneThere: goneAt !== undefined,
  };
}

function within(ids: readonly string[]): readonly string[] {
  if (ids.length > LIMITS.maxObjectsInGet)
    throw new MethodError('requestTooLarge', `One call may ask for ${LIMITS.maxObjectsInGet} emails.`);
  return ids;
}
