/** The built program with two accounts, for the cases of JMAP. */
import type { TestContext } from 'node:test';
import { PASSWORD, startHost } from '../../program.ts';
import type { RunningHost } from '../../program.ts';
import { User } from './client.ts';
import type { JmapServer } from './client.ts';

export async function startJmap(t: TestContext): Promise<JmapServer & { readonly host: RunningHost }> {
  const host = await startHost(t, {
    accounts: ['ann@a.test', 'bob@a.test'],
    // What is pushed comes back to the cases.
    tables: '[limits]\nper_address = false\n[web]\nlisten = ["127.0.0.1:0"]\npush_local = true\n',
  });
  const origin = `http://127.0.0.1:${String(host.port('web'))}`;
  const [ann, bob] = [
    await User.logIn(origin, 'ann@a.test', PASSWORD),
    await User.logIn(origin, 'bob@a.test', PASSWORD),
  ];
  const ports = { smtpPort: host.port('smtp'), pop3Port: host.port('pop3') };
  return { host, origin, ann, bob, password: PASSWORD, ...ports };
}
