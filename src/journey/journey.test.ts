import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EventFacts, QueuedDelivery, QueuedMessage, StoredEvent } from '../store/index.ts';
import { tellStory } from './story.ts';
import { inWords } from './words.ts';

const AT = Date.UTC(2026, 0, 1, 12, 0, 0);

const MESSAGE: QueuedMessage = {
  id: 'm1',
  content: { place: { kind: 'inline', bytes: Buffer.alloc(0) }, octets: 2_140, popOctets: 2_140 },
  prefix: Buffer.alloc(0),
  mailFrom: 'alice@a.test',
  messageId: '<1@a.test>',
  body: '7bit',
  smtputf8: false,
  receivedAt: AT,
  source: 'submission',
};

const RECEIVED: EventFacts = {
  kind: 'received',
  service: 'submission',
  client: { name: 'pc', ip: '127.0.0.1', port: 50_000 },
  server: { name: 'mx.a.test', ip: '127.0.0.1', port: 2587 },
  protocol: 'ESMTPSA',
  tls: { version: 'TLSv1.3', cipher: 'TLS_AES_256_GCM_SHA384', verified: 'none' },
  login: { name: 'alice@a.test', mechanism: 'PLAIN' },
  sessionId: 's1',
  mailFrom: 'alice@a.test',
  octets: 2_140,
  connectedAt: AT,
  startedAt: AT,
  endedAt: AT,
  reply: { code: 250, enhanced: '2.0.0', text: 'm1 is our responsibility now' },
};

function events(...facts: readonly (readonly [number | undefined, EventFacts])[]): readonly StoredEvent[] {
  return facts.map(([n, one], seq) => ({
    seq,
    version: 1,
    message: 'm1',
    at: AT + seq * 1_000,
    facts: one,
    ...(n === undefined ? {} : { n }),
  }));
}

function delivery(changes: Partial<QueuedDelivery>): QueuedDelivery {
  return {
    n: 1,
    recipient: 'bob@b.test',
    destination: 'b.test',
    state: 'waiting',
    nextAt: AT,
    attempts: 1,
    onUnsure: 'retry',
    onFailure: 'report',
    ...changes,
  };
}

const ROUTED_HERE: EventFacts = { kind: 'routed', recipient: 'alice@a.test', rule: 'account', decision: 'file' };
const FILED: EventFacts = { kind: 'filed', recipient: 'alice@a.test', account: 'acc', mailbox: 'inbox', uidl: 'u1' };
const RETRIEVED: EventFacts = {
  kind: 'retrieved',
  how: 'retr',
  service: 'pop3',
  client: { ip: '127.0.0.1', port: 50_001 },
  login: { name: 'alice@a.test', mechanism: 'USER' },
  sessionId: 's2',
};

test('a message that was filed, fetched and removed', () => {
  const story = tellStory(
    MESSAGE,
    [],
    events(
      [undefined, RECEIVED],
      [1, ROUTED_HERE],
      [1, FILED],
      [1, RETRIEVED],
      [1, { kind: 'removed', by: 'pop3', sessionId: 's2' }],
    ),
  );
  assert.equal(story.deliveries.length, 1);
  assert.deepEqual(story.deliveries[0]?.end, { kind: 'retrieved', at: AT + 3_000, removed: true });
  const words = inWords(story).join('\n');
  assert.match(
    words,
    /pc \[127\.0\.0\.1\]:50000 was the client, we \(mx\.a\.test .*\) the server: ESMTPSA on our submission port, encrypted \(TLSv1\.3\), logged in as alice@a\.test \(PLAIN\)/,
  );
  assert.match(words, /We answered 250 m1 is our responsibility now: from then on the message was our responsibility/);
  assert.match(words, /Put into the inbox of alice@a\.test, with the ticket \(UIDL\) u1/);
  assert.match(words, /fetched over POP3, logged in as alice@a\.test, in clear/);
  assert.match(words, /→ Fetched on 2026-01-01 12:00:03 and removed from the server/);
});

test('a message that waits says why and until when', () => {
  const attempt: EventFacts = {
    kind: 'attempt',
    attempt: 1,
    recipient: 'bob@b.test',
    destination: 'b.test',
    server: { name: 'mx.b.test', ip: '127.0.0.1', port: 25 },
    stage: 'rcpt',
    outcome: 'deferred',
    reply: { code: 450, enhanced: '4.7.1', text: 'greylisted' },
    startedAt: AT,
    endedAt: AT + 1_500,
    nextAt: AT + 60_000,
  };
  const queued: EventFacts = {
    kind: 'queued',
    recipient: 'bob@b.test',
    destination: 'b.test',
    nextAt: AT,
    why: 'accepted',
  };
  const routed: EventFacts = { kind: 'routed', recipient: 'bob@b.test', rule: 'relay-login', decision: 'relay' };
  const story = tellStory(
    MESSAGE,
    [delivery({ nextAt: AT + 60_000, lastReply: '450 4.7.1 greylisted' })],
    events(
      [undefined, RECEIVED],
      [1, routed],
      [1, queued],
      [1, attempt],
      [1, { ...attempt, attempt: 2, reused: true, reply: { code: 451, text: 'busy' } }],
    ),
  );
  const words = inWords(story).join('\n');
  assert.match(words, /the sender had logged in, so we carry it \(rule relay-login\)/);
  assert.match(
    words,
    /Try 1: we became the client; mx\.b\.test \[127\.0\.0\.1\]:25 was the server, in clear; it answered 450 4\.7\.1 greylisted \(at this recipient, 1\.5 s\)/,
  );
  assert.match(words, /Try 2: .*, in clear, on a connection open from a message before; it answered 451 busy/);
  assert.match(
    words,
    /→ Waiting\. The next try is at 2026-01-01 12:01:00 at the earliest; last time: 450 4\.7\.1 greylisted/,
  );
});

test('a message that was re-encoded for the next server, and what that breaks', () => {
  const words = (reencoded: { readonly dkim: boolean }): string => {
    const attempt: EventFacts = {
      kind: 'attempt',
      attempt: 1,
      recipient: 'bob@b.test',
      destination: 'b.test',
      server: { name: 'mx.b.test', ip: '127.0.0.1', port: 25 },
      reencoded,
      stage: 'dot',
      outcome: 'relayed',
      reply: { code: 250, text: 'taken' },
      startedAt: AT,
      endedAt: AT,
    };
    return inWords(tellStory(MESSAGE, [delivery({ state: 'relayed' })], events([1, attempt]))).join('\n');
  };
  assert.match(words({ dkim: false }), /in clear; the message was re-encoded in 7 bits for it; it answered 250 taken/);
  assert.match(words({ dkim: true }), /re-encoded in 7 bits for it, which breaks its DKIM signature; it answered 250/);
});

test('a try tells the route that was taken, and a socket by its path', () => {
  const about = { attempt: 1, recipient: 'bob@b.test', destination: 'b.test', startedAt: AT, endedAt: AT + 100 };
  const queued: EventFacts = {
    kind: 'queued',
    recipient: 'bob@b.test',
    destination: 'b.test',
    nextAt: AT,
    why: 'accepted',
  };
  const tell = (facts: Partial<Extract<EventFacts, { kind: 'attempt' }>>): string => {
    const rest = { server: {}, stage: 'dot', outcome: 'relayed' } as const;
    const attempt: EventFacts = { kind: 'attempt', ...about, ...rest, ...facts };
    return inWords(tellStory(MESSAGE, [delivery({ state: 'relayed' })], events([1, queued], [1, attempt]))).join('\n');
  };
  const reply = { code: 250, enhanced: '2.0.0', text: 'taken' };
  const provider = { name: 'smtp.p.test', ip: '192.0.2.1', port: 465 };
  assert.match(
    tell({ server: provider, reply, route: 'from alice@a.test to everywhere' }),
    /smtp\.p\.test \[192\.0\.2\.1\]:465 was the server, in clear, by the route from alice@a\.test to everywhere; it answered 250/,
  );
  assert.match(
    tell({ server: { name: 'unix:/run/lmtp' }, reply }),
    /client; unix:\/run\/lmtp was the server, in clear; it answered/,
  );
  assert.match(
    tell({ stage: 'connect', server: { name: 'unix:/run/lmtp' }, route: 'to b.test', problem: 'no' }),
    /did not reach unix:\/run\/lmtp, by the route to b\.test: no/,
  );
  assert.match(
    tell({ stage: 'dns', route: 'to b.test', problem: 'it has no address' }),
    /looked for the server of b\.test to become its client, by the route to b\.test: it has no address/,
  );
});

test('an attempt that the end of our process cut off is named: the message may arrive twice', () => {
  const about = { recipient: 'bob@b.test', destination: 'b.test', nextAt: AT + 60_000 };
  const queued: EventFacts = { kind: 'queued', ...about, why: 'accepted' };
  const cut: EventFacts = { kind: 'interrupted', attempt: 1, ...about };
  const story = tellStory(MESSAGE, [delivery({ attempts: 1, nextAt: AT + 60_000 })], events([1, queued], [1, cut]));
  const words = inWords(story).join('\n');
  assert.match(words, /Try 1 at b\.test was cut off: our process ended before the answer was recorded/);
  assert.match(words, /The next server may have the message, and may be given it twice/);
  assert.match(words, /→ Waiting\. The next try is at 2026-01-01 12:01:00/);
});

const ENDS: Readonly<Record<string, readonly [Partial<QueuedDelivery>, RegExp]>> = {
  relayed: [{ state: 'relayed', endedAt: AT }, /Handed on to b\.test .* that server's responsibility now/],
  failed: [{ state: 'failed', endedAt: AT, lastReply: '550 5.1.1 no' }, /Given up on .*: 550 5\.1\.1 no/],
  dropped: [{ state: 'dropped', endedAt: AT }, /Dropped on .* the sender was not told/],
  held: [{ state: 'held', nextAt: 0 }, /Held by the keeper/],
  'held for a time': [{ state: 'held', nextAt: AT }, /Held until .* as its sender wished/],
  sending: [{ state: 'sending' }, /under way just now/],
  unsure: [{ state: 'unsure', lastReply: 'lost' }, /We can't know whether it arrived: lost/],
};

for (const [state, [changes, words]] of Object.entries(ENDS)) {
  test(`a delivery that is ${state} says so`, () => {
    const routed: EventFacts = { kind: 'routed', recipient: 'bob@b.test', rule: 'relay-login', decision: 'relay' };
    const story = tellStory(MESSAGE, [delivery(changes)], events([1, routed]));
    assert.match(inWords(story).join('\n'), words);
  });
}

/** A try that mx.b.test refuses for now. */
function attempt(n: number, changes: Partial<Extract<EventFacts, { kind: 'attempt' }>> = {}): EventFacts {
  return {
    kind: 'attempt',
    attempt: n,
    recipient: 'bob@b.test',
    destination: 'b.test',
    server: { name: 'mx.b.test', ip: '192.0.2.1', port: 25 },
    stage: 'rcpt',
    outcome: 'deferred',
    reply: { code: 450, enhanced: '4.7.1', text: 'greylisted' },
    startedAt: AT,
    endedAt: AT,
    nextAt: AT + 60_000,
    ...changes,
  };
}

const WORDS_OF_TRIES: Readonly<Record<string, readonly [readonly EventFacts[], RegExp]>> = {
  'tries that go the same way share a line, and what comes between them ends it': [
    [
      attempt(1),
      attempt(2),
      attempt(3),
      { kind: 'operator', action: 'hold' },
      attempt(4),
      attempt(5, { stage: 'mail' }),
      attempt(6, { stage: 'mail' }),
    ],
    /Try 1: we [^\n]*\n[^\n]*That means: [^\n]*\n[^\n]*03 {2}Tries 2 and 3, the last at this time: the same again\.\n[^\n]*held it[^\n]*\n[^\n]*Try 4: we [^\n]*\n[^\n]*Try 5: we [^\n]*\n[^\n]*Try 6: the same again\.\n/,
  ],
  'a login of ours is named': [
    [attempt(1, { login: { name: 'alice', mechanism: 'PLAIN' } })],
    /in clear, we logged in as alice \(PLAIN\); it answered 450/,
  ],
  'a try that the end of the program cut short is no fault of the server': [
    [attempt(1, { rule: 'attempt-stopped', stage: 'connect', problem: 'stopped' })],
    /Try 1 at b\.test was stopped before it was decided, because our program was ending/,
  ],
  'the server is named once': [
    [
      {
        ...withoutReply(attempt(1)),
        stage: 'data',
        problem: 'The line broke (mx.b.test [192.0.2.1]:25)',
      } as EventFacts,
    ],
    /25 was the server, in clear; the line broke \(while handing over the message, 0\.0 s\)\.\n/,
  ],
  'a message that may have arrived may come twice': [
    [{ ...withoutReply(attempt(1)), stage: 'dot', outcome: 'unsure', problem: 'The line broke' } as EventFacts],
    /0\.0 s\)\. If it did, the next try gives it a second time\.\n/,
  ],
};

function withoutReply(facts: EventFacts): EventFacts {
  return { ...facts, reply: undefined } as unknown as EventFacts;
}

for (const [what, [facts, words]] of Object.entries(WORDS_OF_TRIES)) {
  test(what, () => {
    const steps = facts.map((one) => [1, one] as const);
    assert.match(inWords(tellStory(MESSAGE, [delivery({})], events([1, ROUTED_HERE], ...steps))).join('\n'), words);
  });
}

test('all servers of a try are told of, the one that decided first', () => {
  const about = { n: 1, attempt: 1, port: 25, startedAt: AT, endedAt: AT };
  const tried = [
    {
      ...about,
      host: 'mx0.b.test',
      ip: '192.0.2.9',
      reply: 'The server could not be reached: it is asleep (mx0.b.test [192.0.2.9]:25)',
    },
    { ...about, host: 'mx.b.test', ip: '192.0.2.1', reply: '450 4.7.1 greylisted' },
    { ...about, attempt: 2, host: 'mx.b.test', ip: '192.0.2.1', reply: '450 4.7.1 greylisted' },
  ];
  const words = inWords(tellStory(MESSAGE, [delivery({})], events([1, attempt(1)]), tried)).join('\n');
  assert.match(
    words,
    /Try 1: we became the client; mx\.b\.test[^\n]*\n {23}In the same try, mx0\.b\.test \[192\.0\.2\.9\]:25: it is asleep\.\n {23}That means: [^\n]*\n {2}→/,
  );
});

test('an alias says where it leads, and the way there when it is longer', () => {
  const routed = (via: readonly string[]): EventFacts => ({
    kind: 'routed',
    recipient: 'team@a.test',
    rule: 'alias',
    decision: 'relay',
    via,
  });
  const words = (via: readonly string[]): string =>
    inWords(tellStory(MESSAGE, [delivery({})], events([1, routed(via)]))).join('\n');
  assert.match(words(['team@a.test']), /To team@a\.test, which leads to bob@b\.test\n[^\n]*\(rule alias\)\.\n/);
  assert.match(words(['team@a.test', 'all@a.test']), /\(rule alias\), by way of team@a\.test → all@a\.test\./);
});

const TAKEN_BACK: Readonly<Record<string, readonly [readonly EventFacts[], Partial<QueuedDelivery>, RegExp]>> = {
  'before it left': [
    [{ kind: 'taken-back', by: 'keeper', answer: 'stopped' }],
    {},
    /The keeper of this server took the message back: it had not left.*\n  → Taken back on .*: it did not leave/,
  ],
  'while it was being sent': [
    [
      { kind: 'taken-back', by: 'sender', name: 'alice@a.test', answer: 'leaving' },
      { kind: 'stopped', mayHaveLeft: false },
    ],
    {},
    /alice@a\.test took the message back: it was being sent just then.*\n.*did not hand it on.*\n  → Taken back on .*: it did not leave/,
  ],
  'while a process that was sending died': [
    [
      { kind: 'taken-back', by: 'keeper', answer: 'leaving' },
      { kind: 'stopped', mayHaveLeft: true },
    ],
    { mayHaveLeft: true },
    /nobody knows whether it handed the message on.*\n  → Taken back on .*; whether it had left by then, nobody knows/,
  ],
};

for (const [when, [facts, changes, words]] of Object.entries(TAKEN_BACK)) {
  test(`a message taken back ${when} says so`, () => {
    const dropped = delivery({ state: 'dropped', endedAt: AT, ...changes });
    const story = tellStory(MESSAGE, [dropped], events(...facts.map((one) => [1, one] as const)));
    assert.match(inWords(story).join('\n'), words);
  });
}

test('an address that turned out not to exist is remembered, and the journey says until when', () => {
  const suppressed: EventFacts = { kind: 'suppressed', address: 'bob@b.test', until: AT };
  const story = tellStory(MESSAGE, [delivery({ state: 'failed', endedAt: AT })], events([1, suppressed]));
  assert.match(
    inWords(story).join('\n'),
    /bob@b\.test is remembered as an address that does not exist, until 2026-01-01/,
  );
});

test('a try that failed says what that means, once; the end says why, whose side it is on, what to do and whether to wait', () => {
  const reply = { code: 450, enhanced: '4.2.0', text: 'Greylisted, see http://x.test/' } as const;
  const words = inWords(
    tellStory(
      MESSAGE,
      [delivery({ lastReply: '450 4.2.0 Greylisted' })],
      events([1, ROUTED_HERE], [1, attempt(1, { reply })], [1, attempt(2, { reply, stage: 'mail' })]),
    ),
  );
  const means = words.filter((line) =>
    /That means: greylisted: come back later\. Whose side: That of the other/.test(line),
  );
  assert.equal(means.length, 1);
  assert.match(
    words.join('\n'),
    /→ Waiting\.[^\n]*\n {4}What happened: The other server asks [^\n]*\n {4}Whose side: That of the other mail server\.\n {4}What you can do: There is nothing[^\n]*\n {4}Wait\? Yes/,
  );
});

test('what is over says whether the same message may get through later, or never as it is', () => {
  const table: readonly (readonly [EventFacts, RegExp])[] = [
    [
      attempt(1, { outcome: 'failed', reply: { code: 550, enhanced: '5.1.1', text: 'No such user' } }),
      /Wait\? No: the same/,
    ],
    [
      attempt(1, { outcome: 'failed', reply: { code: 452, enhanced: '4.2.2', text: 'Over quota' } }),
      /Wait\? We do not try again/,
    ],
    [{ kind: 'operator', action: 'fail' }, /What happened: Whoever runs your mail server has given this message up/],
  ];
  for (const [facts, expected] of table) {
    const story = tellStory(
      MESSAGE,
      [delivery({ state: 'failed', endedAt: AT })],
      events([1, ROUTED_HERE], [1, facts]),
    );
    assert.match(inWords(story).join('\n'), expected);
  }
});

test('what was not recorded is not invented', () => {
  const words = inWords(tellStory(MESSAGE, [], [])).join('\n');
  assert.match(words, /We don't know how it came here: that was not recorded/);
});
