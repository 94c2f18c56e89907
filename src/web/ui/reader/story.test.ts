import assert from 'node:assert/strict';
import { test } from 'node:test';
import { exactDate } from '../words/dates.ts';
import { arrivalOf, duration, stepsOf } from './story.ts';
import type { Story } from './story.ts';

const NAMES = { own: 'this server', program: 'a mail program' };

const STORY: Story = {
  message: '01',
  mailFrom: 'bob@b.test',
  receivedAt: '2026-11-26T17:10:46Z',
  arrival: {
    kind: 'received',
    at: '2026-11-26T17:10:46Z',
    words: ['It came.'],
    client: { name: 'mx.b.test', ip: '192.0.2.1' },
    server: { name: 'mx.a.test' },
    protocol: 'ESMTPS',
    tls: { version: 'TLSv1.3' },
    login: null,
    reply: { code: 250, enhanced: '2.0.0', text: 'ours now' },
  },
  edits: [],
  recipients: [
    {
      n: 1,
      email: 'anna@a.test',
      hops: [
        { kind: 'filed', at: '2026-11-26T17:10:46Z', words: ['Put into the inbox.'] },
        { kind: 'wait', at: '2026-11-26T17:10:46Z', ms: 660_000, words: ['It lay there.'] },
        { kind: 'retrieved', at: '2026-11-26T17:21:46Z', words: ['Fetched.'], client: { ip: '192.0.2.7' } },
        {
          kind: 'attempt',
          at: '2026-11-26T17:21:46Z',
          words: ['Tried.'],
          server: { name: 'mx.c.test' },
          reply: '450 later',
        },
      ],
      end: { kind: 'fetched' },
    },
  ],
};

test('story: who was client and who was server, at each hop', () => {
  const steps = stepsOf(STORY, STORY.recipients[0]!, NAMES);
  assert.deepEqual(
    steps.map(({ between }) => between && [between.client, between.protocol, between.server]),
    [
      ['mx.b.test', 'ESMTPS', 'mx.a.test'],
      undefined,
      undefined,
      ['192.0.2.7', 'POP3', 'this server'],
      ['this server', 'SMTP', 'mx.c.test'],
    ],
  );
  assert.equal(steps[0]?.reply, '250 2.0.0 ours now');
  assert.equal(steps[0]?.tls, 'TLSv1.3');
  assert.deepEqual([steps[2]?.kind, steps[2]?.waited], ['wait', 660_000]);
  assert.equal(steps[4]?.reply, '450 later');
});

test('story: what came before records began has no arrival', () => {
  const steps = stepsOf({ ...STORY, arrival: null }, STORY.recipients[0]!, NAMES);
  assert.equal(steps.length, 4);
});

test('story: durations', () => {
  const table: readonly (readonly [number, string])[] = [
    [40, '40 ms'],
    [1_000, '1 s'],
    [184_000, '3 min 4 s'],
    [180_000, '3 min'],
    [7_260_000, '2 h 1 min'],
    [90_000_000, '1 d 1 h'],
  ];
  for (const [ms, words] of table) assert.equal(duration(ms), words);
});

test('story: how it came, where that was recorded', () => {
  assert.equal(arrivalOf([{ ...STORY, arrival: null }, STORY], NAMES)?.between?.client, 'mx.b.test');
  assert.equal(arrivalOf([{ ...STORY, arrival: null }], NAMES), undefined);
  assert.equal(arrivalOf([], NAMES), undefined);
});

test('story: who is not told is a mail program, and no login of nobody; a line of which nothing is told is not called clear', () => {
  const handedIn = { ...STORY.arrival!, client: {}, tls: null, login: { name: '' } };
  const [first] = stepsOf({ ...STORY, arrival: handedIn }, STORY.recipients[0]!, NAMES);
  assert.deepEqual([first?.between?.client, first?.login, first?.tls], ['a mail program', undefined, '']);
  const collected = { kind: 'collected', at: STORY.receivedAt, words: [], server: { name: 'pop.b.test' }, protocol: 'POP3', login: { name: 'anna' } }; // prettier-ignore
  const [came] = stepsOf({ ...STORY, arrival: collected }, STORY.recipients[0]!, NAMES);
  assert.deepEqual(came?.between, { client: 'this server', server: 'pop.b.test', protocol: 'POP3' });
  assert.deepEqual([came?.login, came?.tls], ['anna', undefined]);
});

test('story: times in sentences are those of the reader', () => {
  const held = { kind: 'queued', at: STORY.receivedAt, words: ['Held until 2026-11-26T17:10:46.5Z, and 2026-11-26.'] };
  const [, step] = stepsOf(STORY, { ...STORY.recipients[0]!, hops: [held] }, NAMES);
  const local = exactDate(Date.parse('2026-11-26T17:10:46.5Z'));
  assert.deepEqual(step?.words, [`Held until ${local}, and 2026-11-26.`]);
});
