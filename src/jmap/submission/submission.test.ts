import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Answered } from '../testing.ts';
import { LATER, letter, LOST, NOBODY, SendingHouse } from './testing.ts';

const sentToo = async (house: SendingHouse): Promise<Readonly<Record<string, unknown>>> => {
  const [sent, drafts] = [await house.mailbox('sent'), await house.mailbox('drafts')];
  return {
    onSuccessUpdateEmail: {
      '#k': { [`mailboxIds/${sent}`]: true, [`mailboxIds/${drafts}`]: null, 'keywords/$draft': null },
    },
  };
};

test('[8621-7.5-submit] a draft is sent to somebody here, without its Bcc, and moved to Sent in the same commit', async (t) => {
  const house = await SendingHouse.open(t);
  const draft = await house.draft(letter('Bob <bob@a.test>', ['Bcc: carol@a.test', 'Message-ID: <1@a.test>']));
  const create = { k: { identityId: 'own', emailId: draft } };
  const responses = await house.calls([
    ['EmailSubmission/set', { accountId: house.account.id, create, ...(await sentToo(house)) }, 's'],
  ]);
  const [[name, answer], [implicit, emails]] = responses as never as [[string, Answered], [string, Answered]];
  assert.deepEqual([name, implicit], ['EmailSubmission/set', 'Email/set']);
  assert.deepEqual(emails['updated'], { [draft]: null });
  assert.notEqual(emails['oldState'], emails['newState']);
  const made = answer['created'].k as Answered;
  assert.deepEqual(made['envelope'], {
    mailFrom: { email: 'alice@a.test', parameters: null },
    rcptTo: [
      { email: 'bob@a.test', parameters: null },
      { email: 'carol@a.test', parameters: null },
    ],
  });
  assert.equal(made['undoStatus'], 'final');
  assert.deepEqual(made['deliveryStatus']['bob@a.test'], {
    smtpReply: '250 2.1.5 It lies in the mailbox',
    delivered: 'yes',
    displayed: 'unknown',
  });
  assert.deepEqual(await house.where(draft), { in: ['sent'], keywords: ['$seen'] });
  for (const account of ['account-1', 'account-2']) {
    const [letterThere] = await house.lettersOf(account);
    assert.match(letterThere?.text ?? '', /^Return-Path: <alice@a\.test>\r\n/);
    assert.match(letterThere?.text ?? '', /\r\nReceived: from unknown\r\n\tby mx\.a\.test id [0-9a-z]{26};\r\n/);
    assert.doesNotMatch(letterThere?.text ?? '', /Bcc/i);
  }
  assert.doesNotMatch((await house.lettersOf('account-1'))[0]?.text ?? '', /carol/);
  const again = await house.submission(made['id'] as string);
  assert.deepEqual(
    [again['emailId'], again['identityId'], again['sendAt'], again['dsnBlobIds']],
    [draft, 'own', '2026-01-01T00:00:00Z', []],
  );
});

test('[8621-7-envelope-derived] the sender is that of Sender or From where the identity allows it; each recipient stands there once', async (t) => {
  const house = await SendingHouse.open(t);
  await house.house.store.write('putGrant', { account: house.account.id, local: 'info', domain: 'a.test', at: 1 });
  const fields = ['Cc: x: BOB <bob@b.test>, bob@b.test;, carol@b.test', 'Sender: alice@a.test'];
  const one = await house.submit(await house.draft(letter('bob@b.test', fields, 'info@a.test')));
  assert.equal(one['envelope'].mailFrom.email, 'alice@a.test');
  assert.deepEqual(
    one['envelope'].rcptTo.map(({ email }: Answered) => email as string),
    ['bob@b.test', 'carol@b.test'],
  );
  // From is not the identity's address: the identity's stands on the envelope.
  const two = await house.submit(await house.draft(letter('bob@b.test', [], 'info@a.test')));
  assert.equal(two['envelope'].mailFrom.email, 'alice@a.test');
  const made = await house.ok('Identity/set', { create: { i: { email: 'info@a.test', name: 'Info' } } });
  const identityId = made['created'].i.id as string;
  const three = await house.submit(await house.draft(letter('bob@b.test', [], 'info@a.test')), { identityId });
  assert.equal(three['envelope'].mailFrom.email, 'info@a.test');
});

const REFUSED: readonly (readonly [string, string, Readonly<Record<string, unknown>>, Readonly<Record<string, unknown>>])[] = [
  ['no recipient', letter(''), {}, { type: 'noRecipients' }],
  ['too many recipients', letter('a@b.test, b@b.test, c@b.test, d@b.test, e@b.test, f@b.test'), {}, { type: 'tooManyRecipients', maxRecipients: 5 }],
  ['an unknown address of ours', letter('nobody@a.test, bob@a.test'), {}, { type: 'invalidRecipients', invalidRecipients: ['nobody@a.test'] }],
  ['no address', letter('bob@a.test'), { envelope: { mailFrom: { email: 'alice@a.test' }, rcptTo: [{ email: 'bob' }] } }, { type: 'invalidRecipients', invalidRecipients: ['bob'] }],
  ['a sender of somebody else', letter('bob@a.test'), { envelope: { mailFrom: { email: 'bob@a.test' }, rcptTo: [{ email: 'bob@a.test' }] } }, { type: 'forbiddenMailFrom' }],
  ['an author of somebody else', letter('bob@a.test', [], 'bob@a.test'), {}, { type: 'forbiddenFrom' }],
  ['two authors and no sender', letter('bob@a.test', [], 'alice@a.test, bob@a.test'), {}, { type: 'invalidEmail', properties: ['from'] }],
  ['a field that is no list of addresses', letter('bob@a.test', ['Cc: <<>']), {}, { type: 'invalidEmail', properties: ['cc'] }],
  ['a NUL', letter('bob@a.test', ['X: \0']), {}, { type: 'invalidEmail', properties: ['bodyStructure'] }],
  ['an identity that is not there', letter('bob@a.test'), { identityId: 'none' }, { type: 'invalidProperties', properties: ['identityId'] }],
  ['an email that is not there', letter('bob@a.test'), { emailId: 'none' }, { type: 'invalidProperties', properties: ['emailId'] }],
  ['a parameter nobody knows', letter('bob@a.test'), { envelope: { mailFrom: { email: 'alice@a.test', parameters: { X: null } }, rcptTo: [{ email: 'bob@a.test' }] } }, { type: 'invalidProperties', properties: ['envelope/mailFrom/parameters'] }],
  ['two parameters in one', letter('bob@a.test'), { envelope: { mailFrom: { email: 'alice@a.test', parameters: { BODY: '7BIT SMTPUTF8' } }, rcptTo: [{ email: 'bob@a.test' }] } }, { type: 'invalidProperties', properties: ['envelope/mailFrom/parameters'] }],
  ['a hold that is too long', letter('bob@a.test'), { envelope: { mailFrom: { email: 'alice@a.test', parameters: { HOLDFOR: '86401' } }, rcptTo: [{ email: 'bob@a.test' }] } }, { type: 'invalidProperties', properties: ['envelope/mailFrom/parameters'] }],
  ['a status that is no beginning', letter('bob@a.test'), { undoStatus: 'canceled' }, { type: 'invalidProperties', properties: ['undoStatus'] }],
]; // prettier-ignore

for (const [what, text, properties, expected] of REFUSED)
  test(`[8621-7.5-errors] ${what} is refused by name, and nothing is sent`, async (t) => {
    const house = await SendingHouse.open(t);
    const draft = await house.draft(text);
    const error = await house.submit(draft, properties, await sentToo(house));
    for (const [name, value] of Object.entries(expected)) assert.deepEqual(error[name], value, JSON.stringify(error));
    assert.equal(typeof error['description'], 'string');
    assert.deepEqual(await house.where(draft), { in: ['drafts'], keywords: ['$draft', '$seen'] });
    assert.deepEqual(await house.lettersOf('account-1'), []);
    assert.deepEqual(await house.ok('EmailSubmission/get', { ids: null }).then(({ list }) => list), []);
  });

test('[8621-7.5-errors] what is too large, and what is beyond the limits of a day', async (t) => {
  const house = await SendingHouse.open(t);
  house.limits = { messages: 2, newcomers: 1 };
  house.maxMessage = 200;
  const large = await house.submit(await house.draft(letter('bob@a.test', [`X: ${'x'.repeat(200)}`])));
  assert.deepEqual([large['type'], large['maxSize']], ['tooLarge', 200]);
  house.maxMessage = 100_000;
  assert.equal((await house.submit(await house.draft(letter('bob@b.test, carol@b.test'))))['type'], 'rateLimit');
  for (let n = 0; n < 2; n++)
    assert.equal(typeof (await house.submit(await house.draft(letter('bob@b.test'))))['id'], 'string');
  assert.equal((await house.submit(await house.draft(letter('bob@b.test'))))['type'], 'forbiddenToSend');
});

test('[8621-7-undo] what is held can be canceled, and goes back to Drafts in the same commit', async (t) => {
  const house = await SendingHouse.open(t);
  house.startQueue();
  const draft = await house.draft(letter('bob@a.test, dora@b.test'));
  const envelope = {
    mailFrom: { email: 'alice@a.test', parameters: { HOLDFOR: '10' } },
    rcptTo: [{ email: 'bob@a.test' }, { email: 'dora@b.test' }],
  };
  const made = await house.submit(draft, { envelope }, await sentToo(house));
  assert.deepEqual([made['undoStatus'], made['sendAt']], ['pending', '2026-01-01T00:00:10Z']);
  assert.equal(made['deliveryStatus']['bob@a.test'].delivered, 'queued');
  assert.deepEqual((await house.where(draft)).in, ['sent']);
  const [sent, drafts] = [await house.mailbox('sent'), await house.mailbox('drafts')];
  const id = made['id'] as string;
  const back = { [`mailboxIds/${sent}`]: null, [`mailboxIds/${drafts}`]: true, 'keywords/$draft': true };
  const [[, canceled], [, emails]] = (await house.calls([
    [
      'EmailSubmission/set',
      {
        accountId: house.account.id,
        update: { [id]: { undoStatus: 'canceled' } },
        onSuccessUpdateEmail: { [id]: back },
      },
      's',
    ],
  ])) as never as [[string, Answered], [string, Answered]];
  assert.deepEqual(canceled['updated'], { [id]: null });
  assert.deepEqual(emails['updated'], { [draft]: null });
  assert.deepEqual(await house.where(draft), { in: ['drafts'], keywords: ['$draft', '$seen'] });
  assert.equal((await house.submission(id))['undoStatus'], 'canceled');
  await house.house.clock.advance(60_000);
  assert.deepEqual(await house.lettersOf('account-1'), []);
  assert.deepEqual(house.next.got, []);
});

test('[8621-7-undo] when its time has come it goes, and can not be unsent', async (t) => {
  const house = await SendingHouse.open(t);
  house.startQueue();
  const until = { HOLDUNTIL: '2026-01-01T00:01:00Z' };
  const envelope = {
    mailFrom: { email: 'alice@a.test', parameters: until },
    rcptTo: [{ email: 'bob@a.test' }, { email: 'dora@b.test' }],
  };
  const id = (await house.submit(await house.draft(letter('bob@a.test')), { envelope }))['id'] as string;
  await house.house.clock.advance(59_000);
  assert.equal((await house.submission(id))['undoStatus'], 'pending');
  await house.pass(2_000, async () => house.next.got.length === 1 && (await house.lettersOf('account-1')).length === 1);
  const now = await house.submission(id);
  assert.equal(now['undoStatus'], 'final');
  assert.equal(now['deliveryStatus']['bob@a.test'].delivered, 'yes');
  assert.deepEqual(now['deliveryStatus']['dora@b.test'], {
    smtpReply: '250 2.0.0 Taken',
    delivered: 'unknown',
    displayed: 'unknown',
  });
  const answer = await house.ok('EmailSubmission/set', { update: { [id]: { undoStatus: 'canceled' } } });
  assert.equal(answer['notUpdated'][id].type, 'cannotUnsend');
});

test('[8621-7.2-changes] each move of a delivery is a change of its submission, and of no other', async (t) => {
  const house = await SendingHouse.open(t);
  house.next.answer = () => LATER;
  const first = (await house.submit(await house.draft(letter('dora@b.test'))))['id'] as string;
  const held = {
    mailFrom: { email: 'alice@a.test', parameters: { HOLDFOR: '9999' } },
    rcptTo: [{ email: 'x@c.test' }],
  };
  const other = (await house.submit(await house.draft(letter('x@c.test')), { envelope: held }))['id'] as string;
  const state = (await house.ok('EmailSubmission/get', { ids: [] }))['state'] as string;
  house.startQueue();
  await house.pass(0, async () => (await house.outbox(first))['recipients'][0].attempts === 1);
  await house.pass(0, async () => (await house.outbox(first))['state'] === 'waiting');
  const changes = await house.ok('EmailSubmission/changes', { sinceState: state });
  assert.deepEqual([changes['created'], changes['updated'], changes['destroyed']], [[], [first], []]);
  await house.ok('EmailSubmission/set', { destroy: [other] });
  const after = await house.ok('EmailSubmission/changes', { sinceState: changes['newState'] });
  assert.deepEqual([after['updated'], after['destroyed']], [[], [other]]);
});

test('[8621-7.3-query] submissions are found by what they are, and changes of the result are told', async (t) => {
  const house = await SendingHouse.open(t);
  const ids: string[] = [];
  const drafts: string[] = [];
  for (const hold of ['100', '50', '10']) {
    const envelope = {
      mailFrom: { email: 'alice@a.test', parameters: { HOLDFOR: hold } },
      rcptTo: [{ email: 'dora@b.test' }],
    };
    drafts.push(await house.draft(letter('dora@b.test')));
    ids.push((await house.submit(drafts.at(-1) as string, { envelope }))['id'] as string);
  }
  const query = async (args: Readonly<Record<string, unknown>>): Promise<readonly string[]> =>
    (await house.ok('EmailSubmission/query', args))['ids'] as string[];
  const [a, b, c] = ids as [string, string, string];
  assert.deepEqual(await query({ sort: [{ property: 'sentAt' }] }), [c, b, a]);
  assert.deepEqual(await query({ filter: { emailIds: [drafts[1]] } }), [b]);
  assert.deepEqual(await query({ filter: { after: '2026-01-01T00:00:50Z' }, sort: [{ property: 'sentAt' }] }), [b, a]);
  assert.deepEqual(await query({ filter: { before: '2026-01-01T00:00:50Z' } }), [c]);
  const pending = { filter: { undoStatus: 'pending' }, sort: [{ property: 'sentAt' }] };
  const { queryState } = await house.ok('EmailSubmission/query', pending);
  await house.ok('EmailSubmission/set', { update: { [b]: { undoStatus: 'canceled' } } });
  assert.deepEqual(await query({ filter: { operator: 'NOT', conditions: [{ undoStatus: 'pending' }] } }), [b]);
  const changes = await house.ok('EmailSubmission/queryChanges', { ...pending, sinceQueryState: queryState });
  assert.deepEqual([changes['removed'], changes['added']], [[b], []]);
  for (const [filter, type] of [
    [{ x: 1 }, 'unsupportedFilter'],
    [{ before: 'yesterday' }, 'invalidArguments'],
  ] as const) {
    const [[name, error]] = (await house.calls([
      ['EmailSubmission/query', { accountId: house.account.id, filter }, 'q'],
    ])) as never as [[string, Answered]];
    assert.deepEqual([name, error['type']], ['error', type]);
  }
});

test('[8621-7.5-destroy] the email may be destroyed with its sending, and is refused where it can not be changed', async (t) => {
  const house = await SendingHouse.open(t);
  const draft = await house.draft(letter('bob@a.test'));
  const set = async (more: Readonly<Record<string, unknown>>, emailId = draft): Promise<Answered> => {
    const create = { k: { identityId: 'own', emailId } };
    const responses = await house.calls([
      ['EmailSubmission/set', { accountId: house.account.id, create, ...more }, 's'],
    ]);
    return (responses[1]?.[1] ?? {}) as Answered;
  };
  const refused = await set({ onSuccessUpdateEmail: { '#k': { 'mailboxIds/m999': true } } });
  assert.equal(refused['notUpdated'][draft].type, 'invalidProperties');
  assert.deepEqual((await set({ onSuccessDestroyEmail: ['#k'] }))['destroyed'], [draft]);
  assert.deepEqual((await house.where(draft)).in, []);
  assert.equal((await house.lettersOf('account-1')).length, 2);
  assert.deepEqual(await set({ onSuccessDestroyEmail: ['#k'] }), {});
});

test('an outbox tells how each recipient stands and why, and what can be done', async (t) => {
  const house = await SendingHouse.open(t);
  house.next.answer = (to) => (to.startsWith('later') ? LATER : to.startsWith('lost') ? LOST : NOBODY);
  house.startQueue();
  const to = 'later@b.test, lost@c.test, nobody@d.test';
  const id = (await house.submit(await house.draft(letter(to))))['id'] as string;
  await house.pass(0, async () => {
    const { recipients } = await house.outbox(id);
    return (recipients as Answered[]).every(({ state, attempts }) => attempts === 1 && state !== 'sending');
  });
  const entry = await house.outbox(id);
  assert.equal(entry['state'], 'unsure');
  const [later, lost, nobody] = entry['recipients'] as [Answered, Answered, Answered];
  assert.deepEqual(
    [later['state'], later['reason'].id, later['actions']],
    ['waiting', 'greylisted', ['tryAgain', 'cancel']],
  );
  assert.equal(later['reply'], '450 4.7.1 Greylisted, come back later');
  assert.equal(later['givesUpAt'], '2026-01-06T00:00:00Z');
  assert.match(later['nextAt'] as string, /^2026-01-01T00:01:/);
  assert.deepEqual([lost['state'], lost['actions'], lost['nextAt']], ['unsure', ['sendAgain', 'cancel'], null]);
  assert.deepEqual([nobody['state'], nobody['reason'].id, nobody['actions']], ['refused', 'no-such-user', []]);
  assert.deepEqual((await house.ok('Outbox/get', { ids: null }))['list'].length, 1);

  const act = (action: string, recipients?: readonly string[]): Promise<Answered> =>
    house.ok('Outbox/act', { id, action, recipients: recipients ?? null });
  // What is unsure is sent again by who says so, and by nobody else.
  assert.deepEqual((await act('tryAgain', ['lost@c.test']))['results'][0].done, false);
  house.next.answer = () => ({ outcome: 'relayed', reply: { code: 250, lines: ['ok'] } });
  assert.deepEqual((await act('sendAgain', ['lost@c.test']))['results'], [
    { email: 'lost@c.test', done: true, description: null },
  ]);
  await house.pass(0, async () => (await house.outbox(id))['recipients'][1].state === 'sent');
  assert.deepEqual(
    (await act('cancel'))['results'].map(({ done }: Answered) => done as boolean),
    [true, false, false],
  );
  assert.equal((await house.outbox(id))['recipients'][0].state, 'canceled');
  assert.equal(house.next.got.length, 1);
});

const reportOf = (email: string, recipient: string, action: string, more: string): string =>
  [
    'From: Mail <mailer-daemon@c.test>',
    'To: alice@a.test',
    'Subject: Report',
    `Message-ID: <${email}.${action}@c.test>`,
    'MIME-Version: 1.0',
    'Content-Type: multipart/report; report-type=delivery-status; boundary=r',
    '',
    '--r',
    '',
    'See below.',
    '--r',
    'Content-Type: message/delivery-status',
    '',
    'Reporting-MTA: dns; mx.c.test',
    '',
    `Final-Recipient: rfc822; ${recipient}`,
    `Action: ${action}`,
    more,
    '--r',
    'Content-Type: text/rfc822-headers',
    '',
    `Message-ID: <${email}@a.test>`,
    '',
    '--r--',
    '',
  ].join('\r\n');

test('what was unsure is settled by a report that comes later: it arrived, or it did not, and why', async (t) => {
  const house = await SendingHouse.open(t);
  house.next.answer = () => LOST;
  house.startQueue();
  const send = async (name: string, to: string): Promise<string> => {
    const id = (await house.submit(await house.draft(letter(to, [`Message-ID: <${name}@a.test>`]))))['id'] as string;
    await house.pass(0, async () => (await house.outbox(id))['state'] === 'unsure');
    return id;
  };
  const [good, bad, late] = [await send('good', 'g@c.test'), await send('bad', 'b@c.test'), await send('late', 'l@c.test')]; // prettier-ignore
  const reports = [
    await house.draft(reportOf('good', 'g@c.test', 'delivered', 'Status: 2.0.0')),
    await house.draft(reportOf('bad', 'b@c.test', 'failed', 'Status: 5.2.2\r\nDiagnostic-Code: smtp; 552 5.2.2 Mailbox full')), // prettier-ignore
    await house.draft(reportOf('late', 'l@c.test', 'delayed', 'Status: 4.4.1')),
  ];
  assert.equal((await house.ok('DeliveryReport/get', { ids: reports }))['list'].length, 3);
  const stand = async (id: string): Promise<readonly unknown[]> => {
    const { state, reason, reply, actions } = (await house.outbox(id))['recipients'][0] as Answered;
    return [state, reason?.id, reply, actions];
  };
  assert.deepEqual(await stand(good), ['sent', undefined, '451 4.4.2 The line broke', []]);
  assert.deepEqual(await stand(bad), ['refused', 'mailbox-full', '552 5.2.2 Mailbox full', []]);
  assert.deepEqual((await stand(late))[0], 'unsure', 'nobody has said more of it');
  const shown = async (): Promise<readonly string[]> =>
    ((await house.ok('Outbox/get', { ids: null }))['list'] as Answered[]).map(({ id }) => id as string).toSorted();
  assert.deepEqual(await shown(), [bad, late].toSorted());
  // What failed is shown for a week.
  await house.house.clock.advance(8 * 86_400_000);
  assert.deepEqual(await shown(), [late]);
});

test('a bounce is a card, linked to what was sent', async (t) => {
  const house = await SendingHouse.open(t);
  house.next.answer = () => NOBODY;
  house.startQueue();
  const draft = await house.draft(letter('bbo@b.test', ['Message-ID: <1@a.test>']));
  const id = (await house.submit(draft))['id'] as string;
  await house.pass(0, async () => (await house.lettersOf(house.account.id)).length === 1);
  const [bounce] = await house.lettersOf(house.account.id);
  assert.deepEqual((await house.submission(id))['dsnBlobIds'], [`e-${bounce?.id ?? ''}`]);
  const { list, notFound } = await house.ok('DeliveryReport/get', { ids: [bounce?.id, draft] });
  assert.deepEqual(notFound, [draft]);
  const [card] = list as [Answered];
  assert.deepEqual([card['kind'], card['submissionId'], card['emailId']], ['delivery', id, draft]);
  assert.deepEqual([card['subject'], card['messageId']], ['Lunch', '<1@a.test>']);
  const [recipient] = card['recipients'] as [Answered];
  assert.deepEqual(
    [recipient['email'], recipient['action'], recipient['status'], recipient['reason'].id, recipient['reply']],
    ['bbo@b.test', 'failed', '5.1.1', 'no-such-user', '550 5.1.1 No such user here'],
  );
  // It is not suggested again.
  assert.deepEqual((await house.ok('Correspondent/query', { text: 'bbo' }))['list'], []);
});

test('people one writes to are suggested, by name or address, until they are forgotten', async (t) => {
  const house = await SendingHouse.open(t);
  await house.submit(await house.draft(letter('"Zoë Stone" <zoe@b.test>, =?utf-8?Q?J=C3=BCrgen?= <j@c.test>')));
  await house.submit(await house.draft(letter('j@c.test, alice@a.test')));
  const ask = async (text: string): Promise<readonly Answered[]> =>
    (await house.ok('Correspondent/query', { text }))['list'] as Answered[];
  assert.deepEqual(
    (await ask('')).map(({ name, email }) => [name as string, email as string]),
    [
      ['Jürgen', 'j@c.test'],
      ['Zoë Stone', 'zoe@b.test'],
    ],
  );
  for (const text of ['sto', 'zoe', 'ZOE st', 'b.te'])
    assert.equal((await ask(text))[0]?.['email'], 'zoe@b.test', text);
  const [zoe] = await ask('zoe');
  const gone = await house.ok('Correspondent/set', { destroy: [zoe?.['id'], 'none'] });
  assert.deepEqual([gone['destroyed'], gone['notDestroyed'].none.type], [[zoe?.['id']], 'notFound']);
  assert.deepEqual(await ask('zoe'), []);
});

test('a journey shows a sender the way to each recipient, and a recipient that of their copy', async (t) => {
  const house = await SendingHouse.open(t);
  house.startQueue();
  const envelope = {
    mailFrom: { email: 'alice@a.test', parameters: { HOLDFOR: '10' } },
    rcptTo: [{ email: 'bob@a.test' }, { email: 'dora@b.test' }],
  };
  const draft = await house.draft(letter('bob@a.test'));
  const id = (await house.submit(draft, { envelope }))['id'] as string;
  await house.pass(
    11_000,
    async () => house.next.got.length === 1 && (await house.lettersOf('account-1')).length === 1,
  );
  for (const about of [{ submissionId: id }, { emailId: draft }]) {
    const [story] = (await house.ok('Journey/get', about))['list'] as [Answered];
    assert.deepEqual([story['submissionId'], story['emailId']], [id, draft]);
    const dora = (story['recipients'] as Answered[]).filter(({ email }) => email === 'dora@b.test');
    const kinds = dora.flatMap(({ hops }) => hops as Answered[]).map(({ kind, why }) => (why ?? kind) as string);
    assert.deepEqual(kinds, ['queued', 'undo-hold', 'attempt']);
    assert.doesNotMatch(JSON.stringify(story), /uidl":"[a-z0-9]/);
  }
  const bob = house.as('bob@a.test', 'account-1');
  const [copy] = await house.lettersOf('account-1');
  const [story] = (await bob.ok('Journey/get', { emailId: copy?.id }))['list'] as [Answered];
  assert.deepEqual(
    (story['recipients'] as Answered[]).map(({ email }) => email as string),
    ['bob@a.test'],
  );
  assert.doesNotMatch(JSON.stringify(story), /dora/);
  assert.deepEqual((await bob.ok('Journey/get', { submissionId: id }))['list'], []);
  assert.deepEqual((await bob.ok('DeliveryReport/get', { ids: [draft] }))['list'], []);
});

test('who writes is suggested once it was read, and a program that writes to many is not', async (t) => {
  const house = await SendingHouse.open(t);
  const carol = house.as('carol@a.test', 'account-2');
  const bob = house.as('bob@a.test', 'account-1');
  await carol.submit(await carol.draft(letter('bob@a.test', ['List-Id: <news.a.test>'], 'Carol <carol@a.test>')));
  await house.submit(await house.draft(letter('bob@a.test', [], 'Alice <alice@a.test>')));
  await house.pass(0, async () => (await bob.ok('Correspondent/query', {}))['list'].length > 0);
  const list = (await bob.ok('Correspondent/query', {}))['list'] as Answered[];
  assert.deepEqual(
    list.map(({ name, email }) => [name as string, email as string]),
    [['Alice', 'alice@a.test']],
  );
});
