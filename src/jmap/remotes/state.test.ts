import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Remote, Visiting } from '../../collect/index.ts';
import { DEFAULTS } from '../../collect/index.ts';
import type { RemotesParts } from './parts.ts';
import { shownRemotes } from './state.ts';

const at = (protocol: 'pop3' | 'smtp') => ({ protocol, protection: 'implicit', host: 'a.test', port: 995 }) as const;
const REMOTE: Remote = {
  id: 'r',
  account: 'a',
  address: 'bob@a.test',
  settings: {
    pop3: at('pop3'),
    smtp: at('smtp'),
    pop3Login: 'bob',
    smtpLogin: 'bob',
    leave: { kind: 'for-ever' },
    every: DEFAULTS.every,
  },
  standing: { kind: 'never' },
  createdAt: 0,
};

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
