import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { systemClock } from '../../base/index.ts';
import { FakeClock } from '../../base/testing.ts';
import { eventually } from '../../store/testing.ts';
import type { Octets } from './octets.ts';
import { openReader, UnreadableError } from './reader.ts';
import type { Reader } from './reader.ts';

function reader(t: TestContext, parts: Partial<Parameters<typeof openReader>[0]> = {}): Reader {
  const opened = openReader({ clock: systemClock, ...parts });
  t.after(() => opened.close());
  return opened;
}

function octets(text: string, piece = 65_536): Octets {
  const all = Buffer.from(text);
  return {
    size: all.length,
    async *read({ start, end } = { start: 0, end: all.length }) {
      await Promise.resolve();
      for (let at = start; at < end; at += piece) yield all.subarray(at, Math.min(end, at + piece));
    },
  };
}

const worker = (script: string): URL => new URL(`data:text/javascript,${encodeURIComponent(script)}`);

test('a message is the same in whatever pieces it comes', async (t) => {
  const { read } = reader(t);
  const message = `Subject: s\r\nContent-Type: multipart/alternative; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain; charset=iso-8859-1\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nK=F6ln\r\n--b\r\nContent-Type: text/html\r\n\r\n<b>K\u00f6ln</b>\r\n--b--\r\n`;
  const whole = await read(octets(message));
  assert.deepEqual(await read(octets(message, 1)), whole);
  assert.equal(whole.card.preview, 'Köln');
  assert.match(whole.words.body, /Köln\nKöln/);
});

test('fifty megabytes stream through, and only their beginning is kept for the search', async (t) => {
  const { read } = reader(t);
  const piece = Buffer.from(`${'word '.repeat(13_000)}\r\n`);
  const head = Buffer.from('Subject: large\r\n\r\nfirst ');
  const count = Math.ceil(50_000_000 / piece.length);
  const size = head.length + count * piece.length;
  const large: Octets = {
    size,
    async *read({ start, end } = { start: 0, end: size }) {
      await Promise.resolve();
      let at = 0;
      for (let n = -1; n < count && at < end; n++) {
        const octets = n < 0 ? head : piece;
        yield octets.subarray(Math.max(0, start - at), Math.max(0, end - at));
        at += octets.length;
      }
    },
  };
  const { card, words } = await read(large);
  assert.equal(card.tree.root.size, size - 'Subject: large\r\n\r\n'.length);
  assert.match(words.body, /^first word/);
  assert.ok(words.body.length <= 600_000);
});

test('a message at which the worker dies is unreadable, and the next one is read by another worker', async (t) => {
  const dying = worker("import { parentPort } from 'node:worker_threads'; parentPort.on('message', () => { throw new Error('no'); });"); // prettier-ignore
  const { read } = reader(t, { worker: dying });
  await assert.rejects(read(octets('Subject: s\r\n\r\n')), UnreadableError);
  await assert.rejects(read(octets('Subject: s\r\n\r\n')), UnreadableError);
});

test('a worker that runs out of memory takes nobody with it', async (t) => {
  const greedy = worker("import { parentPort } from 'node:worker_threads'; parentPort.on('message', () => { const all = []; for (;;) all.push(new Array(1000000).fill(Math.random())); });"); // prettier-ignore
  const { read } = reader(t, { worker: greedy });
  await assert.rejects(read(octets('Subject: s\r\n\r\n')), UnreadableError);
});

test('a worker that says nothing more is ended', async (t) => {
  const clock = new FakeClock();
  const silent = worker("import { parentPort } from 'node:worker_threads'; parentPort.on('message', () => undefined);");
  const { read } = reader(t, { worker: silent, clock });
  const outcome = assert.rejects(read(octets('Subject: s\r\n\r\n')), UnreadableError);
  await eventually(() => clock.pending > 0);
  await clock.advance(60_000);
  await outcome;
});

test('octets that can not be had are no fault of the message, and the worker goes on', async (t) => {
  const { read } = reader(t);
  const broken: Octets = {
    size: 10,
    async *read() {
      await Promise.resolve();
      yield Buffer.from('Sub');
      throw new Error('the disk');
    },
  };
  await assert.rejects(read(broken), /the disk/);
  assert.equal((await read(octets('Subject: next\r\n\r\n'))).card.fields['subject'], 'next');
});

test('what somebody waits for comes before what nobody does', async (t) => {
  const { read } = reader(t);
  const order: string[] = [];
  const one = async (name: string, waited: boolean): Promise<void> => {
    await read(octets(`Subject: ${name}\r\n\r\n`), { waited });
    order.push(name);
  };
  await Promise.all([one('a', false), one('b', false), one('c', true)]);
  assert.deepEqual(order, ['a', 'c', 'b']);
});

test('closing ends what is being read', async () => {
  const silent = worker("import { parentPort } from 'node:worker_threads'; parentPort.on('message', () => undefined);");
  const opened = openReader({ clock: new FakeClock(), worker: silent });
  const outcomes = Promise.allSettled([opened.read(octets('a: b\r\n\r\n')), opened.read(octets('a: b\r\n\r\n'))]);
  await opened.close();
  assert.deepEqual(
    (await outcomes).map(({ status }) => status),
    ['rejected', 'rejected'],
  );
  await assert.rejects(opened.read(octets('a: b\r\n\r\n')), /closed/);
});
