import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EventFacts } from '../store/index.ts';
import type { DeliveryStory, Story } from './story.ts';
import { asSeenByRecipient, asSeenBySender } from './views.ts';

const RECEIVED: EventFacts & { kind: 'received' } = {
  kind: 'received',
  service: 'submission',
  client: { name: 'home-pc', ip: '192.0.2.7', port: 4_000 },
  server: { name: 'mx.a.test' },
  protocol: 'ESMTPSA',
  login: { name: 'alice@a.test', mechanism: 'PLAIN' },
  sessionId: 's1',
  mailFrom: 'alice@a.test',
  octets: 1,
  connectedAt: 1,
  startedAt: 1,
  endedAt: 1,
  reply: { code: 250, text: 'ok' },
};

const facts: readonly EventFacts[] = [
  { kind: 'routed', recipient: 'team@a.test', rule: 'alias', decision: 'relay', via: ['team@a.test'] },
  { kind: 'queued', recipient: 'secret@c.test', destination: 'c.test', nextAt: 1, why: 'accepted' },
  {
    kind: 'attempt',
    attempt: 1,
    recipient: 'secret@c.test',
    destination: 'c.test',
    server: { name: 'mx.c.test' },
    login: { name: 'smarthost-user', mechanism: 'PLAIN' },
    stage: 'rcpt',
    outcome: 'deferred',
    startedAt: 1,
    endedAt: 1,
  },
];

function delivery(changes: Partial<DeliveryStory>): DeliveryStory {
  const steps = facts.map((one) => ({ at: 1, facts: one }));
  return { n: 1, recipient: 'bob@b.test', rule: 'relay-login', via: [], steps, end: { kind: 'sending' }, ...changes };
}

function story(...deliveries: readonly DeliveryStory[]): Story {
  const arrival = { at: 1, facts: RECEIVED };
  return { id: 'm1', mailFrom: 'alice@a.test', octets: 1, receivedAt: 1, arrival, edits: [], deliveries };
}

test('a recipient sees the way of their own copy, and not where its sender sat', () => {
  const seen = asSeenByRecipient(story(delivery({}), delivery({ n: 2, recipient: 'bcc@b.test' })), 1, 'bob');
  assert.deepEqual(
    seen.deliveries.map(({ n }) => n),
    [1],
  );
  assert.doesNotMatch(JSON.stringify(seen), /bcc|home-pc|192\.0\.2\.7|"name":"alice/);
});

test('who wrote to themselves sees where they sat', () => {
  const own = { ...story(delivery({})), account: 'alice' };
  assert.match(JSON.stringify(asSeenByRecipient(own, 1, 'alice')), /192\.0\.2\.7/);
  assert.doesNotMatch(JSON.stringify(asSeenByRecipient(own, 1, 'bob')), /192\.0\.2\.7/);
});

test('a sender does not see where an alias leads, nor as whom this server logs in elsewhere', () => {
  const alias = delivery({ recipient: 'team@a.test', target: 'secret@c.test', rule: 'alias', via: ['team@a.test'] });
  const said = '550 5.1.1 <secret@c.test> unknown';
  for (const end of [
    alias.end,
    { kind: 'failed', at: 1, why: said },
    { kind: 'waiting', nextAt: 1, attempts: 1, why: said },
    { kind: 'relayed', to: 'mx.c.test', at: 1 },
    { kind: 'unsure', why: said },
  ] as const)
    assert.doesNotMatch(JSON.stringify(asSeenBySender(story({ ...alias, end }))), /secret|c\.test/);
  const plain = JSON.stringify(asSeenBySender(story(delivery({}))));
  assert.match(plain, /mx\.c\.test/);
  assert.doesNotMatch(plain, /smarthost-user/);
});

test('what a recipient does with their copy is not told to its sender', () => {
  const filed = { kind: 'filed', recipient: 'bob@a.test', account: 'a1', mailbox: 'inbox', uidl: 'ticket' } as const;
  const got = { kind: 'retrieved', how: 'retr', service: 'pop3', client: { ip: '192.0.2.9' }, login: { name: 'bob', mechanism: 'USER' }, sessionId: 's' } as const; // prettier-ignore
  const steps = [
    { at: 1, facts: filed },
    { at: 2, facts: got },
  ];
  const seen = asSeenBySender(story(delivery({ steps, end: { kind: 'retrieved', at: 2, removed: true } })));
  assert.doesNotMatch(JSON.stringify(seen), /ticket|a1|192\.0\.2\.9|retrieved/);
  assert.equal(seen.deliveries[0]?.end.kind, 'in-mailbox');
});
