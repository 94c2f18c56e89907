/** Mail goes out in our users' names: whose name that may be, and how much of it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Conversation, fetchMail, idIn, sendMail } from '../conversation.ts';
import { eventually, PASSWORD, startHost } from '../program.ts';

const ALICE = { user: 'alice@a.test', password: PASSWORD };

test('[6409-6.1-own-sender] an account sends as itself and as what was granted to it, until it is revoked', async (t) => {
  const host = await startHost(t, { accounts: ['alice@a.test', 'bob@a.test'] });
  const send = (from: string, header: string): Promise<string> =>
    sendMail(host.port('submission'), {
      login: ALICE,
      from,
      to: ['bob@a.test'],
      text: `${header}Subject: s\n\nHello\n`,
    });
  assert.match(await send('alice@a.test', 'From: Alice <alice@a.test>\n'), /^250/);
  assert.match(await send('sales@b.test', ''), /^550 5\.7\.1 .*sales@b\.test/);
  assert.match(await send('alice@a.test', 'From: sales@b.test\n'), /^550 5\.7\.1 .*From field says sales@b\.test/);

  const granted = await host.cli(['account', 'grant', 'alice@a.test', '--send-as', 'sales@b.test']);
  assert.match(granted.stdout, /alice@a\.test may send as sales@b\.test now/);
  assert.match((await host.cli(['account', 'show', 'alice@a.test'])).stdout, /May also send as sales@b\.test/);
  const shown = JSON.parse((await host.cli(['account', 'show', 'alice@a.test', '--json'])).stdout) as {
    sendAs: string[];
  };
  assert.deepEqual(shown.sendAs, ['sales@b.test']);
  await eventually('the grant is seen', async () => (await send('sales@b.test', '')).startsWith('250'));
  assert.match(await send('alice@a.test', 'From: Sales <sales@b.test>\nSender: alice@a.test\n'), /^250/);

  assert.equal((await host.cli(['account', 'revoke', 'alice@a.test', '--send-as', 'sales@b.test'])).code, 0);
  await eventually('the grant is gone', async () => (await send('sales@b.test', '')).startsWith('550'));
  const again = await host.cli(['account', 'revoke', 'alice@a.test', '--send-as', 'sales@b.test']);
  assert.equal(again.code, 1);
  assert.match(again.stderr, /was not granted/);

  const received = await fetchMail(host.port('pop3'), { user: 'bob@a.test', password: PASSWORD });
  assert.ok(received.length >= 3);
  for (const message of received) assert.doesNotMatch(message, /127\.0\.0\.1|client\.test/);
});

test('[4865-3-keyword] [4865-4.2-held] a message is held until its time, and the journey tells', async (t) => {
  const host = await startHost(t, { accounts: ['alice@a.test', 'bob@a.test'] });
  const smtp = await Conversation.open(host.port('smtp'));
  await smtp.reply();
  assert.doesNotMatch(await smtp.ask('EHLO x.test'), /FUTURERELEASE/);
  assert.match(await smtp.ask('MAIL FROM:<x@x.test> HOLDFOR=60'), /^555/);
  smtp.close();
  const hold = (seconds: number): Promise<string> =>
    sendMail(host.port('submission'), {
      login: ALICE,
      from: 'alice@a.test',
      to: ['bob@a.test'],
      text: `Subject: after ${seconds}\n\nHello\n`,
      parameters: ` HOLDFOR=${seconds}`,
    });
  const started = Date.now();
  const soon = idIn(await hold(2));
  const later = idIn(await hold(3_600));
  const inbox = (): Promise<readonly string[]> =>
    fetchMail(host.port('pop3'), { user: 'bob@a.test', password: PASSWORD });
  assert.deepEqual(await inbox(), []);
  assert.match((await host.cli(['journey', later])).stdout, /Held until .* as its sender wished[^]*queue release/);
  const [message] = await eventually('the first is there', async () => {
    const found = await inbox();
    return found.length > 0 && found;
  });
  assert.ok(Date.now() - started >= 2_000, 'not before its time');
  assert.match(message ?? '', /Subject: after 2/);
  assert.match((await host.cli(['journey', soon])).stdout, /Put into the inbox of bob@a\.test/);
  assert.equal((await host.cli(['queue', 'release', later])).code, 0);
  await eventually('the other is let go', async () => (await inbox()).length === 2);
});
