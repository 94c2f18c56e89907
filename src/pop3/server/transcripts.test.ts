/**
 * Golden sessions: each file in transcripts/ is one conversation with the server session over a wire in memory.
 *
 *   # text          a comment; ids in brackets are the rules that the session shows, and stand in the test's title
 *   C: text         the client sends a line (several in a row go together); \xNN is an octet, {100*a} a hundred "a"
 *   S: text         the next line of the server must be this; "…" stands for anything
 *   E:              the connection must have ended here, with nothing more said
 *   {begin …}       in a line of the client, and its like: what our own client says in a login (src/sasl/testing.ts)
 *   ! words         something happens, or must be so: see `stage` and `checks`
 */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { memoryWirePair } from '../../net/index.ts';
import type { TlsServerContext, Wire } from '../../net/index.ts';
import { FakeClock } from '../../base/testing.ts';
import type { SaslBackend } from '../../sasl/index.ts';
import { LoginScript } from '../../sasl/testing.ts';
import { FakeMailbox, FakePolicy, fakeContext, fakeMessage } from '../testing.ts';
import type { Pop3Login, Pop3ServerSettings } from './policy.ts';
import { servePop3 } from './session.ts';

const TRANSCRIPTS = new URL('./transcripts/', import.meta.url);

const ONE = 'Subject: one\r\nTo: alice@a.test\r\n\r\nHello\r\n.a dot\r\n..two dots\r\n.\r\nthe end\r\n';
const NO_BODY = 'Subject: two\r\nNo: body\r\n';
const EMPTY_BODY = 'Subject: three\r\n\r\n';

interface Stage {
  readonly clock: FakeClock;
  readonly policy: FakePolicy;
  readonly settings: Partial<Record<keyof Pop3ServerSettings, unknown>>;
  readonly stop: AbortController;
  wire: Wire | undefined;
  done: Promise<void> | undefined;
  underTls: boolean;
  /** The last line of the server. */
  said: string;
  script: LoginScript;
}

/** What can be arranged before the session, by the first word of a `!` line. */
const stage: Readonly<Record<string, (on: Stage, words: readonly string[]) => void>> = {
  empty: ({ policy }) => (policy.mailbox.messages = []),
  locked: ({ policy }) => (policy.mailbox.locked = true),
  'no-clear-login': ({ settings }) => (settings.plainLogin = () => false),
  'offers-tls': ({ settings }) => (settings.tls = () => ({}) as TlsServerContext),
  'under-tls': (on) => (on.underTls = true),
  proofs: ({ settings, policy }) => {
    const password: SaslBackend<Pop3Login>['password'] = (login) => policy.verify(login);
    settings.sasl = { password, proof: (claim) => policy.prove(claim) } satisfies SaslBackend<Pop3Login>;
  },
  limit: ({ settings }, [name, value]) => (settings[name as keyof Pop3ServerSettings] = Number(value)),
  'door-refuses': ({ policy }) => {
    policy.atTheDoor = { code: 'SYS/TEMP', text: 'Too many connections', rule: 'connections' };
  },
  'door-breaks': ({ policy }) => (policy.atTheDoor = new Error('no door')),
  'quit-refused': ({ policy }) => {
    policy.mailbox.onQuit = { code: 'SYS/PERM', text: 'Nothing was removed: the lock was lost', rule: 'lock-lost' };
  },
  'quit-breaks': ({ policy }) => (policy.mailbox.onQuit = new Error('disk full')),
  'message-breaks': ({ policy }, [number, octets]) => {
    change(policy, Number(number), { breaksAt: Number(octets) });
  },
  'message-listed-as': ({ policy }, [number, octets]) => {
    change(policy, Number(number), { listedAs: Number(octets) });
  },
};

function change(policy: FakePolicy, number: number, to: object): void {
  const { messages } = policy.mailbox;
  messages[number - 1] = { ...messages[number - 1]!, ...to };
}

/** What can happen or be looked at during or after it. */
const checks: Readonly<Record<string, (on: Stage, words: readonly string[]) => unknown>> = {
  wait: ({ clock }, [ms]) => clock.advance(Number(ms)),
  shutdown: ({ stop }) => {
    stop.abort();
  },
  handshake: ({ wire }) => wire!.startTls({ role: 'client', serverName: 'mx.a.test', verify: true }),
  leave: ({ wire }) => wire!.close(),
  left: async (on, uidls) => {
    await finished(on);
    assert.deepEqual(
      on.policy.mailbox.messages.map((message) => message.uidl),
      uidls,
    );
    assert.equal(on.policy.mailbox.locked, false, 'the maildrop is given back');
  },
  recorded: async (on, words) => {
    await finished(on);
    assert.equal(on.policy.mailbox.retrieved.join(' '), words.join(' '));
  },
  refused: async (on, words) => {
    await finished(on);
    assert.equal(on.policy.refusals.join(' '), words.join(' '));
  },
  login: async (on, words) => {
    await finished(on);
    assert.equal(on.policy.logins.map((login) => `${login.mechanism} ${login.name}`).join(' '), words.join(' '));
  },
  opened: async (on, [mode]) => {
    await finished(on);
    assert.deepEqual(
      on.policy.clients.map((client) => (client.utf8 === true ? 'utf8' : 'ascii')),
      [mode],
    );
  },
  ended: async (on, words) => {
    await finished(on);
    assert.equal(on.policy.ends.join(' '), words.join(' '));
  },
};

async function finished(on: Stage): Promise<void> {
  await on.wire?.close();
  await on.done;
}

function octetsOf(text: string): Buffer {
  const long = text.replace(/\{(\d+)\*(.)\}/g, (_all, count: string, what: string) => what.repeat(Number(count)));
  const parts = long.split(/(\\x[0-9a-f]{2})/i);
  return Buffer.concat(
    parts.map((part) => (/^\\x/i.test(part) ? Buffer.from(part.slice(2), 'hex') : Buffer.from(part))),
  );
}

function matches(line: string, pattern: string): boolean {
  const parts = pattern.split('…').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`).test(line);
}

function start(on: Stage): Wire {
  const tls = { version: 'TLSv1.3', cipher: 'TLS_AES_256_GCM_SHA384', verified: false };
  const pair = memoryWirePair({ clock: on.clock, timeout: 3_600_000, ...(on.underTls ? { tls } : {}) });
  const context = fakeContext(on.policy, on.settings as Partial<Pop3ServerSettings>, on.clock);
  on.script = new LoginScript(pair.client);
  on.done = servePop3(pair.server, { ...context, shutdown: on.stop.signal });
  return pair.client;
}

async function play(lines: readonly string[]): Promise<void> {
  const mailbox = new FakeMailbox([
    fakeMessage(ONE, 'u-1'),
    fakeMessage(NO_BODY, 'u-2'),
    fakeMessage(EMPTY_BODY, 'u-3'),
  ]);
  const on: Stage = {
    clock: new FakeClock(),
    policy: new FakePolicy(mailbox),
    settings: {},
    stop: new AbortController(),
    wire: undefined,
    done: undefined,
    underTls: false,
    said: '',
    script: new LoginScript({}),
  };
  for (const [index, line] of lines.entries()) {
    const where = `line ${index + 1}: ${line}`;
    const kind = line.slice(0, 2);
    const text = line.slice(3);
    const [word = '', ...words] = line.slice(2).split(' ');
    if (kind === '! ' && stage[word] !== undefined) stage[word](on, words);
    else if (kind === '! ' && checks[word] !== undefined) await checks[word](on, words);
    else if (kind === 'C:')
      on.wire!.write(Buffer.concat([octetsOf(on.script.fill(text, on.said)), Buffer.from('\r\n')]));
    else if (kind === 'S:' || kind === 'E:') on.said = await expect((on.wire ??= start(on)), kind, text, where);
    else assert.ok(line === '' || line.startsWith('#'), `not understood: ${where}`);
  }
  await finished(on);
  assert.equal(on.policy.ends.length, 1, 'the end of the connection is told once');
  assert.equal(on.clock.pending, 0, 'no timer is left');
}

async function expect(wire: Wire, kind: 'S:' | 'E:', text: string, where: string): Promise<string> {
  const read = await wire.readLine(10_000).catch(() => ({ kind: 'end' as const }));
  const said = read.kind === 'line' ? read.bytes.toString('latin1') : `(${read.kind})`;
  if (kind === 'E:') assert.equal(said, '(end)', where);
  else assert.ok(matches(said, text), `${where}\n  the server said: ${said}`);
  return said;
}

for (const name of readdirSync(TRANSCRIPTS).filter((file) => file.endsWith('.txt'))) {
  const lines = readFileSync(new URL(name, TRANSCRIPTS), 'utf8').split('\n');
  const ids = lines.filter((line) => line.startsWith('#')).flatMap((line) => line.match(/\[[0-9][^\]]*\]/g) ?? []);
  test(`${ids.join(' ')} ${name}`.trim(), () => play(lines));
}

test('there are transcripts', () => {
  assert.ok(readdirSync(TRANSCRIPTS).length >= 40);
});
