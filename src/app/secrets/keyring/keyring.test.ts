import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemClock } from '../../../base/index.ts';
import { keyringOf } from './keyring.ts';
import type { Keyring } from './keyring.ts';
import { programRunner } from './run.ts';
import type { Ended, RunOptions } from './run.ts';

const KEY = 'c2VhbGluZyBrZXkgb2YgdGhpcyBpbnN0YWxsYXRpb24h';
const MARK = '5f1c';

interface Call {
  readonly line: string;
  readonly input: string;
}

/** A keyring whose programs say what is given, one after the other. */
function scripted(
  platform: NodeJS.Platform,
  ...answers: readonly (Partial<Extract<Ended, { kind: 'ended' }>> | 'slow' | 'no-program')[]
): { readonly keyring: Keyring; readonly calls: Call[] } {
  const calls: Call[] = [];
  const left = [...answers];
  const run = async (program: string, args: readonly string[], { input = '' }: RunOptions = {}): Promise<Ended> => {
    calls.push({ line: [program, ...args].join(' '), input });
    const answer = left.shift() ?? {};
    if (typeof answer === 'string') return { kind: answer };
    return { kind: 'ended', code: 0, stdout: '', stderr: '', ...answer };
  };
  const keyring = keyringOf(platform, run);
  assert.ok(keyring !== undefined);
  return { keyring, calls };
}

const ATTRIBUTES = 'application posthorn key 5f1c';

test('a system that has none that we know has none', () => {
  assert.equal(
    keyringOf('aix', async () => ({ kind: 'slow' })),
    undefined,
  );
});

test('a key goes to a keyring by standard input, and never stands among the arguments', async () => {
  const sealed = 'AQAAANCMnd8BFdERjHoAwE';
  for (const [platform, reference] of [
    ['linux', MARK],
    ['darwin', MARK],
    ['win32', sealed],
  ] as const) {
    // prettier-ignore
    const { keyring, calls } = scripted(platform, { stdout: platform === 'win32' ? `${sealed}\r\n` : '' });
    assert.deepEqual(await keyring.keep(KEY, MARK), { reference });
    const [call] = calls;
    const given = platform === 'win32' ? Buffer.from(call?.input ?? '', 'base64').toString() : (call?.input ?? '');
    assert.ok(given.includes(KEY), platform);
    assert.ok(calls.every(({ line }) => !line.includes(KEY) && !line.includes(Buffer.from(KEY).toString('base64'))));
  }
});

test('Linux: what is there, what is not, and what is locked are told apart without asking anybody', async () => {
  const rows = [
    [{ stdout: `[/1]\nlabel = Posthorn\nsecret = ${KEY}\ncreated = 1\n` }, { kind: 'found', key: KEY }],
    [{ stdout: '[/1]\nlabel = Posthorn\ncreated = 1\n' }, { kind: 'locked' }],
    [{ stdout: '' }, { kind: 'missing' }],
    [
      { code: 1, stderr: 'secret-tool: Cannot autolaunch D-Bus without X11 $DISPLAY\n' },
      { kind: 'absent', why: 'Cannot autolaunch D-Bus without X11 $DISPLAY' },
    ],
    ['no-program', { kind: 'absent', why: 'the program secret-tool is not installed' }],
    ['slow', { kind: 'absent', why: 'nobody answered in time' }],
  ] as const;
  for (const [answer, expected] of rows) {
    const { keyring, calls } = scripted('linux', answer);
    assert.deepEqual(await keyring.look(MARK), expected);
    assert.deepEqual(calls, [{ line: `secret-tool search --all ${ATTRIBUTES}`, input: '' }]);
  }
});

test('Linux: a person is asked to unlock it only when that is wished', async () => {
  const ask = new AbortController().signal;
  const locked = { stdout: '[/1]\nlabel = Posthorn\n' };
  const unlocked = scripted('linux', locked, { stdout: KEY });
  assert.deepEqual(await unlocked.keyring.look(MARK, ask), { kind: 'found', key: KEY });
  assert.equal(unlocked.calls[1]?.line, `secret-tool lookup ${ATTRIBUTES}`);
  const refused = scripted('linux', locked, { code: 1 });
  assert.deepEqual(await refused.keyring.look(MARK, ask), { kind: 'locked' });
  const full = scripted('linux', { code: 1, stderr: 'secret-tool: Cannot create an item in a locked collection\n' });
  assert.deepEqual(await full.keyring.keep(KEY, MARK), { why: 'Cannot create an item in a locked collection' });
  await full.keyring.forget(MARK);
  assert.equal(full.calls[1]?.line, `secret-tool clear ${ATTRIBUTES}`);
});

test('macOS: the exit codes of `security` say what there is', async () => {
  const rows = [
    [{ stdout: `${KEY}\n` }, { kind: 'found', key: KEY }],
    [{ code: 44 }, { kind: 'missing' }],
    [{ code: 36 }, { kind: 'locked' }],
    [{ code: 128 }, { kind: 'locked' }],
    [{ code: 37, stderr: 'security: A default keychain could not be found.\n' }, { kind: 'absent', why: 'A default keychain could not be found' }], // prettier-ignore
    ['no-program', { kind: 'absent', why: 'the program security is not installed' }],
  ] as const;
  for (const [answer, expected] of rows) {
    const { keyring, calls } = scripted('darwin', answer);
    assert.deepEqual(await keyring.look(MARK), expected);
    assert.equal(calls[0]?.line, 'security find-generic-password -a 5f1c -s posthorn -w');
  }
  const { keyring, calls } = scripted('darwin', {}, {});
  await keyring.keep(KEY, MARK);
  assert.equal(calls[0]?.input, `add-generic-password -U -a "5f1c" -s "posthorn" -l "Posthorn" -w "${KEY}"\n`);
  await keyring.forget(MARK);
  assert.equal(calls[1]?.line, 'security delete-generic-password -a 5f1c -s posthorn');
});

test('Windows: what was sealed for another user or machine does not open', async () => {
  const { keyring, calls } = scripted('win32', { stdout: Buffer.from(KEY).toString('base64') }, { code: 1 }, 'slow');
  assert.deepEqual(await keyring.look('c2VhbGVk'), { kind: 'found', key: KEY });
  assert.equal(calls[0]?.input, 'c2VhbGVk');
  assert.match(calls[0]?.line ?? '', /ProtectedData\]::Unprotect/);
  assert.deepEqual(await keyring.look('c2VhbGVk'), { kind: 'missing' });
  assert.equal((await keyring.look('c2VhbGVk')).kind, 'absent');
  const broken = scripted('win32', { stdout: 'At line:1 char:1\n', stderr: '' });
  assert.ok('why' in (await broken.keyring.keep(KEY, MARK)));
});

test('a program is given its input, bounded in time, and ended when nobody waits any more', async () => {
  const run = programRunner(systemClock);
  const node = process.execPath;
  assert.deepEqual(
    await run(node, ['-e', 'process.stdin.pipe(process.stdout); process.exitCode = 3'], { input: 'x' }),
    {
      kind: 'ended',
      code: 3,
      stdout: 'x',
      stderr: '',
    },
  );
  assert.deepEqual(await run('/no/such/program', []), { kind: 'no-program' });
  const forever = ['-e', 'setInterval(() => {}, 1000)'];
  assert.deepEqual(await run(node, forever, { longest: 1 }), { kind: 'slow' });
  const ended = new AbortController();
  const waiting = run(node, forever, { signal: ended.signal });
  ended.abort();
  assert.deepEqual(await waiting, { kind: 'slow' });
  assert.deepEqual(await run('/no/such/program', [], { signal: ended.signal }), { kind: 'slow' }, 'it is not begun');
});
