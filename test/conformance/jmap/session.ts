/** Cases for finding a server and logging in (RFC 8620 §1.7, §2, §8.2; RFC 8621 §1.3). */
import { CORE, group, hear, holds, like, MAIL, same, SUBMISSION } from './client.ts';
import type { Answered, JmapServer } from './client.ts';

const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0;
const isText = (value: unknown): boolean => typeof value === 'string' && value !== '';

function account({ ann }: JmapServer): Answered {
  return ann.session['accounts'][ann.account] as Answered;
}

/** RFC 8620 §2: the least that is suggested. */
const SUGGESTED: Readonly<Record<string, number>> = {
  maxSizeUpload: 50_000_000,
  maxConcurrentUpload: 4,
  maxSizeRequest: 10_000_000,
  maxConcurrentRequests: 4,
  maxCallsInRequest: 16,
  maxObjectsInGet: 500,
  maxObjectsInSet: 500,
};

const ENDPOINTS = ['apiUrl', 'downloadUrl', 'uploadUrl', 'eventSourceUrl'] as const;

async function session({ origin, ann }: JmapServer): ReturnType<typeof hear> {
  return hear(`${origin}/.well-known/jmap`, { headers: { authorization: ann.authorization } });
}

export const SESSION = group('Session', [
  [
    '8620-2.2-well-known',
    'must',
    'The session is at /.well-known/jmap',
    async (server) => {
      const { status, headers } = await session(server);
      same([status, headers.get('content-type')?.split(';')[0]], [200, 'application/json'], 'status and type');
    },
  ],
  [
    '8620-2-no-cache',
    'should',
    'The session is not kept in caches',
    async (server) => {
      const { headers } = await session(server);
      like(headers.get('cache-control'), /no-store/, 'Cache-Control');
    },
  ],
  [
    '8620-2-core',
    'must',
    'The core capability has all its limits, and the collations',
    async ({ ann }) => {
      const core = ann.session['capabilities'][CORE] as Answered;
      for (const limit of Object.keys(SUGGESTED)) like(core[limit], isCount, limit);
      holds(core['collationAlgorithms'].every(isText) as boolean, 'collationAlgorithms', core['collationAlgorithms']);
    },
  ],
  [
    '8620-2-suggested-limits',
    'should',
    'The limits are not below those that are suggested',
    async ({ ann }) => {
      const core = ann.session['capabilities'][CORE] as Answered;
      for (const [limit, least] of Object.entries(SUGGESTED))
        holds(core[limit] >= least, `${limit} from ${String(least)} on`, core[limit]);
    },
  ],
  [
    '8621-1.3-session-values',
    'must',
    'Mail and submission say nothing in the session’s capabilities: an empty object',
    async ({ ann }) => {
      same([ann.session['capabilities'][MAIL], ann.session['capabilities'][SUBMISSION]], [{}, {}], 'capabilities');
    },
  ],
  [
    '8621-1.3.1-account',
    'must',
    'The account says the limits of mail',
    async (server) => {
      const mail = account(server)['accountCapabilities'][MAIL] as Answered;
      const orNull = (value: unknown): boolean => value === null || (isCount(value) && value !== 0);
      like(
        mail,
        { maxMailboxesPerEmail: orNull, maxMailboxDepth: orNull, maxSizeAttachmentsPerEmail: isCount },
        'mail',
      );
      holds(mail['maxSizeMailboxName'] >= 100, 'maxSizeMailboxName from 100 on', mail['maxSizeMailboxName']);
      same(typeof mail['mayCreateTopLevelMailbox'], 'boolean', 'mayCreateTopLevelMailbox');
      holds(
        mail['emailQuerySortOptions'].includes('receivedAt') as boolean,
        'receivedAt',
        mail['emailQuerySortOptions'],
      );
    },
  ],
  [
    '8621-1.3.2-account',
    'must',
    'The account says the limits of submission',
    async (server) => {
      const { maxDelayedSend, submissionExtensions } = account(server)['accountCapabilities'][SUBMISSION] as Answered;
      like(maxDelayedSend, isCount, 'maxDelayedSend');
      for (const [name, words] of Object.entries(submissionExtensions as Answered))
        holds(Array.isArray(words) && words.every((word) => typeof word === 'string'), name, words);
    },
  ],
  [
    '8620-2-account',
    'must',
    'The account is one’s own and may be written',
    async (server) => like(account(server), { name: isText, isPersonal: true, isReadOnly: false }, 'account'),
  ],
  [
    '8620-2-primary-accounts',
    'must',
    'There is an account for mail and for submission',
    async ({ ann }) => {
      const { primaryAccounts, accounts } = ann.session;
      for (const uri of [MAIL, SUBMISSION]) holds(primaryAccounts[uri] in accounts, uri, primaryAccounts);
    },
  ],
  [
    '8620-2-primary-core',
    'should',
    'The core has no primary account: it is of no account',
    async ({ ann }) => same(ann.session['primaryAccounts'][CORE], undefined, 'primaryAccounts'),
  ],
  [
    '8620-2-primary-known',
    'must',
    'Whatever has a primary account is a capability of that account',
    async ({ ann }) => {
      for (const [uri, id] of Object.entries(ann.session['primaryAccounts'] as Answered))
        holds(uri in ann.session['accounts'][id as string].accountCapabilities, uri, id);
    },
  ],
  [
    '8620-1.2-account-id',
    'must',
    'Account ids are ids, and each account has its own',
    async ({ ann, bob }) => {
      like([ann.account, bob.account], [/^[A-Za-z0-9_-]{1,255}$/, /^[A-Za-z0-9_-]{1,255}$/], 'ids');
      holds(ann.account !== bob.account, 'two ids', ann.account);
    },
  ],
  [
    '8620-2-username',
    'must',
    'The user name is the login',
    async ({ ann }) => same(ann.session['username'], ann.name, 'username'),
  ],
  [
    '8620-2-absolute',
    'should',
    'The URLs are absolute, by the name that the client used',
    async ({ ann, origin }) => {
      for (const name of ENDPOINTS)
        holds((ann.session[name] as string).startsWith(`${origin}/`), name, ann.session[name]);
    },
  ],
  [
    '8620-2-templates',
    'must',
    'The templates have the variables that RFC 8620 names',
    async ({ ann }) => {
      const variables = (name: string): readonly string[] =>
        [...(ann.session[name] as string).matchAll(/\{(\w+)\}/g)].map(([, one]) => one ?? '').toSorted();
      same(variables('apiUrl'), [], 'apiUrl');
      same(variables('downloadUrl'), ['accountId', 'blobId', 'name', 'type'], 'downloadUrl');
      same(variables('uploadUrl'), ['accountId'], 'uploadUrl');
      same(variables('eventSourceUrl'), ['closeafter', 'ping', 'types'], 'eventSourceUrl');
    },
  ],
  [
    '8620-6.2-type-in-query',
    'must',
    'The type of a download stands in the query: it has a slash',
    async ({ ann }) => like(ann.session['downloadUrl'], /\?.*\{type\}/, 'downloadUrl'),
  ],
  [
    '8620-3.4-session-state',
    'must',
    'A response names the state of the session as it is',
    async ({ ann }) => {
      const { json } = await ann.request([['Core/echo', {}, 'c']]);
      same(json['sessionState'], ann.session['state'], 'sessionState');
    },
  ],
  [
    '8620-8.2-nobody',
    'must',
    'Nothing is told to somebody who has not logged in: 401, and how to log in',
    async ({ origin, ann }) => {
      const urls = [`${origin}/.well-known/jmap`, ann.downloadUrl('x'), eventsUrl(ann.session)];
      for (const url of urls) {
        const { status, headers } = await hear(url);
        same([status, headers.get('www-authenticate')?.startsWith('Basic')], [401, true], url);
      }
    },
  ],
  [
    '8620-8.2-nobody-writes',
    'must',
    'Nothing is done for somebody who has not logged in',
    async ({ ann }) => {
      const headers = { 'content-type': 'application/json' };
      const urls = [ann.session['apiUrl'], (ann.session['uploadUrl'] as string).replace('{accountId}', ann.account)];
      for (const url of urls)
        same((await hear(url as string, { method: 'POST', headers, body: '{}' })).status, 401, url as string);
    },
  ],
  [
    '8620-8.2-wrong-password',
    'must',
    'A wrong password is 401',
    async ({ origin, ann }) => {
      const authorization = `Basic ${Buffer.from(`${ann.name}:wrong`).toString('base64')}`;
      same((await hear(`${origin}/.well-known/jmap`, { headers: { authorization } })).status, 401, 'status');
    },
  ],
  [
    '8620-3.1-post-only',
    'house',
    'The API answers to POST only',
    async ({ ann }) => {
      const { authorization } = ann;
      same(
        (await hear(ann.session['apiUrl'] as string, { headers: { authorization } })).status,
        405,
        'status of a GET',
      );
    },
  ],
]);

function eventsUrl({ eventSourceUrl }: Answered): string {
  return (eventSourceUrl as string).replace('{types}', '*').replace('{closeafter}', 'no').replace('{ping}', '0');
}
