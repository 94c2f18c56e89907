/** Cases for requests and their errors (RFC 8620 §3, §4). */
import { CORE, group, like, MAIL, same, USING } from './client.ts';
import type { Call, Heard, JmapServer } from './client.ts';

const PROBLEM = 'urn:ietf:params:jmap:error:';

function isProblem({ status, headers, json }: Heard, type: string): void {
  same([status, headers.get('content-type')?.split(';')[0]], [400, 'application/problem+json'], 'status and type');
  like(json, { type: `${PROBLEM}${type}`, status: 400 }, 'problem');
}

const posted =
  (body: string | Uint8Array, type: string) =>
  async ({ ann }: JmapServer): Promise<void> =>
    isProblem(await ann.post(body), type);

const notJson = (body: string | Uint8Array): ((server: JmapServer) => Promise<void>) => posted(body, 'notJSON');
const notRequest = (body: unknown): ((server: JmapServer) => Promise<void>) =>
  posted(JSON.stringify(body), 'notRequest');

const ECHO: Call = ['Core/echo', { a: 1 }, 'c'];

export const REQUESTS = group('Requests', [
  ['8620-3.6.1-half-json', 'must', 'Half an object is notJSON', notJson('{"using": [')],
  ['8620-3.6.1-empty', 'must', 'An empty body is notJSON', notJson('')],
  ['8620-3.6.1-text', 'must', 'A body that is no JSON is notJSON', notJson('hello')],
  ['7493-2.1-utf8', 'must', 'A body that is not UTF-8 is notJSON', notJson(Buffer.from([0x22, 0xff, 0x22]))],
  [
    '7493-2.3-twice',
    'must',
    'A name given twice is notJSON',
    notJson(`{"using":["${CORE}"],"methodCalls":[["Core/echo",{"a":1,"a":2},"c"]]}`),
  ],
  [
    '7493-2.1-surrogate',
    'must',
    'Half of a surrogate pair is notJSON',
    notJson(`{"using":["${CORE}"],"methodCalls":[["Core/echo",{"a":"\\ud83d"},"c"]]}`),
  ],
  [
    '8620-3.6.1-type',
    'must',
    'A body that is not said to be JSON is notJSON',
    async ({ ann }) =>
      isProblem(await ann.post(JSON.stringify({ using: [CORE], methodCalls: [ECHO] }), 'text/plain'), 'notJSON'),
  ],
  [
    '8620-3.1-charset',
    'must',
    'A charset behind the type changes nothing',
    async ({ ann }) => {
      const body = JSON.stringify({ using: [CORE], methodCalls: [ECHO] });
      same((await ann.post(body, 'application/json; charset=utf-8')).status, 200, 'status');
    },
  ],
  ['8620-3.6.1-list', 'must', 'A list is notRequest', notRequest([])],
  ['8620-3.6.1-null', 'must', 'null is notRequest', notRequest(null)],
  ['8620-3.6.1-nothing', 'must', 'An empty object is notRequest', notRequest({})],
  [
    '8620-3.6.1-using',
    'must',
    '`using` that is no list is notRequest',
    notRequest({ using: CORE, methodCalls: [ECHO] }),
  ],
  ['8620-3.6.1-no-calls', 'must', 'No `methodCalls` is notRequest', notRequest({ using: USING })],
  [
    '8620-3.6.1-calls',
    'must',
    '`methodCalls` that is no list is notRequest',
    notRequest({ using: USING, methodCalls: {} }),
  ],
  [
    '8620-3.6.1-short-call',
    'must',
    'A call of two parts is notRequest',
    notRequest({ using: USING, methodCalls: [['Core/echo', {}]] }),
  ],
  [
    '8620-3.6.1-arguments',
    'must',
    'Arguments that are no object are notRequest',
    notRequest({ using: USING, methodCalls: [['Core/echo', [], 'c']] }),
  ],
  [
    '8620-3.6.1-call-id',
    'must',
    'A call id that is no text is notRequest',
    notRequest({ using: USING, methodCalls: [['Core/echo', {}, 1]] }),
  ],
  [
    '8620-3.6.1-created-ids',
    'must',
    '`createdIds` that is no map of ids is notRequest',
    notRequest({ using: USING, methodCalls: [], createdIds: { a: 1 } }),
  ],
  [
    '8620-3.6.1-unknown-capability',
    'must',
    'A capability that the server does not have is unknownCapability',
    posted(JSON.stringify({ using: [CORE, 'https://b.test/ext'], methodCalls: [ECHO] }), 'unknownCapability'),
  ],
  [
    '8620-3.6.1-too-many-calls',
    'must',
    'More calls than maxCallsInRequest are a limit, which is named',
    async ({ ann }) => {
      const most = ann.session['capabilities'][CORE].maxCallsInRequest as number;
      const heard = await ann.request(Array.from({ length: most + 1 }, () => ECHO));
      isProblem(heard, 'limit');
      same(heard.json['limit'], 'maxCallsInRequest', 'limit');
    },
  ],
  [
    '8620-3.6.1-most-calls',
    'must',
    'As many calls as maxCallsInRequest are answered',
    async ({ ann }) => {
      const most = ann.session['capabilities'][CORE].maxCallsInRequest as number;
      const responses = await ann.calls(...Array.from({ length: most }, (_, n): Call => ['Core/echo', {}, String(n)]));
      same(responses.length, most, 'responses');
    },
  ],
  [
    '8620-3.6.1-too-large',
    'must',
    'A body beyond maxSizeRequest is a limit, which is named',
    async ({ ann }) => {
      const most = ann.session['capabilities'][CORE].maxSizeRequest as number;
      const heard = await ann.request([['Core/echo', { a: 'x'.repeat(most) }, 'c']]);
      isProblem(heard, 'limit');
      same(heard.json['limit'], 'maxSizeRequest', 'limit');
    },
  ],
  [
    '8620-3.3-other-properties',
    'must',
    'What is not known of a request is passed over',
    async ({ ann }) => same((await ann.request([ECHO], { more: true })).status, 200, 'status'),
  ],
  [
    '8620-3.4-response',
    'must',
    'A response is JSON with methodResponses and sessionState, and createdIds only when they were given',
    async ({ ann }) => {
      const { headers, json } = await ann.request([ECHO]);
      same(headers.get('content-type')?.split(';')[0], 'application/json', 'Content-Type');
      same(Object.keys(json).toSorted(), ['methodResponses', 'sessionState'], 'names');
      same((await ann.request([], { createdIds: { a: 'b' } })).json['createdIds'], { a: 'b' }, 'createdIds');
    },
  ],
  [
    '8620-3.4-order',
    'must',
    'Calls are answered in order, each under its id, whatever becomes of the others',
    async ({ ann }) => {
      const responses = await ann.calls(
        ['Mailbox/get', { ids: [] }, 'a'],
        ['Fake/none', {}, 'b'],
        ['Core/echo', {}, 'a'],
      );
      same(
        responses.map(([name, , id]) => [name, id]),
        [
          ['Mailbox/get', 'a'],
          ['error', 'b'],
          ['Core/echo', 'a'],
        ],
        'responses',
      );
    },
  ],
  [
    '8620-3.6.2-unknown-method',
    'must',
    'A method that is none is unknownMethod',
    async ({ ann }) => ann.refused('unknownMethod', 'Fake/get'),
  ],
  [
    '8620-3.3-not-used',
    'must',
    'A method whose capability is not in `using` is unknownMethod',
    async ({ ann }) => {
      const { json } = await ann.request([['Mailbox/get', { accountId: ann.account }, 'c']], { using: [CORE] });
      like(json['methodResponses'], [['error', { type: 'unknownMethod' }, 'c']], 'responses');
    },
  ],
  [
    '8620-3.3-not-core',
    'must',
    'With nothing in `using`, not even an echo is known',
    async ({ ann }) => {
      const { json } = await ann.request([ECHO], { using: [] });
      like(json['methodResponses'], [['error', { type: 'unknownMethod' }, 'c']], 'responses');
    },
  ],
  [
    '8620-3.3-only-mail',
    'house',
    'A method of mail is known where only mail is used',
    async ({ ann }) => {
      const { json } = await ann.request([['Mailbox/get', { accountId: ann.account, ids: [] }, 'c']], {
        using: [MAIL],
      });
      like(json['methodResponses'], [['Mailbox/get', {}, 'c']], 'responses');
    },
  ],
  [
    '8620-4-echo',
    'must',
    'An echo is what was said, whatever it is',
    async ({ ann }) => {
      const said = { hello: true, high: 5, list: [1, [2, { x: null }]], text: 'Grüße 👋', '': '', __proto__: { a: 1 } };
      same(await ann.ok('Core/echo', said), said, 'echo');
    },
  ],
  [
    '8620-3.6.2-no-account',
    'must',
    'A missing accountId is invalidArguments',
    async ({ ann }) => ann.refused('invalidArguments', 'Mailbox/get', { accountId: undefined }),
  ],
  [
    '8620-3.6.2-account-type',
    'must',
    'An accountId that is no text is invalidArguments',
    async ({ ann }) => ann.refused('invalidArguments', 'Mailbox/get', { accountId: 1 }),
  ],
  [
    '8620-3.6.2-account-unknown',
    'must',
    'An account that is not there is accountNotFound',
    async ({ ann }) => ann.refused('accountNotFound', 'Mailbox/get', { accountId: 'nobody' }),
  ],
  [
    '8620-3.6.2-account-of-others',
    'must',
    'The account of somebody else is accountNotFound, for every method',
    async ({ ann, bob }) => {
      for (const name of ['Mailbox', 'Thread', 'Email', 'Identity', 'EmailSubmission']) {
        await ann.refused('accountNotFound', `${name}/get`, { accountId: bob.account, ids: [] });
        await ann.refused('accountNotFound', `${name}/changes`, { accountId: bob.account, sinceState: '0' });
      }
      for (const name of ['Mailbox/set', 'Email/set', 'Email/query', 'Mailbox/query', 'EmailSubmission/query'])
        await ann.refused('accountNotFound', name, { accountId: bob.account });
    },
  ],
  [
    '8620-3.6.2-unknown-argument',
    'must',
    'An argument that is not known is invalidArguments',
    async ({ ann }) => ann.refused('invalidArguments', 'Mailbox/get', { nonsense: 1 }),
  ],
  [
    '8620-3.6.2-argument-type',
    'must',
    'An argument of another type is invalidArguments',
    async ({ ann }) => ann.refused('invalidArguments', 'Mailbox/get', { ids: 'all' }),
  ],
  [
    '8620-1.3-not-an-int',
    'must',
    'A fraction is no Int',
    async ({ ann }) => ann.refused('invalidArguments', 'Mailbox/query', { position: 1.5 }),
  ],
  [
    '8620-1.3-negative',
    'must',
    'A limit below 0 is invalidArguments',
    async ({ ann }) => ann.refused('invalidArguments', 'Mailbox/query', { limit: -1 }),
  ],
]);
