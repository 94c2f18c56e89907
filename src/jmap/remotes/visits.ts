/** Remote/get, /check and /stop: how accounts at providers stand, and visits to them. */
import { id, nullable, oneOf } from '../arguments.ts';
import { getMethod } from '../frames/get.ts';
import { method } from '../method.ts';
import type { Method } from '../method.ts';
import { REMOTES } from './kinds.ts';
import { ownRemote } from './look.ts';
import type { RemotesParts } from './parts.ts';
import { shownRemotes, stateOf } from './state.ts';

const PROPERTIES = ['id', 'identityId', 'address', 'pop3', 'smtp', 'pop3Login', 'smtpLogin', 'leave', 'cap', 'every', 'largest', 'standing', 'visitedAt', 'dueAt', 'visiting']; // prettier-ignore

export function visitMethods(parts: RemotesParts): readonly Method[] {
  const { remotes, collector } = parts;
  return [
    getMethod({
      type: 'Remote',
      capability: REMOTES,
      properties: PROPERTIES,
      takes: {},
      async find({ account, ids }) {
        const all = await shownRemotes(parts, account);
        return { state: stateOf(all), list: all.filter((one) => ids?.includes(one.id) !== false) };
      },
    }),
    method({
      name: 'Remote/check',
      capability: REMOTES,
      /** `answer`: what a person says of a server that gave all its messages new ids. */
      takes: { id, answer: nullable(oneOf('same-messages', 'new-messages')) },
      async run({ id: one, answer }, { account }) {
        await ownRemote(parts, account.id, one);
        // Where another process collects, it is due there.
        if (collector === undefined) await remotes.visitSoon(one);
        const started = collector === undefined || (await collector.check(one, answer ?? undefined));
        return { accountId: account.id, id: one, started };
      },
    }),
    method({
      name: 'Remote/stop',
      capability: REMOTES,
      takes: { id },
      async run({ id: one }, { account }) {
        await ownRemote(parts, account.id, one);
        return { accountId: account.id, id: one, stopped: collector?.stopVisit(one) === true };
      },
    }),
  ];
}
