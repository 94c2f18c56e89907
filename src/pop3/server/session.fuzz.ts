/**
 * Properties of the server session for any input: it comes to an end without throwing, every response is well-formed
 * and there is one for each command; what it says equals a slow, simple model of RFC 1939; and what it sends of a
 * message is the message. FUZZ_RUNS sets how many cases are tried.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { FakeClock } from '../../base/testing.ts';
import { scriptedWire } from '../../net/testing.ts';
import { FakeMailbox, FakePolicy, fakeContext, fakeMessage } from '../testing.ts';
import type { SaslBackend } from '../../sasl/index.ts';
import type { Pop3Login } from './policy.ts';
import { servePop3 } from './session.ts';

const numRuns = Number(process.env['FUZZ_RUNS'] ?? 200);
const LOGIN = ['USER alice', 'PASS pa ss word'];
const LIMITS = { maxErrors: 10_000, maxLoginFailures: 10_000 };

/** Runs a session on the octets, delivered in pieces of those sizes (again and again). */
async function run(input: Buffer, sizes: readonly number[], mailbox: FakeMailbox) {
  const clock = new FakeClock();
  const policy = new FakePolicy(mailbox);
  const pieces: Buffer[] = [];
  for (let at = 0, n = 0; at < input.length; n++) {
    const size = sizes[n % sizes.length] ?? input.length;
    pieces.push(input.subarray(at, at + size));
    at += size;
  }
  const scripted = scriptedWire(pieces, { clock });
  const sasl: SaslBackend<Pop3Login> = {
    password: (login) => policy.verify(login),
    proof: (claim) => policy.prove(claim),
  };
  await servePop3(scripted.wire, fakeContext(policy, { ...LIMITS, sasl }, clock));
  assert.equal(clock.pending, 0, 'no timer is left');
  assert.equal(scripted.closed, true, 'the connection is closed');
  assert.equal(mailbox.locked, false, 'the maildrop is given back');
  assert.equal(policy.ends.length, 1, 'the end is told once');
  return { output: scripted.output, policy };
}

/** Reads responses off the output, checking each line. */
class Responses {
  readonly #lines: string[];

  constructor(output: string) {
    const lines = output.split('\r\n');
    assert.equal(lines.pop(), '', 'the output ends with a line end');
    this.#lines = lines;
  }

  get done(): boolean {
    return this.#lines.length === 0;
  }

  status(): string {
    const line = this.#lines.shift();
    assert.ok(line !== undefined, 'a command has no answer');
    assert.match(line, /^(?:\+OK(?: [ -~]+)?|-ERR [ -~]+|\+ [A-Za-z0-9+/=]*)$/);
    assert.ok(line.length <= 510);
    return line;
  }

  /** The lines of a multi-line answer, unstuffed. */
  lines(): string[] {
    const end = this.#lines.indexOf('.');
    assert.notEqual(end, -1, 'a multi-line answer has no end');
    const lines = this.#lines.splice(0, end + 1).slice(0, -1);
    return lines.map((line) => {
      assert.notEqual(line, '.');
      assert.ok(!line.startsWith('.') || line.startsWith('..'), 'a dot at the start of a line is doubled');
      return line.replace(/^\./, '');
    });
  }
}

function isMultiLine(command: string): boolean {
  const [keyword = '', ...rest] = command.split(' ');
  const bare = rest.join('').length === 0;
  const verb = keyword.toUpperCase();
  return ['RETR', 'TOP', 'CAPA'].includes(verb) || (bare && ['LIST', 'UIDL', 'AUTH', 'LANG'].includes(verb));
}

const VERBS = 'USER PASS STAT LIST RETR DELE NOOP RSET TOP UIDL CAPA STLS AUTH APOP UTF8 LANG x Quit stat rEtR'.split(
  ' ',
);
/** A login by proof that nobody can end well who does not know our nonce. */
const FIRST = 'AUTH SCRAM-SHA-256 biwsbj1hbGljZSxyPWI=';
const FINAL = 'Yz1iaXdzLHI9YixwPWVIaDRlSGg0ZUhoNGVIaDRlSGg0ZUhoNGVIaDRlSGg0ZUhoNGVIaDRlSGc9';
const PHRASES = [
  'AUTH PLAIN',
  'AUTH LOGIN',
  'AUTH SCRAM-SHA-256',
  FIRST,
  'USER alice',
  'PASS pa ss word',
  'PASS wrong',
  '',
];
const verb = fc.constantFrom(...VERBS, ...PHRASES);
const argument = fc.oneof(
  fc.constantFrom('', ' ', ' 1', ' 2', ' 3', ' 0', ' -1', ' 1 0', ' 2 1', ' 99999999999', ' =', ' *', ' AGEAYg=='),
  fc.string({ unit: 'binary', maxLength: 20 }).map((text) => ` ${text}`),
);
const noise = fc.uint8Array({ maxLength: 30 }).map((octets) => Buffer.from(octets).toString('latin1'));
const anyLine = fc
  .oneof(
    { weight: 6, arbitrary: fc.tuple(verb, argument).map(([name, rest]) => name + rest) },
    { weight: 1, arbitrary: noise },
    { weight: 1, arbitrary: fc.constantFrom('*', 'YWxpY2U=', 'AGFsaWNlAHBhIHNzIHdvcmQ=', FINAL, 'x'.repeat(5_000)) },
  )
  .map((line) => Buffer.from(line, 'latin1').toString('latin1').replaceAll('\r\n', '  '))
  .filter((line) => !line.endsWith('\r'));
const anySizes = fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 4 });

test('any input: the session ends, every response is well-formed, and each command has one', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.boolean(),
      fc.array(anyLine, { maxLength: 30 }),
      noise,
      anySizes,
      async (login, any, rest, sizes) => {
        const lines = login ? [...LOGIN, ...any] : any;
        const input = Buffer.from(lines.map((line) => `${line}\r\n`).join('') + rest.replaceAll('\r\n', ''), 'latin1');
        const mailbox = new FakeMailbox([fakeMessage('A: 1\r\n\r\n.\r\nb\r\n', 'u1'), fakeMessage('..\r\n', 'u2')]);
        const { output } = await run(input, sizes, mailbox);
        const responses = new Responses(output);
        assert.match(responses.status(), /^\+OK/);
        let asked = '';
        for (const line of lines) {
          const status = responses.status();
          const command = asked === '' ? line : asked;
          asked = status.startsWith('+ ') ? command : '';
          if (status.startsWith('+OK') && isMultiLine(command)) responses.lines();
          if (status.startsWith('+OK Good bye')) break;
        }
        assert.ok(responses.done, 'nothing was said without a command');
      },
    ),
    { numRuns },
  );
});

/** RFC 1939 §5 in the plainest form: a list of messages, each there or marked. */
class Model {
  readonly messages: readonly { readonly uidl: string; readonly text: string }[];
  marked = new Set<number>();

  constructor(texts: readonly string[]) {
    this.messages = texts.map((text, index) => ({ uidl: `uid-${index}`, text }));
  }

  /** The numbers of the messages not marked. */
  get numbers(): number[] {
    return this.messages.map((_message, index) => index + 1).filter((number) => !this.marked.has(number));
  }

  /** The answer to a command: a status line's beginning, and the lines that follow. */
  answer(command: string): readonly [status: string, lines?: readonly string[]] {
    const [name, first, second] = command.split(' ');
    const total = this.numbers.reduce((sum, number) => sum + this.#text(number).length, 0);
    if (name === 'STAT') return [`+OK ${this.numbers.length} ${total}`];
    if (name === 'NOOP') return ['+OK'];
    if (name === 'RSET') {
      this.marked = new Set();
      return ['+OK'];
    }
    if (name === 'LIST' && first === undefined) {
      return ['+OK', this.numbers.map((number) => `${number} ${this.#text(number).length}`)];
    }
    if (name === 'UIDL' && first === undefined) {
      return ['+OK', this.numbers.map((number) => `${number} uid-${number - 1}`)];
    }
    const number = Number(first);
    if (!this.numbers.includes(number)) return ['-ERR'];
    if (name === 'LIST') return [`+OK ${number} ${this.#text(number).length}`];
    if (name === 'UIDL') return [`+OK ${number} uid-${number - 1}`];
    if (name === 'RETR') return [`+OK ${this.#text(number).length} octets`, this.#lines(number)];
    if (name === 'DELE') this.marked.add(number);
    return name === 'TOP' ? ['+OK', this.#top(number, Number(second))] : ['+OK'];
  }

  #text(number: number): string {
    return this.messages[number - 1]!.text;
  }

  #lines(number: number): string[] {
    return this.#text(number).split('\r\n').slice(0, -1);
  }

  #top(number: number, count: number): string[] {
    const lines = this.#lines(number);
    const blank = lines.indexOf('');
    return blank === -1 ? lines : lines.slice(0, blank + 1 + count);
  }
}

const messageText = fc
  .array(
    fc.oneof(fc.constantFrom('', '.', '..', '.a', 'A: 1', 'a.'), fc.string({ unit: 'binary-ascii', maxLength: 12 })),
    {
      maxLength: 8,
    },
  )
  .map((lines) => lines.map((line) => `${line.replaceAll('\r', '.')}\r\n`).join(''));
const number = fc.integer({ min: 0, max: 6 });
const modelCommand = fc.oneof(
  fc.constantFrom('STAT', 'LIST', 'UIDL', 'NOOP', 'RSET'),
  fc.tuple(fc.constantFrom('LIST', 'UIDL', 'RETR', 'DELE', 'DELE'), number).map(([name, n]) => `${name} ${n}`),
  fc.tuple(number, fc.nat(4)).map(([n, lines]) => `TOP ${n} ${lines}`),
);

test('[1939-5-dele-number-kept] any commands: the answers and what is left equal those of a simple model', async () => {
  const texts = fc.array(messageText, { maxLength: 5 });
  await fc.assert(
    fc.asyncProperty(
      texts,
      fc.array(modelCommand, { maxLength: 25 }),
      fc.boolean(),
      anySizes,
      async (all, any, quits, sizes) => {
        const model = new Model(all);
        const mailbox = new FakeMailbox(model.messages.map(({ uidl, text }) => fakeMessage(text, uidl)));
        mailbox.piece = 1 + ((sizes[0] ?? 0) % 7);
        const commands = quits ? [...any, 'QUIT'] : any;
        const input = Buffer.from([...LOGIN, ...commands].map((line) => `${line}\r\n`).join(''));
        const { output } = await run(input, sizes, mailbox);
        const responses = new Responses(output);
        for (let n = 0; n < 3; n++) assert.match(responses.status(), /^\+OK/);
        for (const command of any) {
          const [status, lines] = model.answer(command);
          const said = responses.status();
          assert.ok(said === status || said.startsWith(`${status} `), `${command}: ${said}, not ${status}`);
          if (lines !== undefined) assert.deepEqual(responses.lines(), lines, command);
        }
        if (quits) assert.match(responses.status(), /^\+OK Good bye/);
        assert.ok(responses.done);
        const left = model.messages.filter((_message, index) => !quits || !model.marked.has(index + 1));
        assert.deepEqual(
          mailbox.messages.map(({ uidl }) => uidl),
          left.map(({ uidl }) => uidl),
        );
      },
    ),
    { numRuns },
  );
});

test('[1939-3-byte-stuffing] any message, in any pieces, arrives as it is', async () => {
  await fc.assert(
    fc.asyncProperty(messageText, fc.integer({ min: 1, max: 20 }), async (text, piece) => {
      const mailbox = new FakeMailbox([fakeMessage(text, 'u')]);
      mailbox.piece = piece;
      const { output } = await run(Buffer.from([...LOGIN, 'RETR 1', ''].join('\r\n')), [], mailbox);
      const sent = output.slice(output.indexOf(' octets\r\n') + ' octets\r\n'.length);
      const stuffed = text
        .split('\r\n')
        .map((line) => line.replace(/^\./, '..'))
        .join('\r\n');
      assert.equal(sent, `${stuffed}.\r\n`);
    }),
    { numRuns },
  );
});
