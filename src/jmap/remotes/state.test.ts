import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Visiting } from '../../collect/index.ts';
import { REMOTE } from './fake-remote.ts';
import type { RemotesParts } from './parts.ts';
import { shownRemotes } from './state.ts';

test('a visit that ends while its row is read shows as under way, not as over with what stood before', async () => {
  const visits = new Map<string, Visiting>([['r', { since: 0, progress: undefined }]]);
  const remotes = {
    list: async () => {
      visits.delete('r');
      return [REMOTE];
    },
  };
  const parts = { remotes, collector: { visits: () => new Map(visits) } } as unknown as RemotesParts;
  const [first] = await shownRemotes(parts, 'a');
  assert.notEqual(first?.['visiting'], null);
  const [second] = await shownRemotes(parts, 'a');
  assert.equal(second?.['visiting'], null);
});
