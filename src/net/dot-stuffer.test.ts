import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { DotStuffer } from './dot-stuffer.ts';
import { DottedText } from './dotted.ts';

function stuff(pieces: readonly string[]): string {
  const stuffer = new DotStuffer();
  const out = pieces.map((piece) => stuffer.push(Buffer.from(piece, 'latin1')).toString('latin1'));
  return out.join('') + stuffer.end().toString('latin1');
}

const cases: readonly [name: string, text: string, sent: string][] = [
  ['an empty text is the dot line alone', '', '.\r\n'],
  ['a line', 'a\r\n', 'a\r\n.\r\n'],
  ['a missing last CRLF is put there', 'a', 'a\r\n.\r\n'],
  ['a leading dot is doubled', '.a\r\n', '..a\r\n.\r\n'],
  ['a dot alone is doubled', '.\r\n', '..\r\n.\r\n'],
  ['dots after CRLF are doubled', 'a\r\n.\r\n..\r\n', 'a\r\n..\r\n...\r\n.\r\n'],
  ['other dots are not', 'a.b\r\nc.\r\n', 'a.b\r\nc.\r\n.\r\n'],
  ['a dot behind a bare LF or CR is not at the start of a line', 'a\n.b\r.c\r\n', 'a\n.b\r.c\r\n.\r\n'],
];
for (const [name, text, sent] of cases) {
  test(`[5321-4.5.2-stuffing] ${name}`, () => {
    assert.equal(stuff([text]), sent);
    assert.equal(stuff([...text]), sent);
  });
}

test('[5321-4.5.2-stuffing] the other side gets back what was stuffed, for any text and chunking', () => {
  const part = fc.constantFrom('\r\n', '.', '..', 'a', '\r\n.', '.\r\n', 'xyz');
  const pieces = fc.array(
    fc.array(part, { maxLength: 5 }).map((parts) => parts.join('')),
    { maxLength: 12 },
  );
  fc.assert(
    fc.property(pieces, (cut) => {
      const text = cut.join('');
      const sent = stuff(cut);
      assert.equal(sent, stuff([text]));
      const step = new DottedText().push(Buffer.from(sent, 'latin1'));
      assert.equal(step.ended, true);
      assert.equal(step.used, sent.length);
      assert.equal(step.text.toString('latin1'), text === '' || text.endsWith('\r\n') ? text : `${text}\r\n`);
    }),
    { numRuns: 2000 },
  );
});

test('a chunk without dots at line starts is not copied', () => {
  const chunk = Buffer.from('Subject: x\r\n\r\nbody.\r\n');
  assert.equal(new DotStuffer().push(chunk), chunk);
});

test('a stuffer can be used again after the end', () => {
  const stuffer = new DotStuffer();
  stuffer.push(Buffer.from('a'));
  stuffer.end();
  assert.equal(stuffer.push(Buffer.from('.')).toString(), '..');
});
