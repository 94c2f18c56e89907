/** Sending from the browser over the built program: two hosts, a reply, a bounce, an undo, a hold over a restart. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventually, startHost } from '../program.ts';
import { MailClient } from '../mail-client.ts';
import type { Answered } from '../mail-client.ts';

const routeTo = (port: number): string =>
  `[queue]\nretry = ["300ms"]\n[[route]]\ndomain = "b.test"\nhost = "127.0.0.1"\nport = ${port}\n`;

test('a letter goes to another host and is answered; one to nobody comes back as a card', async (t) => {
  const b = await startHost(t, { domains: ['b.test'], accounts: ['bob@b.test'] });
  const a = await startHost(t, { accounts: ['alice@a.test'], tables: routeTo(b.port('smtp')) });
  const alice = await MailClient.logIn(a.port('web'), 'alice@a.test');
  const bob = await MailClient.logIn(b.port('web'), 'bob@b.test');

  const { id, emailId } = await alice.send({ to: ['bob@b.test'], subject: 'Lunch', text: 'Shall we? Grüße' });
  const [got] = await eventually('bob has it', async () => {
    const list = await bob.list('inbox', ['id', 'subject', 'messageId', 'from', 'bcc']);
    return list.length === 1 ? list : undefined;
  });
  assert.equal(got?.['subject'], 'Lunch');
  await eventually('alice knows', async () => (await alice.outbox(id))['state'] === 'sent');
  assert.deepEqual(
    (await alice.list('sent')).map((one) => one['id'] as string),
    [emailId],
  );
  assert.deepEqual(await alice.list('drafts'), []);
  const status = (await alice.submissions())[0] as Answered;
  assert.match(status['deliveryStatus']['bob@b.test'].smtpReply as string, /^250 2\.0\.0 [0-9a-z]{26} is our/);
  const [story] = (await bob.ok('Journey/get', { emailId: got['id'] }))['list'] as [Answered];
  assert.deepEqual([story['arrival'].protocol, story['arrival'].client.name], ['ESMTPS', 'mx.a.test']);
  const [own] = (await alice.ok('Journey/get', { emailId }))['list'] as [Answered];
  assert.equal(own['arrival'].protocol, 'JMAP');
  assert.deepEqual([own['recipients'][0].end.kind, own['recipients'][0].end.to], ['relayed', '127.0.0.1']);

  const { id: lost, emailId: wrong } = await alice.send({ to: ['bbo@b.test'], subject: 'Lunhc' });
  const [bounce] = await eventually('it has bounced', async () => {
    const list = await alice.list('inbox');
    return list.length === 1 ? list : undefined;
  });
  const [card] = (await alice.ok('DeliveryReport/get', { ids: [bounce?.['id']] }))['list'] as [Answered];
  assert.deepEqual([card['submissionId'], card['emailId']], [lost, wrong]);
  assert.deepEqual([card['recipients'][0].email, card['recipients'][0].reason.id], ['bbo@b.test', 'no-such-user']);
  const suggested = (await alice.ok('Correspondent/query', { text: 'b' }))['list'] as Answered[];
  assert.deepEqual(
    suggested.map(({ email }) => email as string),
    ['bob@b.test'],
  );
});

test('sending is undone, and what is held is held by the program, whatever happens to it', async (t) => {
  const a = await startHost(t, { accounts: ['alice@a.test', 'bob@a.test'] });
  const alice = await MailClient.logIn(a.port('web'), 'alice@a.test');
  const undone = await alice.send({ to: ['bob@a.test'], subject: 'Not this' }, 3_600);
  assert.equal((await alice.outbox(undone.id))['state'], 'held');
  assert.deepEqual((await alice.cancel(undone.id))['updated'], { [undone.id]: null });
  assert.deepEqual(
    (await alice.list('drafts')).map((one) => one['id'] as string),
    [undone.emailId],
  );
  assert.deepEqual(await alice.list('sent'), []);

  const held = await alice.send({ to: ['bob@a.test'], subject: 'This' }, 4);
  await a.kill();
  const again = await startHost(t, { state: a.state });
  alice.port = again.port('web');
  const bob = await MailClient.logIn(again.port('web'), 'bob@a.test');
  await eventually('it has come', async () => (await bob.list('inbox')).length === 1);
  assert.deepEqual(
    (await bob.list('inbox')).map((one) => one['subject'] as string),
    ['This'],
  );
  const after = (await alice.submissions()).find((one) => one['id'] === held.id) as Answered;
  assert.equal(after['undoStatus'], 'final');
  assert.equal((await alice.cancel(held.id))['notUpdated'][held.id].type, 'cannotUnsend');
});
