/** Cases for submissions that are made, taken back, destroyed (RFC 8621 §7.5). */
import { eventually } from '../../program.ts';
import { fresh, group, holds, like, same } from './client.ts';
import type { Answered, JmapServer } from './client.ts';
import { ownIdentity } from './identities.ts';
import { arrived, envelope, held, written } from './letters.ts';

/** RETR of the last message of a maildrop, over POP3. */
async function overPop3({ pop3Port, bob, password }: JmapServer, subject: string): Promise<string> {
  const { connect } = await import('node:net');
  const socket = connect(pop3Port, '127.0.0.1');
  let heard = '';
  socket.on('data', (chunk: Buffer) => (heard += chunk.toString('latin1')));
  const until = (what: RegExp): Promise<string> =>
    eventually(String(what), () => Promise.resolve(what.exec(heard)?.[0]));
  try {
    socket.write(`USER ${bob.name}\r\nPASS ${password}\r\nSTAT\r\n`);
    const [, count] = /(\d+) \d+\r\n$/.exec(await until(/(\+OK[^\n]*\n){3}\+OK \d+ \d+\r\n/)) ?? [];
    socket.write(`TOP ${count ?? '1'} 0\r\nQUIT\r\n`);
    return await until(new RegExp(`Subject: ${subject}`, 'i'));
  } finally {
    socket.destroy();
  }
}

export const SUBMISSIONS = group('Submissions', [
  [
    '8621-7.5-made',
    'must',
    'A letter is sent by its own fields: the answer has all that the server set',
    async ({ ann, bob }) => {
      const { emailId, identityId, subject } = await written(ann, bob.name);
      const made = await ann.made('EmailSubmission', { emailId, identityId });
      like(
        made,
        { id: /./, threadId: /./, undoStatus: /^(pending|final)$/, sendAt: /Z$/, dsnBlobIds: [], mdnBlobIds: [] },
        'made',
      );
      like(made['envelope'], { mailFrom: { email: ann.name }, rcptTo: [{ email: bob.name }] }, 'envelope');
      same((await arrived(bob, subject))['from'], [{ name: null, email: ann.name }], 'from');
    },
  ],
  [
    '8621-7-object',
    'must',
    'A submission has all its properties',
    async ({ ann, bob }) => {
      const { emailId, identityId } = await written(ann, bob.name);
      const { id } = await ann.made('EmailSubmission', { emailId, identityId });
      const got = await ann.one('EmailSubmission', id as string);
      same(
        Object.keys(got).toSorted(),
        [
          'deliveryStatus',
          'dsnBlobIds',
          'emailId',
          'envelope',
          'id',
          'identityId',
          'mdnBlobIds',
          'sendAt',
          'threadId',
          'undoStatus',
        ],
        'properties',
      );
      same([got['emailId'], got['identityId']], [emailId, identityId], 'ids');
      like(
        got['deliveryStatus'],
        { [bob.name]: { smtpReply: /^\d{3}/, delivered: /^(queued|yes|no|unknown)$/, displayed: /^(unknown|yes)$/ } },
        'deliveryStatus',
      );
    },
  ],
  [
    '8621-7-envelope-whole',
    'must',
    'An envelope is told with all that it has, though it was given without parameters',
    async ({ ann, bob }) => {
      const { emailId, identityId } = await written(ann, 'nobody@elsewhere.test');
      const given = { mailFrom: { email: ann.name }, rcptTo: [{ email: bob.name }] };
      const { id } = await ann.made('EmailSubmission', { emailId, identityId, envelope: given });
      const [from, to] = [ann.name, bob.name].map((email) => ({ email, parameters: null }));
      same((await ann.one('EmailSubmission', id as string))['envelope'], { mailFrom: from, rcptTo: [to] }, 'envelope');
    },
  ],
  [
    '8621-7.5-envelope',
    'must',
    'A letter goes to whom the envelope names, whatever its fields say',
    async ({ ann, bob }) => {
      const { emailId, identityId, subject } = await written(ann, 'nobody@elsewhere.test');
      await ann.made('EmailSubmission', { emailId, identityId, envelope: envelope(ann.name, [bob.name]) });
      same((await arrived(bob, subject))['to'], [{ name: null, email: 'nobody@elsewhere.test' }], 'to');
    },
  ],
  [
    '8621-7.5-bcc',
    'must',
    'Bcc is sent to, and nobody is told',
    async ({ ann, bob }) => {
      const { emailId, identityId, subject } = await written(ann, ann.name, { bcc: [{ name: null, email: bob.name }] });
      const { envelope: used } = await ann.made('EmailSubmission', { emailId, identityId });
      same(
        (used.rcptTo as Answered[]).map(({ email }) => email as string).toSorted(),
        [ann.name, bob.name].toSorted(),
        'rcptTo',
      );
      same((await arrived(bob, subject))['bcc'], null, 'bcc');
      like((await ann.email(emailId, ['bcc']))['bcc'], [{ email: bob.name }], 'bcc of the sender’s own copy');
    },
  ],
  [
    '8621-7.5-pop3',
    'must',
    'What was sent is there over POP3 too',
    async (server) => {
      const { emailId, identityId, subject } = await written(server.ann, server.bob.name);
      await server.ann.made('EmailSubmission', { emailId, identityId });
      await arrived(server.bob, subject);
      await overPop3(server, subject);
    },
  ],
  [
    '8621-7.5-own-copy',
    'must',
    'The email that was sent stays as it is',
    async ({ ann, bob }) => {
      const { emailId, identityId } = await written(ann, bob.name);
      const before = await ann.email(emailId, ['mailboxIds', 'keywords', 'size']);
      await ann.made('EmailSubmission', { emailId, identityId });
      same(await ann.email(emailId, ['mailboxIds', 'keywords', 'size']), before, 'email');
    },
  ],
  [
    '8621-7.5-on-success-update',
    'must',
    'onSuccessUpdateEmail changes the email, as an Email/set that is answered, too',
    async ({ ann, bob }) => {
      const { emailId, identityId } = await written(ann, bob.name);
      const [sent, drafts] = [ann.boxes['sent'] ?? '', ann.boxes['drafts'] ?? ''];
      const patch = { [`mailboxIds/${sent}`]: true, [`mailboxIds/${drafts}`]: null, 'keywords/$draft': null };
      const responses = await ann.calls([
        'EmailSubmission/set',
        { create: { s: { emailId, identityId } }, onSuccessUpdateEmail: { '#s': patch } },
        'a',
      ]);
      same(
        responses.map(([name, , id]) => [name, id]),
        [
          ['EmailSubmission/set', 'a'],
          ['Email/set', 'a'],
        ],
        'responses',
      );
      same(responses[1]?.[1]['updated'], { [emailId]: null }, 'updated');
      same(
        await ann.email(emailId, ['mailboxIds', 'keywords']),
        { id: emailId, mailboxIds: { [sent]: true }, keywords: { $seen: true } },
        'email',
      );
    },
  ],
  [
    '8621-7.5-on-success-destroy',
    'must',
    'onSuccessDestroyEmail destroys the email',
    async ({ ann, bob }) => {
      const { emailId, identityId, subject } = await written(ann, bob.name);
      const responses = await ann.calls([
        'EmailSubmission/set',
        { create: { s: { emailId, identityId } }, onSuccessDestroyEmail: ['#s'] },
        'a',
      ]);
      same(responses[1]?.[1]['destroyed'], [emailId], 'destroyed');
      await arrived(bob, subject);
    },
  ],
  [
    '8621-7.5-on-failure',
    'must',
    'Where nothing was sent, nothing follows',
    async ({ ann }) => {
      const { emailId } = await written(ann, 'x@b.test');
      const responses = await ann.calls([
        'EmailSubmission/set',
        { create: { s: { emailId, identityId: 'none' } }, onSuccessDestroyEmail: ['#s'] },
        'a',
      ]);
      same([responses.length, (await ann.email(emailId, ['id']))['id']], [1, emailId], 'responses and email');
    },
  ],
  [
    '8621-7.5-draft-in-request',
    'must',
    'A letter is written and sent in one request',
    async ({ ann, bob }) => {
      const subject = fresh('letter');
      const { id: identityId } = await ownIdentity(ann);
      const d = {
        mailboxIds: { [ann.boxes['drafts'] ?? '']: true },
        from: [{ email: ann.name }],
        to: [{ email: bob.name }],
        subject,
        bodyStructure: { partId: 't', type: 'text/plain' },
        bodyValues: { t: { value: 'x' } },
      };
      const patch = { mailboxIds: { [ann.boxes['sent'] ?? '']: true } };
      const responses = await ann.calls(
        ['Email/set', { create: { d } }, 'a'],
        [
          'EmailSubmission/set',
          { create: { s: { emailId: '#d', identityId } }, onSuccessUpdateEmail: { '#s': patch } },
          'b',
        ],
      );
      like(responses[1]?.[1]['created'], { s: { id: /./ } }, 'created');
      same(
        (await ann.email(responses[0]?.[1]['created'].d.id as string, ['mailboxIds']))['mailboxIds'],
        patch.mailboxIds,
        'mailboxIds',
      );
      await arrived(bob, subject);
    },
  ],
  [
    '8621-7.5-hold',
    'should',
    'A letter is held for as long as it says, and taken back',
    async ({ ann, bob }) => {
      const { id, emailId } = await held(ann, bob.name);
      const { sendAt } = await ann.one('EmailSubmission', id);
      holds(Date.parse(sendAt as string) > Date.now() + 3_000_000, 'in an hour', sendAt);
      await ann.changed('EmailSubmission', id, { undoStatus: 'canceled' });
      like(await ann.one('EmailSubmission', id), { undoStatus: 'canceled', emailId }, 'submission');
    },
  ],
  [
    '8621-7.5-cancel-follows',
    'must',
    'What follows a success follows the taking back, too',
    async ({ ann, bob }) => {
      const { id, emailId } = await held(ann, bob.name);
      const onSuccessUpdateEmail = { [id]: { 'keywords/back': true } };
      const responses = await ann.calls([
        'EmailSubmission/set',
        { update: { [id]: { undoStatus: 'canceled' } }, onSuccessUpdateEmail },
        'a',
      ]);
      same(responses[1]?.[1]['updated'], { [emailId]: null }, 'updated');
    },
  ],
  [
    '8621-7.5-cannot-unsend',
    'must',
    'What is gone can not be taken back',
    async ({ ann, bob }) => {
      const { emailId, identityId, subject } = await written(ann, bob.name);
      const { id } = await ann.made('EmailSubmission', { emailId, identityId });
      await arrived(bob, subject);
      same(
        (await ann.notChanged('EmailSubmission', id as string, { undoStatus: 'canceled' }))['type'],
        'cannotUnsend',
        'error',
      );
    },
  ],
  [
    '8621-7.5-fixed',
    'must',
    'Nothing else of a submission is changed',
    async ({ ann, bob }) => {
      const { id } = await held(ann, bob.name);
      for (const patch of [{ sendAt: '2030-01-01T00:00:00Z' }, { emailId: 'x' }, { undoStatus: 'final' }])
        like(
          await ann.notChanged('EmailSubmission', id, patch),
          { type: 'invalidProperties', properties: Object.keys(patch) },
          'error',
        );
      await ann.changed('EmailSubmission', id, { undoStatus: 'canceled' });
    },
  ],
  [
    '8621-7.2-changes',
    'must',
    'Submissions are told when they are made, changed and destroyed',
    async ({ ann, bob }) => {
      const { id: gone } = await held(ann, bob.name);
      await ann.changed('EmailSubmission', gone, { undoStatus: 'canceled' });
      const { id: changed } = await held(ann, bob.name);
      const state = await ann.state('EmailSubmission');
      const { id: made } = await held(ann, bob.name);
      await ann.changed('EmailSubmission', changed, { undoStatus: 'canceled' });
      await ann.destroyed('EmailSubmission', [gone]);
      like(
        await ann.since('EmailSubmission', state),
        { created: [made], updated: [changed], destroyed: [gone] },
        'changes',
      );
      await ann.changed('EmailSubmission', made, { undoStatus: 'canceled' });
    },
  ],
  [
    '8621-7.5-destroy',
    'must',
    'A submission is forgotten, its letter is not',
    async ({ ann, bob }) => {
      const { id, emailId } = await held(ann, bob.name);
      await ann.changed('EmailSubmission', id, { undoStatus: 'canceled' });
      await ann.destroyed('EmailSubmission', [id]);
      same((await ann.email(emailId, ['id']))['id'], emailId, 'email');
    },
  ],
]);
