import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cpuClock } from '../base/testing.ts';
import fc from 'fast-check';
import { Inbox } from './inbox.ts';

type Read = string | { readonly tooLong: true };

/** What lines a text holds, decided on the whole text at once. */
function reference(text: string, limit: number): Read[] {
  return text
    .split('\r\n')
    .slice(0, -1)
    .map((line) => (line.length > limit ? { tooLong: true } : line));
}

function readAll(pieces: readonly string[], limit: number, feedFirst: boolean): Read[] {
  const inbox = new Inbox();
  const reads: Read[] = [];
  const drain = (): void => {
    for (let line = inbox.takeLine(limit); line !== undefined; line = inbox.takeLine(limit)) {
      reads.push(line === 'too-long' ? { tooLong: true } : line.toString('latin1'));
    }
  };
  for (const piece of pieces) {
    inbox.push(Buffer.from(piece, 'latin1'));
    if (!feedFirst) drain();
  }
  drain();
  return reads;
}

const text = fc
  .array(fc.constantFrom('\r', '\n', '\r\n', 'a', 'bc', '\0', '.'), { maxLength: 60 })
  .map((parts) => parts.join(''));
const cuts = fc.array(fc.nat(80), { maxLength: 20 });

function cut(whole: string, at: readonly number[]): string[] {
  const places = [0, ...at.filter((place) => place < whole.length).toSorted((a, b) => a - b), whole.length];
  return places.slice(1).map((place, i) => whole.slice(places[i], place));
}

test('[5321-2.3.8-crlf] a line ends at CRLF only, and bare CR and LF stay inside it', () => {
  assert.deepEqual(readAll(['a\rb\nc\r\r\n\nd\r\n'], 100, true), ['a\rb\nc\r', '\nd']);
});

test('lines are the same however the octets are cut', () => {
  fc.assert(
    fc.property(text, cuts, fc.nat(12), fc.boolean(), (whole, at, limit, feedFirst) => {
      assert.deepEqual(readAll(cut(whole, at), limit, feedFirst), reference(whole, limit));
    }),
    { numRuns: 2000 },
  );
});

test('lines are the same when every octet comes alone, across the borders of blocks', () => {
  const whole = Array.from({ length: 200 }, (_, i) => `${'x'.repeat(i * 7)}\r\n`).join('');
  assert.deepEqual(readAll([...whole], 1000, true), reference(whole, 1000));
  assert.deepEqual(readAll([...whole], 1000, false), reference(whole, 1000));
});

test('a line too long is thrown away as it comes', () => {
  const inbox = new Inbox();
  let most = 0;
  for (let i = 0; i < 1000; i++) {
    inbox.push(Buffer.alloc(10_000, 'x'));
    assert.equal(inbox.takeLine(512), undefined);
    most = Math.max(most, inbox.length);
  }
  inbox.push(Buffer.from('\r'));
  assert.equal(inbox.takeLine(512), undefined);
  inbox.push(Buffer.from('\nNOOP\r\n'));
  assert.equal(inbox.takeLine(512), 'too-long');
  assert.equal(inbox.takeLine(512)?.toString(), 'NOOP');
  assert.equal(most, 0);
  assert.equal(inbox.length, 0);
});

for (const [name, unit] of [
  ['octets', 'x'],
  ['CRs', '\r'],
  ['LFs', '\n'],
] as const) {
  test(`one long line of single ${name} costs linear time`, () => {
    const inbox = new Inbox();
    const octet = Buffer.from(unit);
    const count = 300_000;
    const spent = cpuClock();
    for (let i = 0; i < count; i++) {
      inbox.push(octet);
      assert.equal(inbox.takeLine(10_000_000), undefined);
    }
    // Quadratic work would be 4.5e10 steps.
    assert.ok(spent() < 2_500);
    assert.equal(inbox.length, count);
  });
}

test('chunks are taken as they lie, up to a limit, and the rest can be put back', () => {
  const inbox = new Inbox();
  inbox.push(Buffer.from('a'.repeat(2000)));
  inbox.push(Buffer.from('bc\r\nde'));
  const first = inbox.takeChunk();
  assert.equal(first?.length, 2000);
  inbox.putBack((first as Buffer).subarray(1999));
  assert.equal(inbox.length, 7);
  assert.equal(inbox.takeLine(10)?.toString(), 'abc');
  assert.equal(inbox.takeChunk(1)?.toString(), 'd');
  inbox.push(Buffer.from('f\r\n'));
  assert.equal(inbox.takeLine(10)?.toString(), 'ef');
  assert.equal(inbox.takeChunk(), undefined);
});

test('a piece handed out does not change when more comes', () => {
  const inbox = new Inbox();
  inbox.push(Buffer.from('one'));
  const piece = inbox.takeChunk();
  inbox.push(Buffer.from('two'));
  assert.equal(piece?.toString(), 'one');
  inbox.push(Buffer.from('\r\nmore'));
  assert.equal(inbox.takeLine(10)?.toString(), 'two');
});

test('lines, pieces and things put back, mixed, give every octet once and in order', () => {
  const step = fc.oneof(
    fc.record({ kind: fc.constant('push' as const), size: fc.integer({ min: 1, max: 3000 }) }),
    fc.record({ kind: fc.constant('take' as const), size: fc.integer({ min: 1, max: 1500 }), back: fc.nat(100) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const inbox = new Inbox();
      let pushed = 0;
      let taken = 0;
      const check = (piece: Buffer): void => {
        for (const octet of piece) assert.equal(octet, taken++ % 251);
      };
      for (const one of steps) {
        if (one.kind === 'push') {
          inbox.push(Buffer.from(Array.from({ length: one.size }, () => pushed++ % 251)));
          continue;
        }
        const piece = inbox.takeChunk(one.size);
        if (piece === undefined) continue;
        const keep = Math.max(0, piece.length - one.back);
        check(piece.subarray(0, keep));
        inbox.putBack(piece.subarray(keep));
        assert.equal(inbox.length, pushed - taken);
      }
      for (let piece = inbox.takeChunk(); piece !== undefined; piece = inbox.takeChunk()) check(piece);
      assert.equal(taken, pushed);
    }),
    { numRuns: 150 },
  );
});
