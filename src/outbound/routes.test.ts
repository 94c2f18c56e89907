import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Route } from './outbound.ts';
import { describeRoute, routeFor } from './routes.ts';
import { testWorld } from './testing.ts';

function route(domain: string, sender?: string): Route {
  const rest = { host: 'h.test', port: 25, protocol: 'smtp', tls: 'opportunistic' } as const;
  return { domain, ...(sender === undefined ? {} : { sender }), ...rest };
}

/** Every kind that can fit alice+shop@a.test's mail to b.test, the one that wins first. */
const ORDER: readonly Route[] = [
  route('b.test', 'alice+shop@a.test'),
  route('b.test', 'alice@a.test'),
  route('b.test', '@a.test'),
  route('b.test'),
  route('*', 'alice+shop@a.test'),
  route('*', 'alice@a.test'),
  route('*', '@a.test'),
  route('*'),
];

test('of the routes that fit, the closest wins, wherever it stands', () => {
  const question = { destination: 'b.test', sender: 'alice+shop@a.test' };
  for (const [i, expected] of ORDER.entries()) {
    const left = ORDER.slice(i);
    assert.equal(routeFor(question, left), expected);
    assert.equal(routeFor(question, left.toReversed()), expected);
  }
  assert.equal(routeFor(question, []), undefined);
});

/** Destination, sender → the route of ORDER that is taken. */
const CASES: readonly (readonly [destination: string, sender: string | undefined, taken: string])[] = [
  ['b.test', 'Alice@a.test', 'from alice@a.test to b.test'],
  ['b.test', 'bob@a.test', 'from @a.test to b.test'],
  ['b.test', 'bob@x.test', 'to b.test'],
  ['c.test', 'ALICE+shop@a.test', 'from alice+shop@a.test to everywhere'],
  ['c.test', 'alice+other@a.test', 'from alice@a.test to everywhere'],
  ['c.test', 'alice@sub.a.test', 'to everywhere'],
  ['sub.b.test', 'bob@x.test', 'to everywhere'],
  // Nobody's: a report, and mail of somebody who did not log in.
  ['b.test', '', 'to b.test'],
  ['c.test', '', 'to everywhere'],
  ['b.test', undefined, 'to b.test'],
  ['c.test', undefined, 'to everywhere'],
  ['c.test', 'no address', 'to everywhere'],
];

for (const [destination, sender, taken] of CASES) {
  test(`mail from ${sender ?? 'somebody without a login'} to ${destination} goes by the route ${taken}`, () => {
    const found = routeFor({ destination, ...(sender === undefined ? {} : { sender }) }, ORDER);
    assert.equal(found && describeRoute(found), taken);
  });
}

test('without a smarthost, what no route fits goes by MX', () => {
  const routes = [route('b.test'), route('*', '@a.test')];
  assert.equal(routeFor({ destination: 'c.test', sender: 'bob@x.test' }, routes), undefined);
  assert.equal(routeFor({ destination: 'c.test', sender: '' }, routes), undefined);
});

test('addresses compare by what they mean: case, quotes, UTF-8', () => {
  const routes = [route('*', 'jürgen@xn--bcher-kva.test'), route('*', '"a b"@a.test')];
  const taken = (sender: string): Route | undefined => routeFor({ destination: 'c.test', sender }, routes);
  assert.equal(taken('JÜRGEN@bücher.test'), routes[0]);
  assert.equal(taken('"A b"@a.test'), routes[1]);
});

test('whether mail goes by a route of its sender is asked of the routes as they are now', () => {
  const asked = (destination: string, mailFrom: string, submitted = true): boolean =>
    testWorld({ settings: { routes: ORDER } }).outbound.goesBySender({ destination, mailFrom, submitted });
  assert.equal(asked('c.test', 'alice@a.test'), true);
  assert.equal(asked('c.test', 'alice@a.test', false), false);
  assert.equal(asked('c.test', 'bob@x.test'), false);
  assert.equal(asked('c.test', ''), false);
});

test('a route of an account is for what that account handed in, and for nobody else’s mail', () => {
  const own = { ...route('*', 'alice@isp.test'), account: 'a1' };
  const question = { destination: 'c.test', sender: 'alice@isp.test' };
  assert.equal(routeFor({ ...question, account: 'a1' }, [own]), own);
  assert.equal(routeFor({ ...question, account: 'a2' }, [own]), undefined);
  assert.equal(routeFor(question, [own]), undefined);
  const others = { ...own, account: 'a2', host: 'other.test' };
  assert.equal(routeFor({ ...question, account: 'a2' }, [own, others]), others);
});
