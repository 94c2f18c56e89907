import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { testDirectory } from '../accounts/testing.ts';
import { openComposer } from '../intake/index.ts';
import { reply } from '../mail/index.ts';
import type { RecipientOutcome } from '../outbound/index.ts';
import type { AcceptParams, Claim, QueuedDelivery, QueuedMessage } from '../store/index.ts';
import { contentOf, textOf } from '../store/testing.ts';
import { writeReports } from './report.ts';
import type { ReportParts, WrittenReports } from './report.ts';
import type { ReportKind } from './settle.ts';

const SETTINGS = { retry: [60_000], giveUp: 432_000_000, delayNotice: 14_400_000 };

const ABOUT_IT = { n: 1, stage: 'dot', remote: true } as const;
const TAKEN: RecipientOutcome = { ...ABOUT_IT, outcome: 'relayed', reply: reply(250, '2.6.0', 'taken') };
const FAILED: RecipientOutcome = {
  ...ABOUT_IT,
  outcome: 'failed',
  stage: 'rcpt',
  reply: reply(550, '5.1.1', 'nobody called secret-target@b.test here'),
};

interface World {
  readonly parts: ReportParts;
  report(
    mailFrom: string,
    changes?: {
      readonly message?: Partial<QueuedMessage>;
      readonly delivery?: Partial<QueuedDelivery>;
      readonly kind?: ReportKind;
    },
  ): Promise<WrittenReports>;
  text(report: AcceptParams | undefined): Promise<string>;
}

async function world(t: TestContext): Promise<World> {
  const { store, router, clock, account } = await testDirectory(t);
  await account('alice@a.test');
  const parts: ReportParts = {
    store,
    clock,
    composer: openComposer({ store, router, clock }),
    hostname: () => 'mx.a.test',
  };
  const content = await contentOf(store, 'Subject: hello\r\nMessage-ID: <m@a.test>\r\n\r\nthe body\r\n');
  return {
    parts,
    report(mailFrom, { message = {}, delivery = {}, kind = 'bounce' } = {}) {
      const claim: Claim = {
        destination: 'b.test',
        message: {
          id: 'm1',
          content,
          prefix: Buffer.alloc(0),
          mailFrom,
          body: '7bit',
          smtputf8: false,
          receivedAt: clock.now(),
          source: 'submission',
          ...message,
        },
        deliveries: [],
      };
      const about: QueuedDelivery = {
        n: 1,
        recipient: 'bob@b.test',
        destination: 'b.test',
        state: 'sending',
        nextAt: 0,
        attempts: 1,
        onUnsure: 'retry',
        onFailure: 'report',
        ...delivery,
      };
      const reported = [
        {
          delivery: about,
          kind,
          expired: false,
          host: 'mx.b.test',
          outcome: kind === 'success' ? TAKEN : FAILED,
        },
      ] as const;
      return writeReports({ parts, claim, reported, settings: SETTINGS });
    },
    text: async (report) => (report === undefined ? '' : textOf(store.content.read(report.message.content))),
  };
}

test("[5321-4.5.5-null-reports] a report comes from the null sender, to the sender's mailbox, and the journey says which it is", async (t) => {
  const { report, text } = await world(t);
  const { reports, events } = await report('alice@a.test');
  assert.equal(reports.length, 1);
  assert.equal(reports[0]?.message.mailFrom, '');
  assert.equal(reports[0].emails.length, 1);
  assert.deepEqual(events[0]?.facts, {
    kind: 'reported',
    what: 'bounce',
    report: reports[0].message.id,
    to: 'alice@a.test',
  });
  const octets = await text(reports[0]);
  assert.match(octets, /Final-Recipient: rfc822; ?bob@b\.test/);
  assert.match(octets, /Remote-MTA: dns; ?mx\.b\.test/);
  assert.match(
    octets,
    /What happened: The other server takes mail for this domain, but nobody\r\n {2}there has this address\./,
  );
  assert.match(octets, /\r\n {4}> 550 5\.1\.1 nobody called/);
});

test('a sender elsewhere gets the report by the queue', async (t) => {
  const { report } = await world(t);
  const { reports } = await report('x@x.test');
  assert.deepEqual(
    reports[0]?.deliveries.map(({ recipient, destination }) => ({ recipient, destination })),
    [{ recipient: 'x@x.test', destination: 'x.test' }],
  );
});

test('never a report to the null sender, nor to an address of ours that is not there: the journey says so', async (t) => {
  const { report } = await world(t);
  for (const [sender, why] of [
    ['', /null sender/],
    ['nobody@a.test', /leads nowhere/],
  ] as const) {
    const { reports, events } = await report(sender);
    assert.equal(reports.length, 0);
    const facts = events[0]?.facts;
    assert.ok(facts?.kind === 'unreported');
    assert.match(facts.why, why);
  }
});

test('[5321-7.2-alias] a report about a forwarded copy names the alias, and not where it led', async (t) => {
  const { report, text } = await world(t);
  const { reports } = await report('alice@a.test', {
    delivery: { original: 'team@a.test', recipient: 'secret-target@b.test' },
  });
  const octets = await text(reports[0]);
  assert.match(octets, /Final-Recipient: rfc822; ?team@a\.test/);
  assert.doesNotMatch(octets, /secret-target|b\.test/);
  assert.match(octets, /tell them that mail\r\n {2}to this address does not arrive/, 'not: check the address');
});

test('[3461-6.2-ret] RET=FULL returns the message, without it the header comes back', async (t) => {
  const { report, text } = await world(t);
  assert.doesNotMatch(await text((await report('alice@a.test')).reports[0]), /the body/);
  assert.match(await text((await report('alice@a.test', { message: { ret: 'full' } })).reports[0]), /the body/);
});

test('[3461-5.2.2-relayed] passed on to a server without DSN: "relayed", with that server\'s answer; never to the null sender', async (t) => {
  const { report, text } = await world(t);
  const wish = { kind: 'success', message: { ret: 'full', envid: 'e-1' }, delivery: { notify: ['success'] } } as const;
  const { reports, events } = await report('alice@a.test', { ...wish, delivery: { orcpt: 'rfc822;b+b@b.test' } });
  const octets = await text(reports[0]);
  assert.match(octets, /Action: relayed\r\nStatus: 2\.6\.0\r\nRemote-MTA: dns; mx\.b\.test/);
  assert.match(octets, /Original-Envelope-Id: e-1/);
  assert.match(octets, /Original-Recipient: rfc822; b\+b@b\.test/);
  assert.doesNotMatch(octets, /the body/);
  assert.equal(events[0]?.facts.kind === 'reported' && events[0].facts.what, 'success');
  assert.deepEqual((await report('', wish)).reports, []);
});

test('[3461-5.2.7.4-confidential] success for an alias does not tell where it led', async (t) => {
  const { report, text } = await world(t);
  const delivery = { original: 'team@a.test', recipient: 'secret-target@b.test', notify: ['success'] };
  const octets = await text((await report('alice@a.test', { kind: 'success', delivery })).reports[0]);
  assert.match(octets, /Final-Recipient: rfc822; team@a\.test\r\nAction: relayed/);
  assert.doesNotMatch(octets, /secret-target|b\.test/);
});
