import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  countReceived,
  fieldValue,
  fieldValues,
  HEADER_LIMITS,
  HeaderScanner,
  messageIdOf,
  threadIdsOf,
  parseHeaderSection,
} from './header.ts';
import type { HeaderField, HeaderLimits } from './header.ts';

const MESSAGE = 'Received: one\r\n\tfolded\r\nReceived: two\r\nno field\r\nSubject : x\r\n y\r\n\r\nbody: text\r\n';

interface Scanned {
  readonly header: string;
  readonly rest: string;
  readonly state: string;
}

function scan(chunks: readonly Buffer[], limits: HeaderLimits = HEADER_LIMITS): Scanned {
  const scanner = new HeaderScanner(limits);
  const rest = chunks.map((chunk) => scanner.write(chunk));
  scanner.end();
  return {
    header: scanner.bytes.toString('latin1'),
    rest: Buffer.concat(rest).toString('latin1'),
    state: scanner.state,
  };
}

function field(text: string): HeaderField {
  return parseHeaderSection(Buffer.from(text))[0] as HeaderField;
}

test('[5322-2.1-header-end] the header ends at the first empty line, wherever the stream is cut', () => {
  const bytes = Buffer.from(MESSAGE);
  const end = MESSAGE.indexOf('\r\n\r\n') + 2;
  for (let a = 0; a <= bytes.length; a++) {
    for (let b = a; b <= bytes.length; b++) {
      const scanned = scan([bytes.subarray(0, a), bytes.subarray(a, b), bytes.subarray(b)]);
      assert.deepEqual(scanned, { header: MESSAGE.slice(0, end), rest: MESSAGE.slice(end), state: 'complete' });
    }
  }
});

test('messages without a body, without a header, and with nothing at all', () => {
  assert.deepEqual(scan([Buffer.from('A: b\r\n')]), { header: 'A: b\r\n', rest: '', state: 'complete' });
  assert.deepEqual(scan([Buffer.from('A: b')]), { header: 'A: b', rest: '', state: 'complete' });
  assert.deepEqual(scan([Buffer.from('\r\nbody')]), { header: '', rest: '\r\nbody', state: 'complete' });
  assert.deepEqual(scan([Buffer.from('A: b\n\nbody')]), { header: 'A: b\n', rest: '\nbody', state: 'complete' });
  assert.deepEqual(scan([]), { header: '', rest: '', state: 'complete' });
});

test('a header beyond its limits is told, and never kept beyond them', () => {
  const long = Buffer.from(`A: ${'x'.repeat(500)}\r\n`);
  const tooLong = scan(Array<Buffer>(10).fill(long), { octets: 1000, fields: 100 });
  assert.equal(tooLong.state, 'too-big');
  assert.equal(tooLong.header.length, 1000);
  assert.equal(tooLong.header.length + tooLong.rest.length, long.length * 10);

  const tooMany = scan([Buffer.from('A: b\r\n c\r\n'.repeat(11))], { octets: 10_000, fields: 10 });
  assert.equal(tooMany.state, 'too-big');
  assert.equal(tooMany.header, 'A: b\r\n c\r\n'.repeat(10));

  const exact = scan([Buffer.from('A: b\r\n'.repeat(10))], { octets: 60, fields: 10 });
  assert.equal(exact.state, 'complete');

  const endless = scan(Array<Buffer>(100).fill(Buffer.alloc(10, 'x')), { octets: 64, fields: 10 });
  assert.deepEqual([endless.state, endless.header.length], ['too-big', 64]);
});

test('octets that come one by one cost no more than their number', () => {
  const scanner = new HeaderScanner({ octets: 100_000, fields: 10 });
  for (let i = 0; i < 50_000; i++) scanner.write(Buffer.from('x'));
  assert.equal(scanner.bytes.length, 50_000);
});

test('a caller may use its buffer again', () => {
  const scanner = new HeaderScanner();
  const chunk = Buffer.from('A: b\r\n');
  scanner.write(chunk);
  chunk.fill('!');
  assert.equal(scanner.bytes.toString(), 'A: b\r\n');
});

test('[5322-2.2-field] fields are told apart, and a line that is none has no name', () => {
  const bytes = Buffer.from(MESSAGE.slice(0, MESSAGE.indexOf('\r\n\r\n') + 2));
  const fields = parseHeaderSection(bytes);
  assert.deepEqual(fields.map((one) => one.name), ['received', 'received', '', 'subject']); // prettier-ignore
  assert.equal(countReceived(fields), 2);
  for (const text of [
    ': x\r\n',
    'a b: x\r\n',
    'ü: x\r\n',
    'plain text\r\n',
    ' folded: first\r\n',
    '\u0001: x\r\n',
    `${'x'.repeat(2000)}: y\r\n`,
  ]) {
    assert.equal(field(text).name, '', text.slice(0, 20));
  }
});

test('[5322-2.2.3-unfolding] a folded value is read as one line', () => {
  assert.equal(fieldValue(field('Subject:  one\r\n two\r\n\tthree \r\n')), 'one two\tthree');
  assert.equal(fieldValue(field('A:\r\n b\r\n')), 'b');
  assert.equal(fieldValue(field('A:b')), 'b');
  assert.equal(fieldValue(field('A:\r\n')), '');
  assert.equal(fieldValue(field('no field\r\n')), 'no field');
});

test('a Message-ID is taken whole, the first one, and only if it fits a line', () => {
  const of = (text: string): string | undefined => messageIdOf(parseHeaderSection(Buffer.from(text)));
  assert.equal(of('Message-ID: <1@a.test>\r\nMessage-ID: <2@a.test>\r\n'), '<1@a.test>');
  assert.equal(of('MESSAGE-ID:\r\n <1@a.test>\r\n'), '<1@a.test>');
  assert.equal(of('Message-ID:\r\n'), undefined);
  assert.equal(of('Subject: x\r\n'), undefined);
  assert.equal(of(`Message-ID: <${'x'.repeat(1000)}>\r\n`), undefined);
});

test('the thread of a message: its own id, what it answers, then its References from the newest back', () => {
  const of = (text: string): readonly string[] => threadIdsOf(parseHeaderSection(Buffer.from(text)));
  assert.deepEqual(
    of('References: <1@a> <2@a>\r\n\t<3@a>\r\nIn-Reply-To: Yours of today <3@a>\r\nMessage-ID: (x) <4@a>\r\n'),
    ['<4@a>', '<3@a>', '<2@a>', '<1@a>'],
  );
  assert.deepEqual(of('Message-ID: no brackets\r\nReferences: <a b> <> x@y\r\n'), ['no brackets']);
  assert.deepEqual(of('Subject: Re: hello\r\n'), []);
  const many = Array.from({ length: 150 }, (_, i) => `<${String(i)}@a>`);
  const some = of(`Message-ID: <own@a>\r\nReferences: ${many.join('\r\n ')}\r\n`);
  assert.equal(some.length, 100);
  assert.deepEqual([some[0], some[1], some.at(-2), some.at(-1)], ['<own@a>', '<149@a>', '<52@a>', '<0@a>']);
});

test('hostile values cost linear time', () => {
  const blanks = ' '.repeat(200_000);
  assert.equal(fieldValue(field(`A: x${blanks}y${blanks}\r\n`)).length, 200_002);
  assert.deepEqual(fieldValues(parseHeaderSection(Buffer.from(`A:${'\r\n '.repeat(50_000)}z\r\n`)), 'a'), ['z']);
});

test('header and rest together are the content, for any octets in any pieces', () => {
  const octets = fc.array(fc.constantFrom('\r', '\n', ':', ' ', 'a', '\r\n', '\r\n\r\n', '\0', '\xff'), {
    maxLength: 30,
  });
  fc.assert(
    fc.property(fc.array(octets, { maxLength: 5 }), fc.integer({ min: 1, max: 40 }), (pieces, limit) => {
      const chunks = pieces.map((piece) => Buffer.from(piece.join(''), 'latin1'));
      const all = Buffer.concat(chunks);
      const limits = { octets: limit, fields: 3 };
      const scanned = scan(chunks, limits);
      assert.equal(scanned.header + scanned.rest, all.toString('latin1'));
      assert.ok(scanned.header.length <= limit);
      assert.deepEqual(scan([all], limits), scanned);
      const fields = parseHeaderSection(all);
      assert.equal(fields.map((one) => one.raw.toString('latin1')).join(''), all.toString('latin1'));
      for (const one of fields) assert.doesNotMatch(fieldValue(one), /[\r\n]/);
    }),
    { numRuns: 1000 },
  );
});
