/** Cases for references to results (RFC 8620 §3.7). */
import { group, holds, like, same } from './client.ts';
import type { Answered, JmapServer, User } from './client.ts';

/** An echo and a second one that refers to it. */
async function referring(ann: User, value: Answered, path: string): Promise<readonly [string, Answered]> {
  const reference = { resultOf: 'a', name: 'Core/echo', path };
  const [, second] = await ann.calls(['Core/echo', value, 'a'], ['Core/echo', { '#got': reference }, 'b']);
  return second === undefined ? ['nothing', {}] : [second[0], second[1]];
}

const gives =
  (value: Answered, path: string, expected: unknown) =>
  async ({ ann }: JmapServer): Promise<void> =>
    same(await referring(ann, value, path), ['Core/echo', { got: expected }], path);

const fails =
  (value: Answered, path: string) =>
  async ({ ann }: JmapServer): Promise<void> =>
    like(await referring(ann, value, path), ['error', { type: 'invalidResultReference' }], path);

const THREADS = {
  list: [
    { id: 'a', emailIds: ['1', '2'] },
    { id: 'b', emailIds: ['3'] },
  ],
};

export const REFERENCES = group('References', [
  ['8620-3.7-value', 'must', 'A pointer leads to a value', gives({ a: { b: 'x' } }, '/a/b', 'x')],
  ['8620-3.7-null', 'must', 'null is a value', gives({ a: null }, '/a', null)],
  ['8620-3.7-object', 'must', 'A value may be an object', gives({ a: { b: [1] } }, '/a', { b: [1] })],
  ['8620-3.7-index', 'must', 'A number leads into a list', gives({ a: ['x', 'y'] }, '/a/1', 'y')],
  ['6901-3-tilde', 'must', '~0 and ~1 are ~ and /', gives({ 'a/b~c': 'x' }, '/a~1b~0c', 'x')],
  ['8620-3.7-star', 'must', '* is each item of a list', gives(THREADS, '/list/*/id', ['a', 'b'])],
  [
    '8620-3.7-flat',
    'must',
    'Lists among the results of * are opened',
    gives(THREADS, '/list/*/emailIds', ['1', '2', '3']),
  ],
  [
    '8620-3.7-star-in-star',
    'must',
    '* may stand behind *',
    gives({ a: [{ b: [{ c: 1 }, { c: 2 }] }, { b: [{ c: 3 }] }] }, '/a/*/b/*/c', [1, 2, 3]),
  ],
  ['8620-3.7-star-of-nothing', 'must', '* of an empty list is an empty list', gives({ a: [] }, '/a/*/id', [])],
  [
    '8620-3.7-star-property',
    'must',
    'In an object * is a name like any other',
    gives({ a: { '*': 'x' } }, '/a/*', 'x'),
  ],
  ['8620-3.7-missing', 'must', 'A pointer to nothing fails', fails({ a: 1 }, '/b')],
  ['8620-3.7-behind', 'must', 'An index behind the end fails', fails({ a: ['x'] }, '/a/1')],
  ['8620-3.7-into-text', 'must', 'A pointer into a text fails', fails({ a: 'x' }, '/a/0')],
  ['6901-4-leading-zero', 'must', 'An index with a zero in front fails', fails({ a: ['x', 'y'] }, '/a/01')],
  ['6901-3-no-slash', 'must', 'A pointer without its slash fails', fails({ a: 1 }, 'a')],
  [
    '8620-3.7-unknown-call',
    'must',
    'A reference to a call that was not made fails',
    async ({ ann }) =>
      ann.refused('invalidResultReference', 'Mailbox/get', {
        '#ids': { resultOf: 'x', name: 'Mailbox/query', path: '/ids' },
      }),
  ],
  [
    '8620-3.7-other-name',
    'must',
    'A reference to a call that was answered with another name fails',
    async ({ ann }) => {
      const reference = { resultOf: 'a', name: 'Mailbox/query', path: '/list/*/id' };
      const [, second] = await ann.calls(
        ['Mailbox/get', { ids: [] }, 'a'],
        ['Mailbox/get', { '#ids': reference }, 'b'],
      );
      like(second, ['error', { type: 'invalidResultReference' }, 'b'], 'response');
    },
  ],
  [
    '8620-3.7-of-an-error',
    'must',
    'A reference to a call that failed fails',
    async ({ ann }) => {
      const reference = { resultOf: 'a', name: 'Mailbox/query', path: '/ids' };
      const [, second] = await ann.calls(['Mailbox/query', { x: 1 }, 'a'], ['Mailbox/get', { '#ids': reference }, 'b']);
      like(second, ['error', { type: 'invalidResultReference' }, 'b'], 'response');
    },
  ],
  [
    '8620-3.7-later-call',
    'must',
    'A reference to a later call fails',
    async ({ ann }) => {
      const reference = { resultOf: 'b', name: 'Mailbox/query', path: '/ids' };
      const [first] = await ann.calls(['Mailbox/get', { '#ids': reference }, 'a'], ['Mailbox/query', {}, 'b']);
      like(first, ['error', { type: 'invalidResultReference' }, 'a'], 'response');
    },
  ],
  [
    '8620-3.7-twice',
    'must',
    'An argument given as a value and as a reference is invalidArguments',
    async ({ ann }) => {
      const reference = { resultOf: 'a', name: 'Mailbox/query', path: '/ids' };
      const [, second] = await ann.calls(
        ['Mailbox/query', {}, 'a'],
        ['Mailbox/get', { ids: [], '#ids': reference }, 'b'],
      );
      like(second, ['error', { type: 'invalidArguments' }, 'b'], 'response');
    },
  ],
  [
    '8620-3.7-first-of-that-id',
    'must',
    'Of several calls with one id the first is meant',
    async ({ ann }) => {
      const reference = { resultOf: 'a', name: 'Core/echo', path: '/x' };
      const responses = await ann.calls(
        ['Core/echo', { x: 1 }, 'a'],
        ['Core/echo', { x: 2 }, 'a'],
        ['Core/echo', { '#got': reference }, 'b'],
      );
      same(responses[2]?.[1], { got: 1 }, 'got');
    },
  ],
  [
    '8620-3.7-chain',
    'must',
    'The four calls of RFC 8620’s example work in one request',
    async ({ ann }) => {
      const of = (resultOf: string, name: string, path: string): Answered => ({ resultOf, name, path });
      const responses = await ann.calls(
        ['Email/query', { collapseThreads: true, limit: 10 }, '0'],
        ['Email/get', { '#ids': of('0', 'Email/query', '/ids'), properties: ['threadId'] }, '1'],
        ['Thread/get', { '#ids': of('1', 'Email/get', '/list/*/threadId') }, '2'],
        ['Email/get', { '#ids': of('2', 'Thread/get', '/list/*/emailIds'), properties: ['from', 'subject'] }, '3'],
      );
      same(
        responses.map(([name]) => name),
        ['Email/query', 'Email/get', 'Thread/get', 'Email/get'],
        'responses',
      );
      holds(responses[3]?.[1]['list'].length >= responses[0]?.[1]['ids'].length, 'emails', responses[3]);
    },
  ],
]);
