/**
 * Golden sessions with the real policies: what is decided about people, addresses and messages, in the words that a
 * client hears. Each file in transcripts/ is one connection to a {@link FakeHouse}.
 *
 *   # text          a comment; ids in brackets are the rules that the session shows, and stand in the test's title
 *   @ service       smtp (the default), submission, lmtp or pop3; under TLS
 *   C: text         the client sends a line; {100*a} is a hundred "a", {plain name} a PLAIN response with the right password
 *   C* N text       the same line N times
 *   S: text         the next line of the server must be this; "…" stands for anything
 *   E:              the connection must have ended here, with nothing more said
 *   ! words         something happens: see `events`
 */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import type { Wire } from '../net/index.ts';
import { FakeHouse } from './fake-house.ts';
import type { HouseService } from './fake-house.ts';

const TRANSCRIPTS = new URL('./transcripts/', import.meta.url);

const events: Readonly<Record<string, (house: FakeHouse, words: readonly string[]) => unknown>> = {
  breaks: ({ broken }, [operation = '']) => broken.add(operation),
  busy: (house) => (house.busy = true),
  'closes-at-login': (house, [address]) => (house.closing = address),
  guesses: (house, [name = '', times]) => house.guess(name, Number(times)),
  limits: (house, [messages, newcomers]) =>
    (house.limits = { messages: Number(messages), newcomers: Number(newcomers) }),
  'maildrop-taken': (house, [address = '']) => house.takeMaildrop(address),
  elsewhere: async (house, [address = '']) => {
    const { client } = house.connect('pop3');
    client.write(`USER ${address}\r\nPASS secret\r\n`);
    for (const _ of ['the greeting', 'USER', 'PASS']) await client.readLine(1_000);
  },
};

function octetsOf(line: string): string {
  if (line.startsWith('C* ')) {
    const [, times, text] = /^C\* (\d+) (.*)$/.exec(line) ?? [];
    return `${text}\r\n`.repeat(Number(times));
  }
  const text = line
    .slice(3)
    .replace(/\{(\d+)\*(.)\}/g, (_all, count: string, what: string) => what.repeat(Number(count)))
    .replace(/\{plain (\S+)\}/g, (_all, name: string) => Buffer.from(`\0${name}\0secret`).toString('base64'));
  return `${text}\r\n`;
}

function matches(line: string, pattern: string): boolean {
  const parts = pattern.split('…').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`).test(line);
}

async function heard(client: Wire): Promise<string> {
  const read = await client.readLine(10_000).catch(() => ({ kind: 'end' as const }));
  return read.kind === 'line' ? read.bytes.toString('latin1') : `(${read.kind})`;
}

async function play(t: TestContext, lines: readonly string[]): Promise<void> {
  const house = await FakeHouse.open(t);
  const service = lines.find((line) => line.startsWith('@ '))?.slice(2) ?? 'smtp';
  const { client, done } = house.connect(service as HouseService);
  for (const [index, line] of lines.entries()) {
    const where = `line ${index + 1}: ${line}`;
    if (/^C[:*](?: |$)/.test(line)) client.write(octetsOf(line));
    else if (line.startsWith('S: ')) {
      const said = await heard(client);
      assert.ok(matches(said, line.slice(3)), `${where}\n  the server said: ${said}`);
    } else if (line === 'E:') assert.equal(await heard(client), '(end)', where);
    else if (line.startsWith('! ')) {
      const [word = '', ...words] = line.slice(2).split(' ');
      assert.ok(events[word] !== undefined, `not understood: ${where}`);
      await events[word](house, words);
    } else assert.ok(line === '' || /^[#@]/.test(line), `not understood: ${where}`);
  }
  client.destroy();
  await done;
}

const FILES = readdirSync(TRANSCRIPTS).filter((file) => file.endsWith('.txt'));

for (const name of FILES) {
  const lines = readFileSync(new URL(name, TRANSCRIPTS), 'utf8').split('\n');
  const ids = lines.filter((line) => line.startsWith('#')).flatMap((line) => line.match(/\[[0-9][^\]]*\]/g) ?? []);
  test(`${ids.join(' ')} ${name}`.trim(), (t) => play(t, lines));
}

test('there are transcripts', () => {
  assert.ok(FILES.length >= 15);
});
