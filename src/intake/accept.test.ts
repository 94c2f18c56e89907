import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { testDirectory } from '../accounts/testing.ts';
import type { TestDirectory } from '../accounts/testing.ts';
import { silentLog } from '../base/index.ts';
import { parseAddress } from '../mail/index.ts';
import type { Address, Envelope, Notify } from '../mail/index.ts';
import { readEmailForPop } from '../store/index.ts';
import { textOf } from '../store/testing.ts';
import { openIntake } from './accept.ts';
import type { Intake } from './accept.ts';
import type { Arrival, RoutedRecipient } from './arrival.ts';
import { openComposer } from './compose.ts';

interface World extends TestDirectory {
  readonly intake: Intake;
  readonly show: { submitter: boolean };
  /** Hands in a message as a session would; the reply, as "code rule". */
  deliver(mail: Mail): Promise<string>;
  /** What alice's POP3 client would get, oldest first; `ascii`: one that can't take UTF-8. */
  inbox(account: string, mode?: 'ascii'): Promise<readonly string[]>;
}

interface Mail {
  readonly to: readonly string[];
  readonly text: string;
  readonly service?: Arrival['service'];
  readonly from?: string;
  readonly login?: boolean;
  readonly notify?: Notify;
  readonly envid?: string;
  readonly holdUntil?: number;
  readonly smtputf8?: boolean;
}

function address(text: string): Address {
  const parsed = parseAddress(text, { utf8: true });
  assert.ok(parsed, text);
  return parsed;
}

async function world(t: TestContext): Promise<World> {
  const parts = await testDirectory(t);
  const show = { submitter: false };
  const intake = openIntake({
    ...parts,
    composer: openComposer(parts),
    log: silentLog,
    hostname: () => 'mx.a.test',
    showSubmitter: () => show.submitter,
  });
  const routed = async (text: string, notify?: Notify): Promise<RoutedRecipient> => {
    const recipient = { address: address(text), ...(notify === undefined ? {} : { notify }) };
    const routing = await parts.router.route(recipient.address);
    if (routing.kind === 'targets') return { recipient, rule: routing.rule, targets: routing.targets };
    return {
      recipient,
      rule: 'relay-login',
      targets: [{ kind: 'outside', address: recipient.address, rule: 'relay-login', via: [] }],
    };
  };
  return {
    ...parts,
    intake,
    show,
    async deliver(mail) {
      const { to, text, service = 'smtp', from = 'x@x.test', login = false, notify, envid, holdUntil } = mail;
      const recipients = await Promise.all(to.map((one) => routed(one, notify)));
      const envelope: Envelope = {
        mailFrom: from === '' ? null : address(from),
        recipients: recipients.map((one) => one.recipient),
        body: '8bitmime',
        smtputf8: mail.smtputf8 === true,
        ...(envid === undefined ? {} : { envid }),
        ...(holdUntil === undefined ? {} : { holdUntil }),
      };
      const sink = intake.accept({
        service,
        sessionId: 'session',
        client: { name: 'client.test', ip: '192.0.2.1', port: 5 },
        server: { name: 'mx.a.test', ip: '192.0.2.2', port: 25 },
        protocol: 'esmtp',
        ...(login
          ? {
              login: { account: 'account-0', name: 'alice@a.test', mechanism: 'PLAIN' },
              author: { name: 'alice@a.test', maySendAs: (one) => parts.router.maySendAs(one, 'account-0') },
            }
          : {}),
        connectedAt: 1,
        startedAt: 2,
        envelope,
        recipients,
      });
      // In pieces of seven octets: nothing may depend on where they are cut.
      const octets = Buffer.from(text.replaceAll('\n', '\r\n'));
      for (let i = 0; i < octets.length; i += 7) await sink.write(octets.subarray(i, i + 7));
      const answer = await sink.finish();
      return [answer]
        .flat()
        .map(({ code, rule }) => `${code} ${rule ?? ''}`)
        .join(', ');
    },
    async inbox(account, mode) {
      const locked = await parts.store.write('lockMaildrop', {
        account,
        token: 'token',
        process: { machine: '', boot: '', pid: 1, start: '' },
        at: 1,
        peer: 'test',
      });
      assert.equal(locked.kind, 'locked');
      const mailbox = locked.kind === 'locked' ? locked.mailbox : 0;
      const slice = await parts.store.read('maildropSlice', { mailbox, afterUid: 0, limit: 100 });
      const texts: string[] = [];
      for (const [i, id] of slice.emails.entries()) {
        const email = await parts.store.read('email', { id });
        assert.ok(email);
        const text = await textOf(readEmailForPop(parts.store.content, email, { downgraded: mode === 'ascii' }));
        const listed = mode === 'ascii' ? slice.downgradedOctets : slice.octets;
        assert.equal(text.length, listed[i], 'the size in the listing is that of the octets');
        texts.push(text);
      }
      await parts.store.write('quitMaildrop', {
        account,
        token: 'token',
        at: 1,
        sessionId: 's',
        remove: [],
        events: [],
      });
      return texts;
    },
  };
}

test('[5321-4.4-return-path] a filed message has Return-Path, Delivered-To and Received in front, and its octets as they came', async (t) => {
  const { account, deliver, inbox } = await world(t);
  const alice = await account('alice@a.test');
  assert.equal(await deliver({ to: ['alice+x@a.test'], text: 'Subject: s\n\nbody\n' }), '250 accepted');
  const [text = ''] = await inbox(alice);
  assert.match(
    text,
    /^Return-Path: <x@x\.test>\r\nDelivered-To: alice\+x@a\.test\r\nReceived: from client\.test \(\[192\.0\.2\.1\]\)\r\n\tby mx\.a\.test with ESMTP id [0-9a-z]{26}\r\n\tfor <alice\+x@a\.test>/,
  );
  assert.ok(text.endsWith('\r\nSubject: s\r\n\r\nbody\r\n'));
});

test('[5321-7.2-for] with several recipients Received names none', async (t) => {
  const { account, deliver, inbox } = await world(t);
  const alice = await account('alice@a.test');
  await account('bob@a.test');
  await deliver({ to: ['alice@a.test', 'bob@a.test'], text: 'Subject: s\n\nbody\n' });
  const [text = ''] = await inbox(alice);
  assert.doesNotMatch(text, /\tfor </);
  assert.doesNotMatch(text, /bob@/);
});

test("with a login Received does not tell the client's address; the journey does", async (t) => {
  const { account, deliver, inbox, store } = await world(t);
  const alice = await account('alice@a.test');
  await deliver({
    to: ['alice@a.test'],
    from: 'alice@a.test',
    service: 'submission',
    login: true,
    text: 'Message-ID: <m@x>\n\nbody\n',
  });
  const [text = ''] = await inbox(alice);
  assert.match(text, /with ESMTPA id/);
  assert.doesNotMatch(text, /192\.0\.2\.1|client\.test/);
  const [message] = await store.read('findMessages', { messageId: '<m@x>' });
  const events = await store.read('events', { message: message?.id ?? '' });
  const received = events.find((event) => event.facts.kind === 'received')?.facts;
  assert.ok(received?.kind === 'received');
  assert.equal(received.client.ip, '192.0.2.1');
});

test("the keeper may have the client's address in Received all the same", async (t) => {
  const { account, deliver, inbox, show } = await world(t);
  const alice = await account('alice@a.test');
  show.submitter = true;
  await deliver({ to: ['alice@a.test'], from: 'alice@a.test', service: 'submission', login: true, text: '\nbody\n' });
  assert.match((await inbox(alice))[0] ?? '', /Received: from client\.test \(\[192\.0\.2\.1\]\)/);
});

const AUTHORS: Readonly<Record<string, string>> = {
  'From: alice@a.test': '250 accepted',
  'From: "Alice" <ALICE+x@a.test>': '250 accepted',
  'From: team@a.test': '250 accepted',
  'From: Sales <sales@b.test>': '250 accepted',
  'From: alice@a.test, "The team" <team@a.test>': '250 accepted',
  'From: alice@a.test\nSender: team@a.test': '250 accepted',
  'To: x@x.test': '250 accepted',
  'From: bob@a.test': '550 from-not-yours',
  'From: boss@elsewhere.test': '550 from-not-yours',
  'From: alice@a.test, bob@a.test': '550 from-not-yours',
  'From: alice@a.test\nSender: bob@a.test': '550 from-not-yours',
  'From: "alice@a.test" <bob@a.test>': '550 from-not-yours',
  'From:\n bob@a.test (alice@a.test)': '550 from-not-yours',
  'fRoM : bob@a.test': '550 from-not-yours',
  'From: all: alice@a.test, bob@a.test;': '550 from-not-yours',
  'From: <@a.test,@b.test:bob@b.test>': '550 from-not-yours',
  'From: alice@a.test\nFrom: bob@a.test': '554 author-field-twice',
  'From: alice@a.test\nSender: alice@a.test\nSender: bob@a.test': '554 author-field-twice',
  'From: alice@a.test bob@a.test': '554 author-unreadable',
  'From: alice@a.test <bob@a.test>': '554 author-unreadable',
  'From: <alice@a.test> (unfinished': '554 author-unreadable',
  'From: Alice': '554 author-unreadable',
  'From:': '554 author-unreadable',
  'From: nobody:;': '554 author-unreadable',
  'From: alice@a.test\nSender: alice@a.test, team@a.test': '554 author-unreadable',
  [`From: ${'alice@a.test, '.repeat(101)}alice@a.test`]: '554 author-unreadable',
};

for (const [header, expected] of Object.entries(AUTHORS)) {
  test(`[6409-6.1-own-sender] the author: ${header.slice(0, 70).replaceAll('\n', ' ⏎ ')}`, async (t) => {
    const { account, directory, deliver, inbox } = await world(t);
    const alice = await account('alice@a.test');
    await account('bob@a.test');
    await directory.addAlias('team@a.test', ['alice@a.test'], false);
    await directory.grant('alice@a.test', 'sales@b.test');
    const mail = { to: ['alice@a.test'], from: 'alice@a.test', service: 'submission', login: true } as const;
    assert.equal(await deliver({ ...mail, text: `${header}\nSubject: s\n\nFrom: boss@elsewhere.test\n` }), expected);
    assert.equal((await inbox(alice)).length, expected.startsWith('250') ? 1 : 0);
  });
}

test('[6409-6.1-own-sender] a receipt from the null sender has an author too, and gets one where it names none', async (t) => {
  const { account, deliver, inbox } = await world(t);
  const alice = await account('alice@a.test');
  const receipt = { to: ['alice@a.test'], from: '', service: 'submission', login: true } as const;
  assert.equal(await deliver({ ...receipt, text: 'Subject: read\n\nbody\n' }), '250 accepted');
  assert.match((await inbox(alice))[0] ?? '', /\r\nFrom: alice@a\.test\r\n/);
  assert.equal(await deliver({ ...receipt, text: 'From: bob@a.test\n\nbody\n' }), '550 from-not-yours');
});

test('[6409-8-completed] submission completes Date, Message-ID and From and takes Bcc out, and the journey tells', async (t) => {
  const { account, deliver, inbox, store } = await world(t);
  const alice = await account('alice@a.test');
  await deliver({
    to: ['alice@a.test'],
    from: 'alice@a.test',
    service: 'submission',
    login: true,
    text: 'Subject: s\nBcc: secret@x.test\n\nbody\n',
  });
  const [text = ''] = await inbox(alice);
  assert.match(text, /\r\nFrom: alice@a\.test\r\n/);
  assert.match(text, /\r\nDate: /);
  assert.doesNotMatch(text, /secret/);
  const messageId = /\r\nMessage-ID: (<.*>)\r\n/.exec(text)?.[1] ?? '';
  const [message] = await store.read('findMessages', { messageId });
  const events = await store.read('events', { message: message?.id ?? '' });
  const rules = events.flatMap((event) => (event.facts.kind === 'edited' ? [event.facts.rule] : []));
  assert.deepEqual(rules.toSorted(), ['bcc-removed', 'date-added', 'from-added', 'message-id-added']);
});

test("other servers' mail is not touched", async (t) => {
  const { account, deliver, inbox } = await world(t);
  const alice = await account('alice@a.test');
  await deliver({ to: ['alice@a.test'], text: 'Bcc: seen@x.test\n\nbody without date\n' });
  assert.ok((await inbox(alice))[0]?.endsWith('\r\nBcc: seen@x.test\r\n\r\nbody without date\r\n'));
});

test('[5321-6.3-hops] a message with a hundred Received fields goes in a circle', async (t) => {
  const { account, deliver, inbox } = await world(t);
  const alice = await account('alice@a.test');
  const hops = (n: number): string => 'Received: from x by y\n'.repeat(n);
  assert.equal(await deliver({ to: ['alice@a.test'], text: `${hops(99)}\nbody\n` }), '250 accepted');
  assert.equal(await deliver({ to: ['alice@a.test'], text: `${hops(100)}\nbody\n` }), '554 loop-hops');
  assert.equal((await inbox(alice)).length, 1);
});

test('a Delivered-To with the same final address is a loop; our own Received is not', async (t) => {
  const { account, deliver } = await world(t);
  await account('alice@a.test');
  await account('bob@a.test');
  assert.equal(
    await deliver({ to: ['alice@a.test'], text: 'Delivered-To: ALICE@a.test\n\nbody\n' }),
    '554 loop-delivered-to',
  );
  assert.equal(await deliver({ to: ['bob@a.test'], text: 'Delivered-To: alice@a.test\n\nbody\n' }), '250 accepted');
  assert.equal(
    await deliver({ to: ['alice@a.test'], text: 'Received: from x by mx.a.test with ESMTP id 1; now\n\nbody\n' }),
    '250 accepted',
  );
});

test('an endless header is refused at the end of the message, and nothing is kept', async (t) => {
  const { account, deliver, inbox } = await world(t);
  const alice = await account('alice@a.test');
  assert.equal(
    await deliver({ to: ['alice@a.test'], text: `${'X-Long: y\n'.repeat(40_000)}\nbody\n` }),
    '552 header-too-big',
  );
  assert.deepEqual(await inbox(alice), []);
});

test('an alias and its member named together give one copy; subaddresses give one each', async (t) => {
  const { account, directory, deliver, inbox } = await world(t);
  const alice = await account('alice@a.test');
  await directory.addAlias('team@a.test', ['alice@a.test', 'out@b.test'], false);
  await deliver({ to: ['alice@a.test', 'team@a.test', 'alice@a.test', 'alice+1@a.test'], text: '\nbody\n' });
  assert.equal((await inbox(alice)).length, 2);
});

test("a relayed recipient is queued with the sender's wishes, due now", async (t) => {
  const { account, deliver, store, clock } = await world(t);
  await account('alice@a.test');
  await deliver({ to: ['out@b.test', 'alice@a.test'], text: 'Message-ID: <q@x>\n\nbody\n' });
  const [entry, ...others] = await store.read('listQueue', { filter: {}, limit: 10 });
  assert.equal(others.length, 0);
  assert.equal(entry?.delivery.recipient, 'out@b.test');
  assert.equal(entry?.delivery.destination, 'b.test');
  assert.equal(entry?.delivery.nextAt, clock.now());
});

test('[2033-4.2-per-recipient] LMTP: one answer for each recipient; who had the message before is refused alone', async (t) => {
  const { account, directory, deliver, inbox } = await world(t);
  const alice = await account('alice@a.test');
  const bob = await account('bob@a.test');
  await directory.addAlias('team@a.test', ['bob@a.test', 'out@b.test'], false);
  const lmtp = { service: 'lmtp', to: ['alice@a.test', 'bob@a.test', 'alice@a.test', 'team@a.test'] } as const;
  assert.equal(
    await deliver({ ...lmtp, text: 'Delivered-To: alice@a.test\n\nbody\n' }),
    '554 loop-delivered-to, 250 accepted, 554 loop-delivered-to, 250 accepted',
  );
  assert.deepEqual([(await inbox(alice)).length, (await inbox(bob)).length], [0, 1]);
  assert.equal(
    await deliver({ ...lmtp, to: ['alice@a.test'], text: 'Delivered-To: alice@a.test\n\nbody\n' }),
    '554 loop-delivered-to',
  );
  assert.equal(
    await deliver({ ...lmtp, to: ['alice@a.test', 'bob@a.test'], text: `${'X-Long: y\n'.repeat(40_000)}\nbody\n` }),
    '552 header-too-big, 552 header-too-big',
  );
});

test('[3461-5.2.6-delivered] [3461-5.2.7.3-expanded] success is told with the message: delivered here, expanded for several, and no targets named', async (t) => {
  const { account, directory, deliver, inbox, store } = await world(t);
  const alice = await account('alice@a.test');
  const bob = await account('bob@a.test');
  await directory.addAlias('team@a.test', ['bob@a.test', 'secret@b.test'], false);
  await directory.addAlias('info@a.test', ['bob@a.test'], false);
  const mail = { from: 'alice@a.test', text: 'Message-ID: <s@x>\nSubject: s\n\nbody\n', envid: 'e-7' };
  await deliver({ ...mail, to: ['bob@a.test', 'info@a.test', 'team@a.test', 'out@c.test'], notify: ['success'] });
  const reports = await inbox(alice);
  assert.equal(reports.length, 1);
  const report = reports[0] ?? '';
  assert.match(report, /^Return-Path: <>/);
  assert.match(report, /Original-Envelope-Id: e-7/);
  assert.match(report, /Final-Recipient: rfc822; bob@a\.test\r\nAction: delivered\r\nStatus: 2\.1\.5/);
  assert.match(report, /Final-Recipient: rfc822; info@a\.test\r\nAction: delivered/);
  assert.match(report, /Final-Recipient: rfc822; team@a\.test\r\nAction: expanded/);
  assert.match(report, /Subject: s\r\n/);
  assert.doesNotMatch(report, /secret|out@c\.test|\r\nbody/);
  assert.equal((await inbox(bob)).length, 1);

  const queued = await store.read('listQueue', { filter: {}, limit: 10 });
  assert.deepEqual(
    queued.map(({ delivery }) => [delivery.recipient, delivery.notify]),
    [
      ['secret@b.test', ['never']],
      ['out@c.test', ['success']],
    ],
  );
  const [message] = await store.read('findMessages', { messageId: '<s@x>' });
  const events = await store.read('events', { message: message?.id ?? '' });
  assert.deepEqual(
    events.flatMap(({ n, facts }) => (facts.kind === 'reported' ? [n] : [])),
    [1, 2],
  );
});

test('[3461-6.1-never-to-null] no report of success to the null sender, nor where none was asked for', async (t) => {
  const { account, deliver, inbox, store } = await world(t);
  const alice = await account('alice@a.test');
  await account('bob@a.test');
  const text = 'Subject: s\n\nbody\n';
  await deliver({ to: ['bob@a.test'], from: '', text, notify: ['success'] });
  await deliver({ to: ['bob@a.test'], from: 'alice@a.test', text, notify: ['never'] });
  await deliver({ to: ['bob@a.test'], from: 'alice@a.test', text, notify: ['failure', 'delay'] });
  await deliver({ to: ['bob@a.test'], from: 'alice@a.test', text });
  assert.deepEqual(await inbox(alice), []);
  // An address of ours that is not there hears nothing, and the message is taken all the same.
  assert.equal(await deliver({ to: ['bob@a.test'], from: 'gone@a.test', text, notify: ['success'] }), '250 accepted');
  assert.equal((await store.read('listQueue', { filter: {}, limit: 10 })).length, 0);
});

test('[4865-4.2-held] a message that is to be held lies in the queue for everybody until its time', async (t) => {
  const { account, directory, deliver, inbox, store, clock } = await world(t);
  const alice = await account('alice@a.test');
  await account('bob@a.test');
  await directory.addAlias('info@a.test', ['bob@a.test'], false);
  const text = 'Message-ID: <h@x>\n\nbody\n';
  const holdUntil = clock.now() + 60_000;
  const mail = { to: ['alice@a.test', 'info@a.test', 'out@b.test'], from: 'alice@a.test', text } as const;
  await deliver({ ...mail, holdUntil, notify: ['success'] });
  assert.deepEqual(await inbox(alice), [], 'neither the message nor a report');
  const queued = await store.read('listQueue', { filter: {}, limit: 10 });
  assert.deepEqual(
    queued.map(({ delivery: { recipient, original, destination, state, nextAt } }) =>
      [recipient, original, destination, state, nextAt - clock.now()].join(' '),
    ),
    ['alice@a.test  a.test held 60000', 'bob@a.test info@a.test a.test held 60000', 'out@b.test  b.test held 60000'],
  );
  const [message] = await store.read('findMessages', { messageId: '<h@x>' });
  assert.equal(message?.releaseAt, holdUntil);
  await deliver({ ...mail, to: ['alice@a.test'], holdUntil: clock.now() });
  assert.equal((await inbox(alice)).length, 1, 'a time that has come holds nothing');
});

test('a message aborted halfway leaves nothing', async (t) => {
  const { account, intake, inbox, router } = await world(t);
  const alice = await account('alice@a.test');
  const recipient = { address: address('alice@a.test') };
  const routing = await router.route(recipient.address);
  assert.ok(routing.kind === 'targets');
  const sink = intake.accept({
    service: 'smtp',
    sessionId: 's',
    client: {},
    server: {},
    protocol: 'smtp',
    connectedAt: 1,
    startedAt: 1,
    envelope: { mailFrom: null, recipients: [recipient], body: '7bit', smtputf8: false },
    recipients: [{ recipient, rule: routing.rule, targets: routing.targets }],
  });
  await sink.write(Buffer.from('Subject: half\r\n\r\nhal'));
  await sink.abort();
  assert.deepEqual(await inbox(alice), []);
});

test('[6857-5-parts] headers within become ASCII for clients that want it, behind a header that submission completed', async (t) => {
  const { account, deliver, inbox } = await world(t);
  const alice = await account('alice@a.test');
  const header = 'From: alice@a.test\nContent-Type: multipart/mixed; boundary=b\n';
  const text = `${header}\n--b\nContent-Disposition: attachment; filename=ü\n\nü\n--b--\n`;
  for (const mail of [{ smtputf8: true }, { smtputf8: false }, { smtputf8: true, service: 'submission' }] as const)
    assert.equal(await deliver({ to: ['alice@a.test'], login: 'service' in mail, text, ...mail }), '250 accepted');
  const utf8 = await inbox(alice);
  const ascii = await inbox(alice, 'ascii');
  const raw = Buffer.from('filename=ü\r\n').toString('latin1');
  assert.deepEqual(
    ascii.map((one) => one.replace("\r\n filename*=utf-8''%C3%BC\r\n", ` ${raw}`)),
    utf8,
  );
  assert.deepEqual(
    ascii.map((one) => one.includes(raw)),
    [false, true, false],
  );
  assert.match(ascii[2] ?? '', /^Message-ID: /m);
});
