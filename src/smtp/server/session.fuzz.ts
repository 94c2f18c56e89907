/**
 * Whatever a client sends, however it is cut: the session ends, every reply is well-formed, there is
 * one for each command, nothing inside a message is taken for a command, and a refusal changes
 * nothing (HABITS 23). The referee below reads the input beside the replies with its own slow eyes
 * and knows nothing of the session's code.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { silentLog } from '../../base/index.ts';
import { FakeClock } from '../../base/testing.ts';
import { scriptedWire } from '../../net/testing.ts';
import { scramVerifier } from '../../sasl/testing.ts';
import { serveSmtp } from './conversation.ts';
import { fakePolicy, TEST_SETTINGS } from './fake-policy.ts';
import type { FakePolicy } from './fake-policy.ts';
import type { SmtpServerSettings } from './policy.ts';

const numRuns = Number(process.env['FUZZ_RUNS'] ?? 100);

const SETTINGS: SmtpServerSettings = { ...TEST_SETTINGS, maxMessage: 60, maxRecipients: 3, maxErrors: 12, dsn: true };
const VERIFIER = scramVerifier('secret');
const LOGIN: SmtpServerSettings = {
  ...SETTINGS,
  plainLogin: () => true,
  sasl: {
    password: async ({ name, password, mechanism }) =>
      password === 'secret'
        ? { kind: 'accepted', login: { account: 'account-1', name, mechanism } }
        : { kind: 'refused', rule: 'x', text: 'No' },
    // Nobody can answer the challenge of a session whose nonce they don't know.
    proof: async () => ({
      kind: 'verifier',
      verifier: VERIFIER,
      conclude: async (proven) => {
        assert.equal(proven, false);
        return { kind: 'refused', rule: 'x', text: 'No' };
      },
    }),
  },
};

interface Played {
  readonly output: string;
  readonly policy: FakePolicy;
}

async function playOctets(pieces: readonly Buffer[], settings: SmtpServerSettings): Promise<Played> {
  const clock = new FakeClock();
  const policy = fakePolicy();
  const script = scriptedWire(pieces, { clock });
  await serveSmtp(script.wire, { clock, policy, settings, log: silentLog });
  assert.equal(clock.pending, 0);
  assert.equal(policy.closings, 1);
  assert.equal(policy.opened, policy.ended);
  return { output: script.output, policy };
}

/** "r=…" in base 64: our part of a nonce is another one each time. */
function withoutNonces(output: string): string {
  return output.replace(/^334 cj[^\r\n]*/gm, '334 a nonce');
}

interface Heard {
  readonly code: number;
  readonly lines: readonly string[];
}

/** Takes the output apart by RFC 5321 §4.2 and complains about everything that isn't right. */
function readReplies(output: string): Heard[] {
  const lines = output.split('\r\n');
  assert.equal(lines.pop(), '', 'the output ends with a line end');
  const replies: Heard[] = [];
  let open: { code: number; lines: string[] } | undefined;
  for (const line of lines) {
    assert.ok(line.length <= 510, 'a reply line has at most 512 octets');
    const parts = /^([2-5][0-5][0-9])([- ])([ -~]*)$/.exec(line);
    assert.ok(parts, `not a reply line: ${JSON.stringify(line)}`);
    const code = Number(parts[1]);
    open ??= { code, lines: [] };
    assert.equal(code, open.code, 'all lines of a reply have one code');
    open.lines.push(parts[3] as string);
    if (parts[2] === '-') continue;
    replies.push(open);
    open = undefined;
  }
  assert.equal(open, undefined, 'the last reply is whole');
  return replies;
}

/** Follows the conversation as a client would that knows only what it sent and what it heard. */
class Referee {
  readonly #replies: Heard[];
  readonly #lmtp: boolean;
  readonly #login: boolean;
  #input: string;
  #at: 'start' | 'greeted' | 'mail' | 'chunks' = 'start';
  #accepted = 0;
  #loggedIn = false;
  /** What must have been taken, and nothing else. */
  readonly taken: string[] = [];
  #chunks: string[] = [];
  #chunksRefused = false;

  constructor(input: Buffer, output: string, settings: SmtpServerSettings) {
    this.#input = input.toString('latin1');
    this.#replies = readReplies(output);
    this.#lmtp = settings.protocol === 'lmtp';
    this.#login = settings.sasl !== undefined;
  }

  follow(): void {
    assert.equal(this.#replies.shift()?.code, 220);
    for (;;) {
      if (this.#isOver()) return;
      const line = this.#line();
      if (line === undefined) break;
      if (this.#command(line)) return;
    }
    assert.ok(this.#isOver() || this.#replies.length === 0, 'there is no reply without a command');
  }

  #isOver(): boolean {
    if (this.#replies.length !== 1 || this.#replies[0]?.code !== 421) return false;
    return true;
  }

  #line(): string | undefined {
    const end = this.#input.indexOf('\r\n');
    if (end < 0) return undefined;
    const line = this.#input.slice(0, end);
    this.#input = this.#input.slice(end + 2);
    return line;
  }

  #reply(): Heard {
    const heard = this.#replies.shift();
    assert.ok(heard, 'every command has a reply');
    return heard;
  }

  /** True when the session is over. */
  #command(line: string): boolean {
    const verb = line.split(/[ \t]/)[0]?.toUpperCase() ?? '';
    const clean = !/[\0-\x08\x0a-\x1f\x7f]/.test(line);
    if (clean && verb === 'BDAT') return this.#bdat(line);
    const { code } = this.#reply();
    if (code === 421 || code === 221) return this.#last();
    if (!clean) assert.equal(code, 500);
    else this.#judge(verb, line, code);
    return false;
  }

  #last(): boolean {
    assert.equal(this.#replies.length, 0, 'nothing follows the last reply');
    return true;
  }

  #judge(verb: string, line: string, code: number): void {
    const ready = !this.#login || this.#loggedIn;
    if (code === 250 && /^(EHLO|HELO|LHLO)$/.test(verb)) this.#reset();
    if (code === 250 && verb === 'RSET' && this.#at !== 'start') this.#reset();
    if (line === 'MAIL FROM:<alice@a.test>') assert.equal(code === 250, this.#at === 'greeted' && ready);
    if (verb === 'MAIL' && code === 250) {
      assert.equal(this.#at, 'greeted');
      this.#at = 'mail';
    }
    if (line === 'RCPT TO:<bob@b.test>') assert.equal(code === 250, this.#at === 'mail' && this.#accepted < 3);
    if (verb === 'RCPT' && code === 250) {
      assert.equal(this.#at, 'mail');
      this.#accepted += 1;
    }
    if (line === 'DATA') assert.equal(code === 354, this.#at === 'mail' && this.#accepted > 0);
    if (code === 354) this.#text();
    if (verb === 'AUTH') this.#auth(code);
  }

  /** The text ends at CRLF.CRLF, or at .CRLF when it begins so. */
  #text(): void {
    const all = `\r\n${this.#input}`;
    const end = all.indexOf('\r\n.\r\n');
    if (end < 0) {
      this.#input = '';
      return;
    }
    const raw = all.slice(2, end + 2);
    this.#input = all.slice(end + 5);
    this.#finish(raw.replace(/(^|\r\n)\./g, '$1'));
  }

  #finish(content: string): void {
    const fine = !/\0|\r(?!\n)|(?<!\r)\n/.test(content) && content.length <= 60;
    for (let n = this.#lmtp ? this.#accepted : 1; n > 0; n--) assert.equal(this.#reply().code === 250, fine);
    if (fine) this.taken.push(content);
    this.#reset();
  }

  #auth(first: number): void {
    let code = first;
    while (code === 334) {
      const line = this.#line();
      if (line === undefined) return;
      code = this.#reply().code;
    }
    if (code === 235) {
      assert.ok(this.#login && !this.#loggedIn && this.#at === 'greeted');
      this.#loggedIn = true;
    }
  }

  #bdat(line: string): boolean {
    const parts = /^BDAT[ \t]+([0-9]{1,15})([ \t]+LAST)?[ \t]*$/i.exec(line);
    if (parts === null) {
      assert.ok([501, 500].includes(this.#reply().code));
      return this.#last();
    }
    const size = Number(parts[1]);
    if (this.#input.length < size) {
      this.#input = '';
      return false;
    }
    const octets = this.#input.slice(0, size);
    this.#input = this.#input.slice(size);
    this.#chunk(octets, parts[2] !== undefined);
    return false;
  }

  #chunk(octets: string, last: boolean): void {
    const wanted = (this.#at === 'mail' && this.#accepted > 0) || (this.#at === 'chunks' && !this.#chunksRefused);
    this.#chunks.push(octets);
    const content = this.#chunks.join('');
    const bare = /\0|\r(?!\n|$)|(?<!\r)\n/.test(content) || (last && content.endsWith('\r'));
    const fine = wanted && !bare && content.length <= 60;
    const perRecipient = last && this.#lmtp && wanted;
    for (let n = perRecipient ? this.#accepted : 1; n > 0; n--) assert.equal(this.#reply().code === 250, fine);
    if (fine && last) this.taken.push(content);
    if (this.#at !== 'mail' && this.#at !== 'chunks') this.#chunks = [];
    else if (last) this.#reset();
    else {
      this.#at = 'chunks';
      this.#chunksRefused = !fine;
    }
  }

  #reset(): void {
    this.#at = 'greeted';
    this.#accepted = 0;
    this.#chunks = [];
    this.#chunksRefused = false;
  }
}

const HELLO = fc.constantFrom('EHLO c.test\r\n', 'HELO c.test\r\n', 'LHLO c.test\r\n', 'EHLO\r\n');
const ENVELOPE = fc.constantFrom(
  'MAIL FROM:<alice@a.test>\r\n',
  'MAIL FROM:<>\r\n',
  'MAIL FROM:<refused@a.test>\r\n',
  'MAIL FROM:<alice@a.test> SIZE=61\r\n',
  'MAIL FROM:<alice@a.test> FOO\r\n',
  'MAIL FROM:<alice@a.test> BODY=8BITMIME RET=HDRS\r\n',
  'RCPT TO:<bob@b.test>\r\n',
  'RCPT TO:<bob@b.test>\r\n',
  'RCPT TO:<unknown@b.test>\r\n',
  'RCPT TO:<@r.test:carol@b.test> NOTIFY=NEVER\r\n',
  'RCPT TO:bob@b.test\r\n',
);
const OTHERS = fc.constantFrom(
  'RSET\r\n',
  'NOOP\r\n',
  'VRFY x\r\n',
  'EXPN x\r\n',
  'HELP\r\n',
  'QUIT\r\n',
  'STARTTLS\r\n',
  'FROB\r\n',
  '\r\n',
  'NOOP\n.\r\n',
  'AUTH PLAIN AGEAc2VjcmV0\r\n',
  'AUTH PLAIN AGEAd3Jvbmc=\r\n',
  'AUTH PLAIN\r\nAGEAc2VjcmV0\r\n',
  'AUTH LOGIN\r\nYQ==\r\nc2VjcmV0\r\n',
  'AUTH LOGIN\r\n*\r\n',
  'AUTH SCRAM-SHA-256 biwsbj1hLHI9Yg==\r\n*\r\n',
  'AUTH SCRAM-SHA-256 biwsbj1hLHI9Yg==\r\nYz1iaXdzLHI9YixwPWVIaDRlSGg0ZUhoNGVIaDRlSGg0ZUhoNGVIaDRlSGg0ZUhoNGVIaDRlSGc9\r\n',
  'AUTH SCRAM-SHA-256\r\neSwsbj1hLHI9Yg==\r\n',
  'AUTH SCRAM-SHA-256-PLUS cD10bHMtZXhwb3J0ZXIsLG49YSxyPWI=\r\n',
  'AUTH X\r\n',
);
const SCRAPS = fc.constantFrom(
  'x',
  '\r',
  '\n',
  '\r\n',
  '.',
  '\0',
  '\r\n.\n',
  '\n.\r\n',
  '\n.\n',
  '\r.\r',
  '..',
  'QUIT\r\n',
  'MAIL FROM:<evil@a.test>\r\n',
  '\r\n.\0\r\n',
  'yyyyyyyyyyyyyyyyyyyy',
  '\xe9',
);
const TEXT = fc.array(SCRAPS, { maxLength: 8 }).map((scraps) => scraps.join(''));
const DATA = TEXT.map((text) => `DATA\r\n${text}\r\n.\r\n`);
const BDAT = fc
  .tuple(TEXT, fc.constantFrom('', ' LAST', ' last'))
  .map(([text, last]) => `BDAT ${text.length}${last}\r\n${text}`);
const ODD_BDAT = fc.constantFrom('BDAT\r\n', 'BDAT -1\r\n', 'BDAT 1 FIRST\r\n', 'BDAT 0 LAST\r\n');
const WHOLE = fc.constantFrom(
  'MAIL FROM:<alice@a.test>\r\nRCPT TO:<bob@b.test>\r\n',
  'RSET\r\nMAIL FROM:<alice@a.test>\r\nRCPT TO:<unknown@b.test>\r\nRCPT TO:<bob@b.test>\r\n',
);
const RAW = fc.string({ unit: 'binary-ascii', maxLength: 20 });

const STEPS = fc.oneof(
  { weight: 3, arbitrary: HELLO },
  { weight: 6, arbitrary: ENVELOPE },
  { weight: 6, arbitrary: WHOLE },
  { weight: 6, arbitrary: DATA },
  { weight: 5, arbitrary: BDAT },
  { weight: 4, arbitrary: OTHERS },
  { weight: 1, arbitrary: ODD_BDAT },
  { weight: 1, arbitrary: RAW },
  { weight: 1, arbitrary: TEXT },
);
const GREETED = fc.constantFrom('', 'EHLO c.test\r\n', 'EHLO c.test\r\nAUTH PLAIN AGEAc2VjcmV0\r\n');
const SESSIONS = fc
  .tuple(GREETED, fc.array(STEPS, { maxLength: 14 }))
  .map(([start, steps]) => Buffer.from(start + steps.join(''), 'latin1'));
const CUTS = fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 30 });

function cut(input: Buffer, lengths: readonly number[]): Buffer[] {
  const pieces: Buffer[] = [];
  let at = 0;
  for (const length of lengths) {
    if (at >= input.length) break;
    pieces.push(input.subarray(at, at + length));
    at += length;
  }
  return at < input.length ? [...pieces, input.subarray(at)] : pieces;
}

function judge(input: Buffer, { output, policy }: Played, settings: SmtpServerSettings): void {
  const referee = new Referee(input, output, settings);
  referee.follow();
  assert.deepEqual(
    policy.taken.map(({ content }) => content.toString('latin1')),
    referee.taken,
  );
}

const LISTENERS: readonly (readonly [string, SmtpServerSettings])[] = [
  ['SMTP', SETTINGS],
  ['submission', LOGIN],
  ['LMTP', { ...SETTINGS, protocol: 'lmtp' }],
];

for (const [name, settings] of LISTENERS) {
  test(`[5321-2.3.8-bare] [5321-4.1.1.4-end] [2920-3.2-order] ${name}: replies = commands, and a message is what lies before CRLF.CRLF`, async () => {
    await fc.assert(
      fc.asyncProperty(SESSIONS, CUTS, async (sent, cuts) => {
        const input =
          settings.protocol === 'lmtp'
            ? Buffer.from(sent.toString('latin1').replaceAll('EHLO', 'LHLO'), 'latin1')
            : sent;
        const played = await playOctets(cut(input, cuts), settings);
        judge(input, played, settings);
        const slowly = await playOctets(
          cut(input, Array<number>(input.length).fill(input.length < 150 ? 1 : 7)),
          settings,
        );
        assert.equal(
          withoutNonces(slowly.output),
          withoutNonces(played.output),
          'how the octets are cut changes nothing',
        );
      }),
      { numRuns },
    );
  });
}

test('random octets do not throw, hang or confuse', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 400 }), CUTS, async (octets, cuts) => {
      const input = Buffer.from(octets);
      judge(input, await playOctets(cut(input, cuts), SETTINGS), SETTINGS);
    }),
    { numRuns },
  );
});
