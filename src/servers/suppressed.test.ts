import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { testDirectory } from '../accounts/testing.ts';
import { silentLog } from '../base/index.ts';
import type { FakeClock } from '../base/testing.ts';
import { openComposer, openIntake } from '../intake/index.ts';
import { parseAddress, replyText } from '../mail/index.ts';
import type { Address } from '../mail/index.ts';
import type { SmtpClient } from '../smtp/index.ts';
import type { Store, Suppression } from '../store/index.ts';
import { explainRelay } from './explain.ts';
import { smtpPolicy } from './smtp-policy.ts';
import { Suppressed } from './suppressed.ts';

const MINUTE = 60_000;

interface World {
  readonly clock: FakeClock;
  readonly store: Store;
  readonly alice: string;
  stop(entry: Partial<Suppression>): Promise<void>;
  /** RCPT by alice on a door; '250' or the refusal. */
  rcpt(to: string, service?: 'submission' | 'smtp'): Promise<string>;
  explain(to: string): Promise<string>;
}

async function world(t: TestContext, warns = true): Promise<World> {
  const directory = await testDirectory(t);
  const { store, clock, router } = directory;
  const alice = await directory.account('alice@a.test');
  const suppressed = new Suppressed({ store, clock, warns: () => warns });
  const settings = { networks: ['192.0.2.1/32'], domains: [], open: false };
  const shared = { store, clock, router, suppressed, log: silentLog, settings: () => settings };
  const hostname = (): string => 'mx.a.test';
  const intake = openIntake({ ...shared, hostname, composer: openComposer(directory) });
  const policies = (['submission', 'smtp'] as const).map((service) =>
    smtpPolicy({ ...shared, service, hostname, intake, refusals: { add: () => undefined } }),
  );
  return {
    clock,
    store,
    alice,
    stop: (entry) =>
      store.write('suppress', {
        entries: [
          {
            account: alice,
            address: 'bob@b.test',
            madeBy: 'answer',
            at: clock.now(),
            until: clock.now() + 7 * 24 * 60 * MINUTE,
            reply: '550 5.1.1 nobody called bob',
            host: 'mx.b.test',
            ...entry,
          },
        ],
      }),
    async rcpt(to, service = 'submission') {
      const policy = policies[service === 'submission' ? 0 : 1];
      const client = clientOf(service === 'submission' ? alice : undefined);
      const recipient = { address: addressOf(to) };
      const envelope = { mailFrom: addressOf('alice@a.test'), recipients: [], body: '7bit', smtputf8: false } as const;
      assert.equal(await policy?.sender(client, envelope.mailFrom, {} as never), undefined);
      const answer = await policy?.recipient({ client, envelope }, recipient);
      policy?.reset(client);
      return answer === undefined ? '250' : replyText(answer);
    },
    async explain(to) {
      const scenario = { service: 'submission', ip: '198.51.100.1', tls: true, login: 'alice@a.test' } as const;
      const answer = await explainRelay(
        { ...shared, plainLogin: () => true },
        { ...scenario, from: 'alice@a.test', to },
      );
      return answer.accepted ? '250' : replyText(answer.reply);
    },
  };
}

function addressOf(text: string): Address {
  const address = parseAddress(text, { utf8: true });
  assert.ok(address !== undefined);
  return address;
}

function clientOf(account: string | undefined): SmtpClient {
  return {
    sessionId: 's',
    peer: { address: '192.0.2.1', port: 1 },
    local: { address: '192.0.2.2', port: 2 },
    ...(account === undefined ? {} : { login: { account, name: 'alice@a.test', mechanism: 'PLAIN' } }),
    protocol: 'esmtp',
    connectedAt: 0,
  } as SmtpClient;
}

test('who writes again to an address that does not exist is told what was answered, when, and how to insist', async (t) => {
  const { stop, rcpt, explain } = await world(t);
  await stop({});
  const refusal = await explain('bob@b.test');
  assert.match(
    refusal,
    /^550 5\.1\.1 When mail was last sent to bob@b\.test, mx\.b\.test answered on 2026-01-01: "550 5\.1\.1 nobody called bob"\. If you are sure of the address, send it once more within an hour \(suppressed\)$/,
  );
  assert.equal(await rcpt('bob@b.test'), refusal);
});

test('sent once more within the hour it is taken; later it is told again', async (t) => {
  const { stop, rcpt, explain, clock } = await world(t);
  await stop({});
  assert.match(await rcpt('bob@b.test'), /^550/);
  assert.equal(await explain('bob@b.test'), '250');
  clock.jump(59 * MINUTE);
  assert.equal(await rcpt('BOB@b.test'), '250');
  clock.jump(MINUTE);
  assert.match(await explain('bob@b.test'), /^550/);
  assert.match(await rcpt('bob@b.test'), /^550/);
  assert.equal(await rcpt('bob@b.test'), '250');
});

test('after a new answer it is told anew', async (t) => {
  const { stop, rcpt } = await world(t);
  await stop({});
  assert.match(await rcpt('bob@b.test'), /^550/);
  await stop({ reply: '550 5.1.1 still nobody' });
  assert.match(await rcpt('bob@b.test'), /still nobody/);
});

test('an explanation tells nobody: it can be asked for again and again', async (t) => {
  const { stop, explain } = await world(t);
  await stop({});
  assert.match(await explain('bob@b.test'), /^550/);
  assert.match(await explain('bob@b.test'), /^550/);
});

test('what the keeper stopped stays stopped, for everybody, however often it is sent', async (t) => {
  const { store, clock, rcpt } = await world(t);
  await store.write('suppress', { entries: [{ address: 'bob@b.test', madeBy: 'keeper', at: clock.now() }] });
  assert.match(
    await rcpt('bob@b.test'),
    /^550 5\.7\.1 Mail to bob@b\.test is stopped by the keeper of this server \(suppressed\)/,
  );
  clock.jump(MINUTE);
  assert.match(await rcpt('bob@b.test'), /^550 5\.7\.1/);
});

test('it ends with its time, stops no other address and no other account', async (t) => {
  const { stop, rcpt, clock } = await world(t);
  await stop({ account: 'somebody else' });
  assert.equal(await rcpt('bob@b.test'), '250');
  await stop({});
  assert.equal(await rcpt('bobby@b.test'), '250');
  clock.jump(7 * 24 * 60 * MINUTE);
  assert.equal(await rcpt('bob@b.test'), '250');
});

test('mail from other servers, and from networks we carry mail for, is never stopped by it', async (t) => {
  const { stop, store, rcpt, clock } = await world(t);
  await stop({});
  await store.write('suppress', {
    entries: ['bob@b.test', 'alice@a.test'].map((address) => ({ address, madeBy: 'keeper', at: clock.now() })),
  });
  assert.equal(await rcpt('bob@b.test', 'smtp'), '250');
  assert.equal(await rcpt('alice@a.test', 'smtp'), '250');
});

test('switched off, answers stop nobody; the keeper still does', async (t) => {
  const { stop, rcpt } = await world(t, false);
  await stop({});
  assert.equal(await rcpt('bob@b.test'), '250');
  await stop({ madeBy: 'keeper' });
  assert.match(await rcpt('bob@b.test'), /^550 5\.7\.1/);
});
