/** Thread/get and Thread/changes (RFC 8621 §3). */
import type { Store } from '../store/index.ts';
import { MAIL } from './capabilities.ts';
import { changesMethod } from './frames/changes.ts';
import { getMethod } from './frames/get.ts';
import type { Method } from './method.ts';
import { mailState } from './state.ts';

export function threadMethods(store: Store): readonly Method[] {
  return [
    getMethod({
      type: 'Thread',
      capability: MAIL,
      properties: ['id', 'emailIds'],
      takes: {},
      notAll: true,
      async find({ account, ids }) {
        const state = await mailState(store, account, 'thread');
        const threads = await store.read('threads', { account, ids: ids ?? [] });
        return { state, list: threads.map(({ id, emails }) => ({ id, emailIds: emails })) };
      },
    }),
    changesMethod({
      type: 'Thread',
      capability: MAIL,
      store,
      changes: (since) => store.read('threadChanges', since),
      format: (id: string) => id,
    }),
  ];
}
