/**
 * Golden sessions (HABITS 21): a text file that shows one conversation, played against a session in
 * memory. See transcripts/README.md for the notation.
 */
import { silentLog } from '../../base/index.ts';
import { FakeClock, settle } from '../../base/testing.ts';
import { reply } from '../../mail/index.ts';
import { memoryWirePair } from '../../net/index.ts';
import type { TlsState, Wire } from '../../net/index.ts';
import type { LoginClaim, ProofAttempt } from '../../sasl/index.ts';
import { LoginScript, scramVerifier } from '../../sasl/testing.ts';
import { serveSmtp } from './conversation.ts';
import { fakePolicy, TEST_SETTINGS } from './fake-policy.ts';
import type { FakePolicy } from './fake-policy.ts';
import type { SmtpLogin, SmtpServerSettings } from './policy.ts';

export interface Transcript {
  /** What it shows: the rule ids of its `#` lines. */
  readonly ids: readonly string[];
  /** The `@` lines: the world it needs. */
  readonly options: ReadonlyMap<string, string>;
  /** Everything else, in order. */
  readonly lines: readonly string[];
}

export function parseTranscript(text: string): Transcript {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const comments = lines.filter((line) => line.startsWith('#'));
  const options = lines.filter((line) => line.startsWith('@ ')).map((line) => line.slice(2).split(/ (.*)/s));
  return {
    ids: comments.flatMap((line) => [...line.matchAll(/\[([0-9]+-[^\]]+)\]/g)].map((match) => match[1] as string)),
    options: new Map(options.map(([name, value]) => [name as string, value ?? ''])),
    lines: lines.filter((line) => !/^[#@]/.test(line)),
  };
}

/**
 * Plays the client's side of a transcript and returns the conversation as it happened, in the same
 * notation, so that a test compares two texts. `S~` lines of the transcript stand where they match.
 */
export async function play(transcript: Transcript): Promise<string[]> {
  const world = openWorld(transcript.options);
  const happened: string[] = [];
  const expected = transcript.lines.filter((line) => line.startsWith('S~ '));
  const hear = async (): Promise<void> => {
    await settle(6);
    for (const line of world.heard.splice(0)) {
      world.said = line;
      happened.push(matching(expected, line) ?? line);
    }
  };
  let serving: Promise<void> | undefined;
  for (const group of groupsOf(transcript.lines)) {
    if (group.by === 'server') {
      serving ??= world.serve();
    } else {
      await act(world, group);
      happened.push(...group.lines);
    }
    await hear();
  }
  world.client.destroy();
  await settle(6);
  await world.clock.advance(10_000);
  await serving;
  const told = transcript.lines.some((line) => line.startsWith('P: ')) ? world.policy.told : [];
  return [...happened, ...told.filter((line) => /^(taken|aborted|refused)/.test(line)).map((line) => `P: ${line}`)];
}

interface World {
  readonly client: Wire;
  readonly clock: FakeClock;
  readonly policy: FakePolicy;
  readonly heard: string[];
  /** The last line of the server. */
  said: string;
  readonly script: LoginScript;
  readonly stopping: AbortController;
  serve(): Promise<void>;
}

const TLS: TlsState = { version: 'TLSv1.3', cipher: 'TLS_AES_256_GCM_SHA384', verified: false };

function openWorld(options: ReadonlyMap<string, string>): World {
  const clock = new FakeClock();
  const pair = memoryWirePair({ clock, ...(options.has('implicit-tls') ? { tls: TLS } : {}) });
  const refusal = options.get('banner');
  const policy = fakePolicy(() =>
    refusal === undefined
      ? undefined
      : reply(Number(refusal), refusal === '554' ? '5.7.1' : '4.3.2', 'Not today', { rule: 'test-banner' }),
  );
  const stopping = new AbortController();
  const heard: string[] = [];
  void listen(pair.client, heard);
  const serving = { clock, policy, log: silentLog, settings: settingsOf(options), shutdown: stopping.signal };
  const script = new LoginScript(pair.client);
  const serve = (): Promise<void> => serveSmtp(pair.server, serving);
  return { client: pair.client, clock, policy, heard, said: '', script, stopping, serve };
}

function settingsOf(options: ReadonlyMap<string, string>): SmtpServerSettings {
  const number = (name: string, otherwise: number): number => Number(options.get(name) ?? otherwise);
  return {
    ...TEST_SETTINGS,
    protocol: options.has('lmtp') ? 'lmtp' : 'smtp',
    maxMessage: number('max-message', TEST_SETTINGS.maxMessage),
    maxRecipients: number('max-recipients', TEST_SETTINGS.maxRecipients),
    maxErrors: number('max-errors', TEST_SETTINGS.maxErrors),
    dsn: options.has('dsn'),
    ...(options.has('hold') ? { longestHold: number('hold', 0) * 1000 } : {}),
    ...(options.has('early-allowed') ? { earlyTalkers: 'allow' as const } : {}),
    ...(options.has('tls') ? { tls: () => tlsOr(options.get('tls') ?? '') } : {}),
    ...(options.has('login') ? { sasl: { password: checkPassword } } : {}),
    ...(options.has('proofs') ? { sasl: { password: checkPassword, proof: beginProof } } : {}),
    plainLogin: () => options.has('plain'),
  };
}

/** In memory nobody looks at the certificate. */
function tlsOr(how: string): { secureContext: never } {
  if (how === 'broken') throw new Error('the key file is gone');
  return { secureContext: undefined as never };
}

async function checkPassword({
  name,
  password,
  mechanism,
}: {
  readonly name: string;
  readonly password: string;
  readonly mechanism: string;
}): Promise<
  | { kind: 'accepted'; login: { account: string; name: string; mechanism: string } }
  | { kind: 'refused' | 'busy'; rule: string; text: string }
> {
  if (name === 'busy') return { kind: 'busy', rule: 'test-busy', text: 'Too many logins are being checked' };
  if (name === 'throws') throw new Error('the password worker died');
  if (password !== 'secret') return { kind: 'refused', rule: 'test-password', text: 'Wrong name or password' };
  return { kind: 'accepted', login: { account: 'account-1', name, mechanism } };
}

async function notNow(claim: LoginClaim): Promise<Extract<ProofAttempt<SmtpLogin>, { readonly kind: 'busy' }>> {
  const verdict = await checkPassword({ ...claim, password: '' });
  if (verdict.kind !== 'busy') throw new Error(`It should not have been ${verdict.kind}`);
  return { ...verdict, kind: 'busy' };
}

/** As above: everybody's password is "secret". */
async function beginProof(claim: LoginClaim): Promise<ProofAttempt<SmtpLogin>> {
  const { name } = claim;
  if (name === 'busy' || name === 'throws') return await notNow(claim);
  return {
    kind: 'verifier',
    verifier: scramVerifier('secret'),
    conclude: (proven) =>
      checkPassword({ ...claim, name: name.replace(/^late-/, ''), password: proven ? 'secret' : '' }),
  };
}

async function listen(client: Wire, heard: string[]): Promise<void> {
  client.timeout = 1e9;
  for (;;) {
    const line = await client.readLine(10_000).catch(() => undefined);
    if (line?.kind !== 'line') break;
    heard.push(`S: ${line.bytes.toString('latin1')}`);
  }
  heard.push('S! closed');
}

function matching(patterns: readonly string[], line: string): string | undefined {
  return patterns.find((pattern) => new RegExp(`^S: ${pattern.slice(3)}$`).test(line));
}

interface Group {
  readonly by: 'client' | 'server' | 'event';
  readonly lines: string[];
}

/** Lines of one side that follow each other belong together: the client's leave in one write. */
function groupsOf(lines: readonly string[]): Group[] {
  const groups: Group[] = [];
  for (const line of lines.filter((one) => !one.startsWith('P: '))) {
    const by = line.startsWith('!') ? 'event' : line.startsWith('C') ? 'client' : 'server';
    const last = groups.at(-1);
    if (last?.by === by && by !== 'event') last.lines.push(line);
    else groups.push({ by, lines: [line] });
  }
  return groups;
}

async function act(world: World, { by, lines }: Group): Promise<void> {
  if (by === 'event') return happen(world, (lines[0] as string).slice(2));
  for (const line of lines) world.client.write(octetsOf(world.script.fill(line, world.said)));
  await world.client.flush().catch(() => undefined);
}

async function happen(world: World, event: string): Promise<void> {
  const [name, value] = event.split(' ');
  switch (name) {
    case 'wait':
      return world.clock.advance(Number(value) * 1000);
    case 'stop':
      return world.stopping.abort();
    case 'leave':
      return world.client.destroy();
    case 'handshake':
      await world.client.startTls({ role: 'client', serverName: 'mx.test', verify: false });
      return;
    default:
      throw new Error(`No such event: ${event}`);
  }
}

/** `C: text` is a line; `C< "octets"` and `C< "octets"*times` are octets as they stand. */
function octetsOf(line: string): Buffer {
  if (line.startsWith('C: ')) return Buffer.from(`${line.slice(3)}\r\n`, 'utf8');
  const raw = /^C< (".*")(?:\*([0-9]+))?$/.exec(line);
  if (raw === null) throw new Error(`Not a line of a transcript: ${line}`);
  return Buffer.from((JSON.parse(raw[1] as string) as string).repeat(Number(raw[2] ?? 1)), 'latin1');
}
