/**
 * Correspondent/query and Correspondent/set (docs/jmap.md): people this account wrote to or had letters from, those it
 * has most to do with first. What an answer said does not exist is not suggested.
 */
import type { Store } from '../../store/index.ts';
import { id, listOf, optional, text, unsigned } from '../arguments.ts';
import { MethodError, SetError } from '../errors.ts';
import { LIMITS } from '../limits.ts';
import { method } from '../method.ts';
import type { Method } from '../method.ts';
import { OUTBOX } from './capability.ts';
import { utcDate } from './dates.ts';

const MOST_SUGGESTED = 100;
/** Characters and words of what was typed. */
const LONGEST_TYPED = 200;
const MOST_WORDS = 8;

export function correspondentMethods(store: Store): readonly Method[] {
  return [
    method({
      name: 'Correspondent/query',
      capability: OUTBOX,
      takes: { text: optional(text, ''), limit: optional(unsigned, 15) },
      async run({ text: typed, limit }, { account }) {
        const list = await store.read('correspondents', {
          account: account.id,
          words: wordsOf(typed),
          limit: Math.min(limit, MOST_SUGGESTED),
        });
        return {
          accountId: account.id,
          list: list.map(({ id: person, address, name, lastAt }) => ({
            id: person,
            email: address,
            name: name ?? null,
            lastAt: utcDate(lastAt),
          })),
        };
      },
    }),
    method({
      name: 'Correspondent/set',
      capability: OUTBOX,
      takes: { destroy: listOf(id) },
      async run({ destroy }, { account }) {
        const ids = [...new Set(destroy)];
        if (ids.length > LIMITS.maxObjectsInSet)
          throw new MethodError('requestTooLarge', `One call may forget ${LIMITS.maxObjectsInSet} people.`);
        const gone = await store.write('forgetCorrespondents', { account: account.id, ids });
        const others = ids.filter((one) => !gone.includes(one));
        return {
          accountId: account.id,
          destroyed: gone.length === 0 ? null : gone,
          notDestroyed:
            others.length === 0 ? null : Object.fromEntries(others.map((one) => [one, new SetError('notFound')])),
        };
      },
    }),
  ];
}

function wordsOf(typed: string): readonly string[] {
  return typed
    .slice(0, LONGEST_TYPED)
    .split(/[\s,;<>"]+/u)
    .filter((word) => word !== '')
    .slice(0, MOST_WORDS);
}
