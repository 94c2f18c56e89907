/** An account at a provider, for tests. */
import type { Remote } from '../../collect/index.ts';
import { DEFAULTS } from '../../collect/index.ts';

const server = (protocol: 'pop3' | 'smtp', host: string) =>
  ({ protocol, protection: 'implicit', host, port: 995 }) as const;

export const REMOTE: Remote = {
  id: 'r',
  account: 'a',
  address: 'bob@a.test',
  settings: {
    pop3: server('pop3', 'pop.a.test'),
    smtp: server('smtp', 'smtp.a.test'),
    pop3Login: 'bob',
    smtpLogin: 'bob',
    leave: { kind: 'for-ever' },
    every: DEFAULTS.every,
  },
  standing: { kind: 'never' },
  createdAt: 0,
};
