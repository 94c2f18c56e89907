/** Identity/get, /changes and /set (RFC 8621 §6). */
import type { Router } from '../../accounts/index.ts';
import { newId } from '../../base/index.ts';
import type { Clock } from '../../base/index.ts';
import { formatAddress, parseAddress } from '../../mail/index.ts';
import type { Store } from '../../store/index.ts';
import { nullable, text } from '../arguments.ts';
import { invalidProperties, SetError } from '../errors.ts';
import { changesMethod } from '../frames/changes.ts';
import { getMethod } from '../frames/get.ts';
import { setMethod } from '../frames/set.ts';
import type { SetCall, SetType } from '../frames/set.ts';
import type { Rules } from '../frames/properties.ts';
import type { JsonObject } from '../json.ts';
import type { Method } from '../method.ts';
import { mailState } from '../state.ts';
import { SUBMISSION } from '../submission/capability.ts';
import { emailAddresses, factsOf, identitiesOf, isOfRemote, line, mayWriteAs, OWN, signature } from './own.ts';

export interface IdentityParts {
  readonly store: Store;
  readonly router: Router;
  readonly clock: Clock;
}

/** More than anybody tells apart. */
const MOST_IDENTITIES = 100;

const RULES: Rules = {
  properties: {
    id: { by: 'server', kind: text },
    name: { by: 'client', kind: line, default: '' },
    email: { by: 'creator', kind: text },
    replyTo: { by: 'client', kind: nullable(emailAddresses), default: null },
    bcc: { by: 'client', kind: nullable(emailAddresses), default: null },
    textSignature: { by: 'client', kind: signature, default: '' },
    htmlSignature: { by: 'client', kind: signature, default: '' },
    mayDelete: { by: 'server', kind: text },
  },
};

export function identityMethods(parts: IdentityParts): readonly Method[] {
  const { store } = parts;
  return [
    getMethod({
      type: 'Identity',
      capability: SUBMISSION,
      properties: Object.keys(RULES.properties),
      takes: {},
      async find({ account, ids, call }) {
        const state = await mailState(store, account, 'identity');
        const all = await identitiesOf(store, call.account);
        return { state, list: all.filter(({ id }) => ids?.includes(id) !== false).map((one) => ({ ...one })) };
      },
    }),
    changesMethod({
      type: 'Identity',
      capability: SUBMISSION,
      store,
      changes: (since) => store.read('identityChanges', since),
      format: (id: string) => id,
    }),
    setMethod(identitySet(parts)),
  ];
}

type Shape = Record<never, never>;

function identitySet(parts: IdentityParts): SetType<Shape> {
  const { store, clock } = parts;
  return {
    type: 'Identity',
    capability: SUBMISSION,
    takes: {},
    rules: RULES,
    state: (account) => mailState(store, account, 'identity'),
    async read(ids, { call }) {
      const all = await identitiesOf(store, call.account);
      return new Map(
        all.flatMap((one) => (ids.includes(one.id) ? [[one.id, { ...one } as unknown as JsonObject]] : [])),
      );
    },
    create: ({ properties }, set) => create(parts, properties, set),
    async update(updates, { account }) {
      const outcomes: (SetError | null)[] = [];
      for (const { id, patched } of updates) {
        const identity = { email: patched['email'] as string, facts: JSON.stringify(factsOf(patched)) };
        const how = id === OWN ? 'own' : 'kept';
        const done = await store.write('putIdentity', {
          account,
          id,
          identity,
          how,
          most: MOST_IDENTITIES,
          at: clock.now(),
        });
        outcomes.push(done === 'done' ? null : new SetError('notFound'));
      }
      return outcomes;
    },
    async destroy(ids, { account }) {
      const outcomes: (SetError | undefined)[] = [];
      for (const id of ids) outcomes.push(await destroy(parts, account, id));
      return outcomes;
    },
  };
}

async function create(
  { store, router, clock }: IdentityParts,
  properties: JsonObject,
  { account }: SetCall<Shape>,
): ReturnType<NonNullable<SetType<Shape>['create']>> {
  const email = properties['email'] as string;
  const address = parseAddress(email, { utf8: true });
  if (address === undefined) return invalidProperties(['email'], `${JSON.stringify(email)} is not a mail address.`);
  if (!(await mayWriteAs(router, account, email)))
    return new SetError(
      'forbiddenFrom',
      `${formatAddress(address)} is not an address of this account, nor granted to it.`,
    );
  const id = newId(clock.now());
  const facts = factsOf(properties);
  const identity = { email: formatAddress(address), facts: JSON.stringify(facts) };
  const done = await store.write('putIdentity', {
    account,
    id,
    identity,
    how: 'made',
    most: MOST_IDENTITIES,
    at: clock.now(),
  });
  if (done === 'too-many') return new SetError('overQuota', `There may be ${MOST_IDENTITIES} identities.`);
  return { id, email: identity.email, ...facts, mayDelete: true };
}

async function destroy({ store, clock }: IdentityParts, account: string, id: string): Promise<SetError | undefined> {
  if (id === OWN) return new SetError('forbidden', 'The identity of the account’s own address stays.');
  if (isOfRemote(id))
    return new SetError('forbidden', 'The identity of an account at a provider goes with that account.');
  const done = await store.write('putIdentity', { account, id, how: 'kept', most: MOST_IDENTITIES, at: clock.now() });
  return done === 'done' ? undefined : new SetError('notFound');
}
