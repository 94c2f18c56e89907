/** Cases for submissions that are refused, and for queries (RFC 8621 §7.3 to §7.5). */
import { group, same } from './client.ts';
import type { Answered, User } from './client.ts';
import { envelope, held, refused } from './letters.ts';

export const SUBMISSION_ERRORS = group('Submissions refused', [
  [
    '8621-7.5-identity',
    'must',
    'The identity is there',
    refused({}, { identityId: 'none' }, 'invalidProperties', { properties: ['identityId'] }),
  ],
  [
    '8621-7.5-email',
    'must',
    'The email is there',
    refused({}, { emailId: 'none' }, 'invalidProperties', { properties: ['emailId'] }),
  ],
  [
    '8621-7.5-missing',
    'must',
    'Identity and email are given',
    async ({ ann }) => {
      const { type, properties } = await ann.notMade('EmailSubmission', {});
      same([type, properties.toSorted()], ['invalidProperties', ['emailId', 'identityId']], 'error');
    },
  ],
  ['8621-7.5-no-recipients', 'must', 'A letter to nobody is noRecipients', refused({ to: null }, {}, 'noRecipients')],
  [
    '8621-7.5-no-recipients-envelope',
    'must',
    'An envelope to nobody is noRecipients',
    refused({}, { envelope: envelope('ann@a.test', []) }, 'noRecipients'),
  ],
  [
    '8621-7.5-invalid-recipients',
    'must',
    'Recipients that are none are named',
    refused({}, { envelope: envelope('ann@a.test', ['none', 'bob@a.test']) }, 'invalidRecipients', {
      invalidRecipients: ['none'],
    }),
  ],
  [
    '8621-7.5-mail-from',
    'must',
    'The sender of the envelope is one’s own: forbiddenMailFrom',
    refused({}, { envelope: envelope('other@b.test', ['bob@a.test']) }, 'forbiddenMailFrom'),
  ],
  [
    '8621-7.5-from',
    'must',
    'The author of the letter is one’s own: forbiddenFrom',
    refused(
      { from: [{ name: null, email: 'other@b.test' }] },
      { envelope: envelope('ann@a.test', ['bob@a.test']) },
      'forbiddenFrom',
    ),
  ],
  [
    '8621-7.5-envelope-type',
    'must',
    'An envelope that is none is invalidProperties',
    refused({}, { envelope: { rcptTo: [] } }, 'invalidProperties', { properties: ['envelope'] }),
  ],
  [
    '8621-7.5-server-set',
    'must',
    'What the server sets is not set',
    refused({}, { sendAt: '2030-01-01T00:00:00Z' }, 'invalidProperties', { properties: ['sendAt'] }),
  ],
  [
    '8621-7.5-parameter',
    'must',
    'A parameter that the server does not have is refused',
    refused({}, { envelope: envelope('ann@a.test', ['bob@a.test'], { 'X-NONE': null }) }, 'invalidProperties'),
  ],
]);

async function found(ann: User, filter: Answered, more: Answered = {}): Promise<readonly string[]> {
  return (await ann.ok('EmailSubmission/query', { filter, ...more }))['ids'] as string[];
}

export const SUBMISSION_QUERIES = group('Queries for submissions', [
  [
    '8621-7.3-filters',
    'must',
    'Each condition finds what it should',
    async ({ ann, bob }) => {
      const { id, emailId, identityId } = await held(ann, bob.name);
      const { threadId } = await ann.one('EmailSubmission', id);
      for (const filter of [
        { emailIds: [emailId] },
        { threadIds: [threadId], identityIds: [identityId] },
        { emailIds: [emailId], undoStatus: 'pending' },
        { emailIds: [emailId], after: '2020-01-01T00:00:00Z' },
      ])
        same(await found(ann, filter), [id], JSON.stringify(filter));
      for (const filter of [
        { emailIds: ['none'] },
        { emailIds: [emailId], undoStatus: 'final' },
        { emailIds: [emailId], before: '2020-01-01T00:00:00Z' },
      ])
        same(await found(ann, filter), [], JSON.stringify(filter));
      await ann.changed('EmailSubmission', id, { undoStatus: 'canceled' });
    },
  ],
  [
    '8621-7.3-sort',
    'must',
    'Each order is one',
    async ({ ann, bob }) => {
      const [first, second] = [await held(ann, bob.name, '7200'), await held(ann, bob.name, '3600')];
      const filter = { emailIds: [first.emailId, second.emailId] };
      same(await found(ann, filter, { sort: [{ property: 'sentAt' }] }), [second.id, first.id], 'sentAt');
      const sendAt = [{ property: 'sendAt', isAscending: false }];
      same(await found(ann, filter, { sort: sendAt }), [first.id, second.id], 'sendAt, as the property is called');
      for (const property of ['emailId', 'threadId'])
        same((await found(ann, filter, { sort: [{ property, isAscending: false }] })).length, 2, property);
      await ann.refused('unsupportedSort', 'EmailSubmission/query', { sort: [{ property: 'colour' }] });
      for (const { id } of [first, second]) await ann.changed('EmailSubmission', id, { undoStatus: 'canceled' });
    },
  ],
  [
    '8621-7.3-unknown',
    'must',
    'A condition that there is not is unsupportedFilter',
    async ({ ann }) => ann.refused('unsupportedFilter', 'EmailSubmission/query', { filter: { colour: 'red' } }),
  ],
  [
    '8621-7.4-changes',
    'must',
    'queryChanges tells what came and went',
    async ({ ann, bob }) => {
      const filter = { undoStatus: 'pending' };
      const { queryState } = await ann.ok('EmailSubmission/query', { filter });
      const { id } = await held(ann, bob.name);
      const came = await ann.ok('EmailSubmission/queryChanges', { filter, sinceQueryState: queryState });
      same(
        (came['added'] as Answered[]).map((one) => one['id'] as string),
        [id],
        'added',
      );
      await ann.changed('EmailSubmission', id, { undoStatus: 'canceled' });
      const went = await ann.ok('EmailSubmission/queryChanges', { filter, sinceQueryState: came['newQueryState'] });
      same([went['removed'], went['added']], [[id], []], 'changes');
    },
  ],
]);
