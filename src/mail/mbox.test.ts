import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MboxReader, toMbox } from './mbox.ts';

async function* stream(text: string): AsyncIterable<Buffer> {
  yield Buffer.from(text, 'latin1');
}

async function written(text: string, at = 0): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of toMbox(stream(text), at)) parts.push(part);
  return Buffer.concat(parts).toString('latin1');
}

function read(text: string): readonly { readonly at?: number; readonly text: string }[] {
  const messages: { at?: number; text: string }[] = [];
  const reader = new MboxReader();
  for (const piece of [...reader.write(Buffer.from(text, 'latin1')), ...reader.end()])
    if (piece.kind === 'begin') messages.push({ ...(piece.at === undefined ? {} : { at: piece.at }), text: '' });
    else (messages.at(-1) as { text: string }).text += piece.octets.toString('latin1');
  return messages;
}

const LINE = 'From export@posthorn.invalid Thu Nov 26 17:15:16 2026\n';
const AT = Date.UTC(2026, 10, 26, 17, 15, 16);

test('a message in an mbox: From_ line, one more ">" for each line that would be one, a line feed', async () => {
  assert.equal(
    await written('A: b\n\nFrom x\n>From y\nx From z\n', AT),
    `${LINE}A: b\n\n>From x\n>>From y\nx From z\n\n`,
  );
  assert.equal(await written('no end', AT), `${LINE}no end\n`);
});

const OTHERS: readonly (readonly [what: string, mbox: string, messages: readonly string[]])[] = [
  ['mboxo', 'From a Thu Jan  1 00:00:00 1970\nA: b\n\n>From here\n\n', ['A: b\n\nFrom here\n']],
  ['two', 'From a Thu Jan  1 00:00:00 1970\nA: 1\n\nx\n\nFrom b Thu Jan  1 00:00:00 1970\nA: 2\n\ny\n', ['A: 1\n\nx\n', 'A: 2\n\ny\n']], // prettier-ignore
  ['CRLF', 'From a Thu Jan  1 00:00:00 1970\r\nA: 1\r\n\r\nx\r\n\r\nFrom - Thu Jan 01 00:00:00 1970\r\nA: 2\r\n\r\n\r\n', ['A: 1\r\n\r\nx\r\n', 'A: 2\r\n\r\n']], // prettier-ignore
  ['no empty line between', 'From a Thu Jan  1 00:00:00 1970\nA: 1\n\nx\nFrom b Thu Jan  1 00:00 1970\nA: 2\n', ['A: 1\n\nx\n', 'A: 2\n']], // prettier-ignore
  ['a sentence that nobody quoted', 'From a Thu Jan  1 00:00:00 1970\nA: 1\n\nFrom here on it rains.\n', ['A: 1\n\nFrom here on it rains.\n']], // prettier-ignore
  ['a first line without a date', 'From someone\nA: 1\n\n', ['A: 1\n']],
  ['text before the first', 'hello\nFrom a Thu Jan  1 00:00:00 1970\nA: 1\n', ['A: 1\n']],
  ['nothing', '', []],
];

for (const [what, mbox, messages] of OTHERS)
  test(`an mbox of others: ${what}`, () => {
    assert.deepEqual(
      read(mbox).map(({ text }) => text),
      messages,
    );
  });

test('the From_ line says when', () => {
  assert.equal(read(LINE)[0]?.at, AT);
  assert.equal(read('From x@y Thu Nov 26 17:15:16 UTC 2026\n')[0]?.at, AT);
  assert.equal(read('From someone\n')[0]?.at, undefined);
});
