/** BDAT against prepared answers: what is said, when it is said, and what a refusal or a break in each place means. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock } from '../../base/testing.ts';
import { replyText } from '../../mail/index.ts';
import { scriptedWire } from '../../net/testing.ts';
import type { Scripted, ScriptedOptions } from '../../net/testing.ts';
import { CHUNK } from './chunks.ts';
import { SmtpClientSession } from './client.ts';
import type { RecipientAnswer, Transaction } from './transaction.ts';

const TIMEOUTS = { greeting: 1000, command: 2000, data: 3000, block: 4000, dot: 5000 };
const BOTH = '250-mx.b.test\r\n250-CHUNKING\r\n250 PIPELINING\r\n';
const ALONE = '250-mx.b.test\r\n250 CHUNKING\r\n';
const ENVELOPE = 'MAIL FROM:<a@a.test>\r\nRCPT TO:<b@b.test>\r\n';
const TAKEN = '250 m\r\n250 r\r\n';
const SMALL = 'Subject: x\r\n\r\n.dot\r\n';
const LAST = `BDAT ${SMALL.length} LAST\r\n`;

interface Talk {
  readonly scripted: Scripted;
  readonly client: SmtpClientSession;
  readonly clock: FakeClock;
  send(text: string | readonly (string | Error)[], changes?: Partial<Transaction>): Promise<readonly string[]>;
}

async function talk(
  answers: readonly string[],
  options: ScriptedOptions & { readonly protocol?: 'smtp' | 'lmtp' } = {},
): Promise<Talk> {
  const clock = new FakeClock();
  const scripted = scriptedWire(answers, { clock, ...options });
  const protocol = options.protocol ?? 'smtp';
  const client = new SmtpClientSession(scripted.wire, clock, { hostname: 'mx.a.test', protocol, timeouts: TIMEOUTS });
  await client.hello();
  const send: Talk['send'] = async (text, changes = {}) => {
    const pieces = typeof text === 'string' ? [text] : text;
    const content = (): AsyncIterable<Buffer> => read(pieces);
    const size = pieces.join('').length;
    const recipients = [{ address: 'b@b.test' }];
    return texts(await client.send({ mailFrom: 'a@a.test', parameters: { size }, recipients, content, ...changes }));
  };
  return { scripted, client, clock, send };
}

async function* read(pieces: readonly (string | Error)[]): AsyncGenerator<Buffer> {
  for (const piece of pieces) {
    if (typeof piece !== 'string') throw piece;
    yield await Promise.resolve(Buffer.from(piece, 'latin1'));
  }
}

function texts(results: readonly RecipientAnswer[]): readonly string[] {
  return results.map(
    ({ state, answer }) =>
      `${state}: ${answer.kind === 'reply' ? replyText(answer.reply) : `${answer.what} ${answer.state}`}`,
  );
}

/** What left in which writes, behind EHLO. */
function said({ scripted }: Talk): readonly string[] {
  return scripted.batches.slice(1);
}

/** Three full chunks and a last one. */
const PIECE = `${'x'.repeat(78)}\r\n`.repeat(Math.ceil((CHUNK + 1) / 80));
const LARGE = [PIECE, PIECE, PIECE, SMALL];

test('[3030-2-client-chunks] the message leaves in one counted chunk, dots and all, once a recipient was taken', async () => {
  const one = await talk([BOTH, TAKEN, '250 2.6.0 taken\r\n']);
  assert.deepEqual(await one.send(SMALL), ['dot: 250 2.6.0 taken']);
  assert.deepEqual(said(one), [ENVELOPE, `${LAST}${SMALL.slice(0, -2)}`, '\r\n']);
});

// The message's own lines were commands then, for a server that says 421 and stays.
test('[5321-3.8-client-421] after a 421 to one of the recipients no octet of the message leaves', async () => {
  const recipients = [{ address: 'b@b.test' }, { address: 'c@b.test' }];
  for (const text of ['MAIL FROM:<ceo@b.test>\r\nRCPT TO:<c@b.test>\r\n', LARGE]) {
    const one = await talk([BOTH, '250 m\r\n250 r\r\n421 4.3.2 wait\r\n', '250 x\r\n'], { stays: true });
    assert.deepEqual(await one.send(text, { recipients }), ['text: 421 4.3.2 wait', 'rcpt: 421 4.3.2 wait']);
    const quitting = one.client.quit();
    await one.clock.advance(60_000);
    await quitting;
    assert.deepEqual(said(one), [`${ENVELOPE}RCPT TO:<c@b.test>\r\n`]);
  }
});

test('[3030-2-client-chunks] without PIPELINING too, which saves the round trip of DATA', async () => {
  const one = await talk([ALONE, '250 m\r\n', '250 r\r\n', '250 taken\r\n']);
  assert.deepEqual(await one.send(SMALL), ['dot: 250 taken']);
  assert.equal(one.scripted.output.split('\r\n').length, `EHLO\r\n${ENVELOPE}${LAST}${SMALL}`.split('\r\n').length);
});

test('but what does not fit one chunk is sent behind DATA there: each chunk would wait for its answer', async () => {
  const one = await talk([ALONE, '250 m\r\n', '250 r\r\n', '354 go\r\n', '250 taken\r\n']);
  assert.deepEqual(await one.send(LARGE), ['dot: 250 taken']);
  assert.ok(!one.scripted.output.includes('BDAT'));
});

test('[3030-2-client-offered] without CHUNKING there is no BDAT, nor where it is known not to be understood', async () => {
  for (const [hello, changes] of [
    ['250-mx\r\n250 PIPELINING\r\n', {}],
    [BOTH, { chunking: false }],
  ] as const) {
    const one = await talk([hello, `${TAKEN}354 go\r\n`, '250 taken\r\n']);
    assert.deepEqual(await one.send(SMALL, changes), ['dot: 250 taken']);
    assert.ok(!one.scripted.output.includes('BDAT'));
  }
});

test('[3030-2-client-chunks] a large message: chunks follow each other, and LAST when all of them were taken', async () => {
  const one = await talk([BOTH, TAKEN, '250 1\r\n', '250 2\r\n250 3\r\n', '250 taken\r\n']);
  assert.deepEqual(await one.send(LARGE), ['dot: 250 taken']);
  const chunk = `BDAT ${PIECE.length}\r\n${PIECE}`;
  assert.equal(one.scripted.output, `EHLO mx.a.test\r\n${ENVELOPE}${chunk.repeat(3)}${LAST}${SMALL}`);
  assert.ok(said(one).at(-2)?.startsWith(LAST));
});

test('[3030-2-client-chunks] line ends are mended and counted, across pieces, and the last line gets its own', async () => {
  for (const [pieces, expected] of [
    [['a\r', '\nb\n', 'c\rd'], 'a\r\nb\r\nc\r\nd\r\n'],
    [['a\r'], 'a\r\n'],
    [[''], ''],
    [[], ''],
    [['\n'], '\r\n'],
  ] as const) {
    const one = await talk([BOTH, TAKEN, '250 taken\r\n']);
    assert.deepEqual(await one.send(pieces), ['dot: 250 taken']);
    assert.ok(one.scripted.output.endsWith(`\r\nBDAT ${expected.length} LAST\r\n${expected}`), one.scripted.output);
  }
});

test('with every recipient refused nothing of the message is sent', async () => {
  const one = await talk([BOTH, '250 m\r\n550 r\r\n']);
  assert.deepEqual(await one.send(SMALL), ['rcpt: 550 r']);
  assert.ok(!one.scripted.output.includes('BDAT'));
});

test('[3030-2-client-refused] a refused chunk ends the message: no LAST, and the connection is in step for the next', async () => {
  const one = await talk([
    BOTH,
    TAKEN,
    '552 5.3.4 too big\r\n503 no\r\n503 no\r\n',
    '250 reset\r\n',
    TAKEN,
    '250 taken\r\n',
  ]);
  assert.deepEqual(await one.send(LARGE), ['text: 552 5.3.4 too big']);
  assert.ok(!one.scripted.output.includes('LAST'));
  await one.client.rset();
  assert.deepEqual(await one.send(SMALL), ['dot: 250 taken']);
});

test('[3030-2-client-refused] a refusal of the last chunk is one of the whole message', async () => {
  const one = await talk([BOTH, TAKEN, '554 5.7.1 spam\r\n']);
  assert.deepEqual(await one.send(SMALL), ['dot: 554 5.7.1 spam']);
});

for (const code of [500, 501, 502, 503, 504])
  test(`[3030-2-client-unknown] ${code} to the first BDAT: it was not understood, and the connection is ended at once`, async () => {
    for (const text of [SMALL, LARGE]) {
      const one = await talk([BOTH, TAKEN, `${code} what?\r\n`]);
      assert.deepEqual(await one.send(text), [`bdat: ${code} what?`]);
      assert.ok(one.scripted.closed && !one.client.usable);
    }
  });

test('a 503 after a chunk that was taken is about this message', async () => {
  const one = await talk([BOTH, TAKEN, '250 1\r\n250 2\r\n250 3\r\n', '503 what?\r\n']);
  assert.deepEqual(await one.send(LARGE), ['dot: 503 what?']);
});

test('a server that leaves before the end is known not to have taken it; behind the end, nobody knows', async () => {
  assert.deepEqual(await (await talk([BOTH, TAKEN])).send(LARGE), ['text: lost chunk']);
  assert.deepEqual(await (await talk([BOTH, TAKEN])).send(SMALL), ['dot: lost dot']);
});

test('what a server says between the chunks without being asked is a refusal, and its last word', async () => {
  const one = await talk([BOTH, `${TAKEN}451 4.3.0 stop\r\n`]);
  assert.deepEqual(await one.send(SMALL), ['text: 451 4.3.0 stop']);
  assert.ok(one.scripted.closed);
});

test('a 421 to a chunk is the last word', async () => {
  const one = await talk([BOTH, TAKEN, '421 4.3.2 bye\r\n']);
  assert.deepEqual(await one.send(LARGE), ['text: 421 4.3.2 bye']);
  assert.equal(one.client.usable, false);
});

test('no answer to a chunk has an end', async () => {
  const one = await talk([BOTH, TAKEN], { stays: true });
  const sending = one.send(LARGE);
  await one.clock.advance(TIMEOUTS.block);
  assert.deepEqual(await sending, ['text: timeout chunk']);
});

test('a message that can not be read here is never ended by LAST', async () => {
  for (const pieces of [[new Error('disk')], ['half', new Error('disk')], [PIECE, PIECE, new Error('disk')]]) {
    const one = await talk([BOTH, TAKEN, '250 1\r\n250 2\r\n']);
    assert.deepEqual(await one.send(pieces), ['text: content text']);
    assert.ok(one.scripted.closed && !one.scripted.output.includes('LAST'));
  }
});

test('[2033-4.2-client-per-recipient] LMTP: an answer for each accepted recipient behind LAST, one for every other chunk', async () => {
  const one = await talk(
    [BOTH, '250 m\r\n250 r\r\n550 r\r\n250 r\r\n', '250 1\r\n', '250 2\r\n250 3\r\n', '250 d1\r\n452 d3\r\n'],
    {
      protocol: 'lmtp',
    },
  );
  const recipients = ['1@b.test', '2@b.test', '3@b.test'].map((address) => ({ address }));
  assert.deepEqual(await one.send(LARGE, { recipients }), ['dot: 250 d1', 'rcpt: 550 r', 'dot: 452 d3']);
});
