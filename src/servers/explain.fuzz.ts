/**
 * `relay explain` says what the wire says: random senders and recipients, tricks among them, under
 * random settings, put to a real session in memory and to the explanation. FUZZ_RUNS=50000 makes it
 * 100,000 questions.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { addressOf, findAccount } from '../accounts/index.ts';
import { testDirectory } from '../accounts/testing.ts';
import type { TestDirectory } from '../accounts/testing.ts';
import { silentLog } from '../base/index.ts';
import { openComposer, openIntake } from '../intake/index.ts';
import { replyText } from '../mail/index.ts';
import { memoryWirePair } from '../net/index.ts';
import type { TlsState, Wire } from '../net/index.ts';
import { serveSmtp } from '../smtp/index.ts';
import type { SmtpLogin, SmtpPolicy, SmtpServerSettings } from '../smtp/index.ts';
import type { LoginVerdict, PasswordLogin } from '../sasl/index.ts';
import type { Store } from '../store/index.ts';
import { explainRelay } from './explain.ts';
import type { ExplainParts, RelayScenario } from './explain.ts';
import { Sending } from './limits.ts';
import type { SendingLimits } from './limits.ts';
import type { Refusals } from './refusals.ts';
import type { RelaySettings } from './relay.ts';
import { smtpPolicy } from './smtp-policy.ts';
import { Suppressed } from './suppressed.ts';
import { addresses } from './testing.ts';

const RUNS = Number(process.env['FUZZ_RUNS'] ?? 100);
/** Questions asked in one connection. */
const QUESTIONS = 20;

interface House {
  readonly directory: TestDirectory;
  readonly parts: ExplainParts;
  readonly policy: (service: RelayScenario['service']) => SmtpPolicy;
}

/** What a run changes about the house. */
const now: {
  settings: RelaySettings;
  limits: SendingLimits | undefined;
  plainLogin: boolean;
  warns: boolean;
} = {
  settings: { networks: [], domains: [], open: false },
  limits: undefined,
  plainLogin: false,
  warns: true,
};

/** Nobody reads what strangers were refused here. */
const FORGOTTEN: Pick<Refusals, 'add'> = { add: () => undefined };

let house: House;
/** Closed when the file's tests are over. */
const closing: (() => Promise<void>)[] = [];

before(async () => {
  const directory = await testDirectory({ after: (close) => void closing.push(close) });
  const { store, router, clock } = directory;
  await directory.directory.addDomain('cat.test');
  await directory.directory.addDomain('bücher.test');
  const alice = await directory.account('alice@a.test');
  const bob = await directory.account('bob@a.test');
  for (const address of ['x%b.test@a.test', 'jos\u00e9@xn--bcher-kva.test']) await directory.account(address);
  await directory.account('full@a.test', 0);
  const at = clock.now();
  const alias = (text: string, targets: readonly string[]): Promise<unknown> => {
    const [local = '', domain = ''] = text.split('@');
    return store.write('putAlias', { local, domain, targets, at, replace: true });
  };
  await alias('team@a.test', ['alice@a.test', 'out@b.test']);
  await alias('away@a.test', ['out@b.test']);
  await alias('brim@a.test', ['full@a.test']);
  await alias('loop@a.test', ['pool@a.test']);
  await alias('pool@a.test', ['loop@a.test']);
  await alias('*@cat.test', ['alice@a.test']);
  await directory.directory.grant('alice@a.test', 'sales@b.test');
  const sending = new Sending({ store, clock, limits: () => now.limits });
  await stopSome(store, at, { alice, bob });
  const stopped = new Suppressed({ store, clock, warns: () => now.warns });
  // A refusal is a warning, after which the same question has another answer: each is put twice here, so nobody is told.
  const suppressed = { standing: stopped.standing.bind(stopped), told: () => Promise.resolve() };
  const shared = { router, sending, suppressed, settings: () => now.settings };
  const hostname = (): string => 'mx.a.test';
  const intake = openIntake({ store, clock, log: silentLog, hostname, composer: openComposer(directory) });
  house = {
    directory,
    parts: { ...shared, store, plainLogin: (ip) => now.plainLogin && ip.startsWith('127.') },
    policy: (service) =>
      smtpPolicy({ ...shared, service, hostname, intake, refusals: FORGOTTEN, clock, log: silentLog }),
  };
});

after(async () => {
  for (const close of closing.splice(0)) await close();
});

/** By answers and by the keeper, for one account and for everybody; bob was told of one of them. */
async function stopSome(
  store: Store,
  at: number,
  { alice, bob }: Readonly<Record<'alice' | 'bob', string>>,
): Promise<void> {
  const answer = { at, madeBy: 'answer', until: at + 1, reply: '550 5.1.1 nobody', host: 'mx.b.test' } as const;
  await store.write('suppress', {
    entries: [
      { ...answer, account: alice, address: 'alice@b.test' },
      { ...answer, account: alice, address: 'bob@sub.a.test', reply: '556 5.1.10 no mail' },
      { ...answer, account: alice, address: 'team@b.test' },
      { ...answer, account: bob, address: 'team@b.test' },
      { at, madeBy: 'keeper', address: 'out@b.test' },
    ],
  });
  await store.write('toldSuppressed', { account: bob, address: 'team@b.test', at });
}

const TLS: TlsState = { version: 'TLSv1.3', cipher: 'TLS_AES_256_GCM_SHA384', verified: false };

const surroundings = fc.record({
  service: fc.constantFrom('smtp', 'lmtp', 'submission', 'submission'),
  ip: fc.constantFrom('127.0.0.1', '192.0.2.1', '2001:db8::1', '198.51.100.7'),
  tls: fc.boolean(),
  login: fc.constantFrom(undefined, 'alice@a.test', 'bob@a.test', 'nobody@a.test'),
  plainLogin: fc.boolean(),
  networks: fc.subarray(['192.0.2.0/24', '2001:db8::/32', '127.0.0.0/8'], { maxLength: 2 }),
  domains: fc.subarray(['b.test', 'cat.test']),
  open: fc.boolean(),
  warns: fc.boolean(),
  limits: fc.constantFrom(
    undefined,
    { messages: 9, newcomers: 9 },
    { messages: 0, newcomers: 9 },
    { messages: 9, newcomers: 0 },
  ),
});
type Surroundings = typeof surroundings extends fc.Arbitrary<infer T> ? T : never;

interface Question {
  readonly from: string;
  readonly to: string;
}

/** What a session in memory answers: the first refusal, or the reply to RCPT. */
async function ask(around: Surroundings, questions: readonly Question[]): Promise<readonly string[]> {
  const { clock } = house.directory;
  const pair = memoryWirePair({
    clock,
    client: { address: around.ip, port: 40_000 },
    ...(around.tls ? { tls: TLS } : {}),
  });
  const serving = serveSmtp(pair.server, {
    settings: settingsFor(around.service),
    policy: house.policy(around.service),
    log: silentLog,
    clock,
  });
  const { client } = pair;
  client.timeout = 1e9;
  const greeting = [around.service === 'lmtp' ? 'LHLO x' : 'EHLO x'];
  if (around.login !== undefined && around.service === 'submission')
    greeting.push(`AUTH PLAIN ${Buffer.from(`\0${around.login}\0secret`).toString('base64')}`);
  const lines = questions.flatMap(({ from, to }) => {
    const utf8 = /[^\0-\x7f]/.test(from + to) ? ' SMTPUTF8' : '';
    return [`MAIL FROM:<${from}>${utf8}`, `RCPT TO:<${to}>`, 'RSET'];
  });
  client.write(Buffer.from([...greeting, ...lines].map((line) => `${line}\r\n`).join('')));
  await client.flush();
  for (const _ of ['the banner', ...greeting]) await replyOf(client);
  const answers: string[] = [];
  for (const _ of questions) {
    const sender = await replyOf(client);
    const recipient = await replyOf(client);
    await replyOf(client);
    answers.push(sender.startsWith('2') ? recipient : sender);
  }
  client.destroy();
  await serving;
  return answers;
}

function settingsFor(service: RelayScenario['service']): SmtpServerSettings {
  const shared = {
    hostname: 'mx.a.test',
    maxMessage: 1_000,
    maxRecipients: 100,
    maxErrors: 10_000,
    commandTimeout: 1e9,
    dataTimeout: 1e9,
    sessionTimeout: 1e9,
    acceptTimeout: 1e9,
    tls: () => ({ secureContext: undefined as never }),
  };
  if (service !== 'submission') return { ...shared, protocol: service, earlyTalkers: 'allow', dsn: service === 'smtp' };
  return {
    ...shared,
    protocol: 'smtp',
    earlyTalkers: 'allow',
    dsn: true,
    longestHold: 1_000,
    sasl: { password: logIn },
    plainLogin: (peer) => house.parts.plainLogin(peer.address),
  };
}

/** Anybody who has an account knows the password. */
async function logIn({ name, mechanism }: PasswordLogin): Promise<LoginVerdict<SmtpLogin>> {
  const found = await findAccount(house.parts.store, name);
  return found === undefined
    ? { kind: 'refused', rule: 'wrong-password', text: 'No' }
    : { kind: 'accepted', login: { account: found.account.id, name: addressOf(found.account), mechanism } };
}

/** "550 5.7.1 words": the lines of a reply as one. */
async function replyOf(client: Wire): Promise<string> {
  const texts: string[] = [];
  for (;;) {
    const line = await client.readLine(4_096);
    assert.ok(line.kind === 'line', 'the session answered everything');
    const text = line.bytes.toString('latin1');
    texts.push(texts.length === 0 ? text.replace(/^(\d{3})-/, '$1 ') : text.slice(4).replace(/^\d\.\d\.\d+ /, ''));
    if (text[3] !== '-') return plain(texts.join(' '));
  }
}

/** As it crosses the wire (smtp/grammar): ASCII, and broken where it is long. */
function plain(text: string): string {
  return text
    .replace(/[\0-\x1f\x7f]+/g, ' ')
    .replace(/[^ -~]/gu, '?')
    .replace(/ /g, '');
}

test('explains what a real session answers, for random senders, recipients and settings', async () => {
  const outcomes = new Map<string, number>();
  await fc.assert(
    fc.asyncProperty(
      surroundings,
      fc.array(fc.record({ from: addresses, to: addresses }), { minLength: QUESTIONS, maxLength: QUESTIONS }),
      async (around, questions) => {
        now.settings = around;
        now.limits = around.limits;
        now.plainLogin = around.plainLogin;
        now.warns = around.warns;
        const answers = await ask(around, questions);
        for (const [i, question] of questions.entries()) {
          const { service, ip, tls, login } = around;
          const scenario = { service, ip, tls, ...question, ...(login === undefined ? {} : { login }) };
          const explained = await explainRelay(house.parts, scenario);
          assert.equal(answers[i], plain(replyText(explained.reply)), JSON.stringify(scenario));
          outcomes.set(explained.rule, (outcomes.get(explained.rule) ?? 0) + 1);
        }
      },
    ),
    { numRuns: Math.ceil((2 * RUNS) / QUESTIONS) },
  );
  if (RUNS >= 10_000)
    assert.deepEqual(
      EVERY_RULE.split(' ').filter((rule) => !outcomes.has(rule)),
      [],
      'every rule decided somewhere',
    );
});

/** What the questions must have met, or they show little. */
const EVERY_RULE =
  'over-quota account alias subaddress catch-all postmaster alias-unusable relay-trick ' +
  'unknown-user lmtp-ours-only suppressed relay-login relay-network relay-domain relay-open relay-denied ' +
  'login-required sender-not-yours limit-messages limit-new-recipients';
