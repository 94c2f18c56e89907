/** What a transcript can't show: batches, notices, timers, and policies that misbehave. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { silentLog } from '../../base/index.ts';
import type { Logger } from '../../base/index.ts';
import { FakeClock, settle } from '../../base/testing.ts';
import { reply, ReplyError } from '../../mail/index.ts';
import { memoryWirePair } from '../../net/index.ts';
import { scriptedWire } from '../../net/testing.ts';
import type { Scripted } from '../../net/testing.ts';
import { serveSmtp } from './conversation.ts';
import { fakePolicy, TEST_SETTINGS } from './fake-policy.ts';
import type { FakePolicy } from './fake-policy.ts';
import type { SmtpPolicy, SmtpServerSettings } from './policy.ts';

interface Run {
  readonly script: Scripted;
  readonly clock: FakeClock;
  readonly policy: FakePolicy;
}

interface RunOptions {
  readonly settings?: Partial<SmtpServerSettings>;
  readonly policy?: Partial<SmtpPolicy>;
  readonly log?: Logger;
}

async function run(input: readonly (string | Buffer)[], options: RunOptions = {}): Promise<Run> {
  const clock = new FakeClock();
  const policy: FakePolicy = Object.assign(fakePolicy(), options.policy);
  const script = scriptedWire(input, { clock });
  const settings = { ...TEST_SETTINGS, ...options.settings };
  await serveSmtp(script.wire, { clock, policy, settings, log: options.log ?? silentLog });
  assert.equal(clock.pending, 0, 'no timer is left behind');
  assert.equal(policy.closings, 1, 'closed is told once');
  assert.equal(policy.opened, policy.ended, 'every sink is ended once');
  assert.ok(script.closed);
  return { script, clock, policy };
}

const EHLO = 'EHLO client.example\r\n';
const ENVELOPE = 'MAIL FROM:<alice@a.test>\r\nRCPT TO:<bob@b.test>\r\n';

test('[2920-3.2-one-write] the replies to a pipelined group leave in one write', async () => {
  const { script } = await run([
    EHLO,
    `${ENVELOPE}RCPT TO:<carol@b.test>\r\nDATA\r\n`,
    `x\r\n.\r\n${ENVELOPE}RSET\r\n`,
    'QUIT\r\n',
  ]);
  assert.deepEqual(script.batches.map((batch) => batch.split('\r\n').length - 1).slice(2), [4, 4, 1]);
});

test('[2920-3.2-at-once] replies to commands that end a group are not kept back', async () => {
  const { script } = await run([`${EHLO}NOOP\r\nVRFY x\r\nFROB\r\nRSET\r\nRSET\r\n`]);
  const replies = script.batches.slice(1).map((batch) => batch.split('\r\n').length - 1);
  assert.deepEqual(replies.slice(1), [1, 1, 1, 2]);
});

test('[2034-4-codes] every reply has an enhanced code of its class, but the banner, EHLO, HELO and 354', async () => {
  const { script } = await run([
    EHLO,
    `${ENVELOPE}DATA\r\n`,
    '.\r\n',
    'FROB\r\nMAIL\r\nEXPN x\r\nVRFY x\r\nHELP\r\nRSET\r\n',
    'QUIT\r\n',
  ]);
  const lines = script.output.trimEnd().split('\r\n').slice(1);
  for (const line of lines.filter((one) => !one.startsWith('354'))) {
    if (/^250[- ](mx\.test|[A-Z]|8BITMIME)/.test(line)) continue;
    assert.match(line, /^([245])[0-9][0-9][- ]\1\.[0-9]+\.[0-9]+ /);
  }
});

test('[5321-3.8-lost] a client that leaves without QUIT is no error', async () => {
  const { policy, script } = await run([EHLO, ENVELOPE]);
  assert.deepEqual(policy.told, ['reset', 'closed lost']);
  assert.ok(!script.output.includes('421'));
});

test('a policy learns that each transaction is over, once', async () => {
  const { policy } = await run([EHLO, `${ENVELOPE}RSET\r\nRSET\r\n${ENVELOPE}DATA\r\n`, '.\r\n', 'QUIT\r\n']);
  assert.deepEqual(
    policy.told.map((line) => line.split(' ')[0]),
    ['reset', 'taken', 'reset', 'closed'],
  );
});

test('a word that is no verb is told to nobody: it may be a password that came at the wrong moment', async () => {
  const { policy } = await run([`${EHLO}RSET x\r\nc2VjcmV0\r\n`]);
  assert.deepEqual(policy.told, [
    'refused RSET 501 bad-argument client.example',
    'refused  500 unknown-command client.example',
    'closed lost',
  ]);
});

test('a notice that throws is logged and does no harm', async () => {
  const errors: string[] = [];
  const log: Logger = { ...silentLog, with: () => log, error: (sentence) => void errors.push(sentence) };
  const broken = (): void => {
    throw new Error('broken');
  };
  const { script } = await run([`FROB\r\n${EHLO}${ENVELOPE}RSET\r\nQUIT\r\n`], {
    policy: { refused: broken, reset: broken },
    log,
  });
  assert.match(script.output, /\r\n221 2\.0\.0 /);
  assert.deepEqual(errors, Array(2).fill('The policy failed in a notice'));
});

test('[5321-4.2.2-error-of-ours] the cause of a 451 is in the log and not in the reply', async () => {
  const causes: unknown[] = [];
  const log: Logger = { ...silentLog, with: () => log, error: (_, fields) => void causes.push(fields?.['error']) };
  const { script } = await run([`${EHLO}MAIL FROM:<throws@a.test>\r\nQUIT\r\n`], { log });
  assert.deepEqual(
    causes.map((cause) => (cause as Error).message),
    ['the disk is on fire'],
  );
  assert.ok(!script.output.includes('fire'));
});

test('[5321-3.8-421] a policy that fails before the banner: 421, with its own reply when it has one', async () => {
  const fails = (error: Error) => run([EHLO], { policy: { connected: () => Promise.reject(error) } });
  assert.match((await fails(new Error('no'))).script.output, /^421 4\.3\.0 /);
  assert.match((await fails(new ReplyError(reply(554, '5.7.1', 'No')))).script.output, /^554 5\.7\.1 No\r\n503 /);
});

test('[5321-7.8-commands] a session of commands without a message ends', async () => {
  const { script, policy } = await run([EHLO + 'NOOP\r\n'.repeat(1000)], {
    settings: { maxErrors: 5, maxRecipients: 10 },
  });
  assert.match(script.output, /421 4\.7\.0 [^\r]*too many commands[^\r]*\r\n$/);
  assert.ok(script.output.split('Still here').length <= 5 * 20 + 10 * 4 + 1);
  assert.deepEqual(policy.told, ['refused  421 too-many-commands client.example', 'closed too-many-commands']);
});

test('[5321-7.8-errors] an accepted message forgives the errors before it', async () => {
  const errors = 'FROB\r\n'.repeat(3);
  const message = [`${ENVELOPE}DATA\r\n`, '.\r\n'];
  const { script } = await run([EHLO, errors, ...message, errors, ...message, 'QUIT\r\n'], {
    settings: { maxErrors: 4 },
  });
  assert.match(script.output, /221 2\.0\.0 /);
});

test('[5321-4.5.3.1.8-recipients] a hundred recipients and more', async () => {
  const recipients = Array.from({ length: 100 }, (_, index) => `RCPT TO:<user${index}@b.test>\r\n`).join('');
  const { policy } = await run([EHLO, `MAIL FROM:<>\r\n${recipients}DATA\r\n`, '.\r\n']);
  assert.equal(policy.taken[0]?.envelope.recipients.length, 100);
});

test('[5321-4.5.3.1.10-too-many-recipients] a million recipients cost nothing but their lines', async () => {
  const flood = Buffer.from('RCPT TO:<user@b.test>\r\n'.repeat(10_000));
  const { script, policy } = await run([EHLO, 'MAIL FROM:<>\r\n', flood]);
  assert.match(script.output, /421 4\.7\.0 [^\r]*\r\n$/);
  assert.equal(policy.opened, 0);
});

test('[5321-4.5.3.1.4-command-line] with logins, only AUTH has the longer line', async () => {
  const settings: Partial<SmtpServerSettings> = {
    sasl: { password: async () => ({ kind: 'refused', rule: 'x', text: 'No' }) },
    plainLogin: () => true,
  };
  const long = 'x'.repeat(4000);
  const { script } = await run([`${EHLO}NOOP ${long}\r\nAUTH PLAIN ${long}\r\n${'y'.repeat(13_000)}\r\nQUIT\r\n`], {
    settings,
  });
  const codes = script.output
    .split('\r\n')
    .filter((line) => /^[0-9]{3} /.test(line))
    .map((line) => line.slice(0, 9));
  assert.deepEqual(codes.slice(2), ['500 5.5.2', '501 5.5.2', '500 5.5.2', '221 2.0.0']);
});

test('[2033-4.2-per-recipient] a policy that answers for fewer recipients than there are: 451 for the others', async () => {
  const { script } = await run(['LHLO x\r\n', `${ENVELOPE}RCPT TO:<carol@b.test>\r\nDATA\r\n`, '.\r\n'], {
    settings: { protocol: 'lmtp' },
    policy: {
      message: async () => ({
        write: () => undefined,
        finish: async () => [reply(250, '2.0.0', 'One')],
        abort: async () => undefined,
      }),
    },
  });
  assert.match(script.output, /250 2\.0\.0 One\r\n451 4\.3\.0 [^\r]*\r\n$/);
});

test('[5321-6.1-responsibility] of several answers in SMTP a refusal is not hidden by a 250', async () => {
  const { script } = await run([EHLO, `${ENVELOPE}DATA\r\n`, '.\r\n'], {
    policy: {
      message: async () => ({
        write: () => undefined,
        finish: async () => [reply(250, '2.0.0', 'One'), reply(451, '4.0.0', 'Two')],
        abort: async () => undefined,
      }),
    },
  });
  assert.match(script.output, /451 4\.0\.0 Two\r\n$/);
});

test('[5321-3.8-421] a wire that is stopped ends an idle session with 421 4.3.2', async () => {
  const clock = new FakeClock();
  const { client, server } = memoryWirePair({ clock });
  const serving = serveSmtp(server, { clock, policy: fakePolicy(), settings: TEST_SETTINGS, log: silentLog });
  await client.readLine(1000);
  (server as unknown as { stop(): void }).stop();
  const line = await client.readLine(1000);
  assert.match(line.kind === 'line' ? line.bytes.toString() : '', /^421 4\.3\.2 /);
  await serving;
});

test('a client that never reads its replies is held back, not remembered', async () => {
  const clock = new FakeClock();
  const policy = fakePolicy();
  const { client, server } = memoryWirePair({ clock });
  const settings = { ...TEST_SETTINGS, maxErrors: 1_000_000 };
  const serving = serveSmtp(server, { clock, policy, settings, log: silentLog });
  for (let round = 0; round < 20; round++) {
    client.write(Buffer.from('HELP\r\n'.repeat(2000)));
    client.flush().catch(() => undefined);
    await settle();
  }
  assert.ok(server.unsent < 1_000_000, `${server.unsent} octets are waiting`);
  await clock.advance(settings.commandTimeout + 10_000);
  client.destroy();
  await clock.advance(10_000);
  await serving;
  assert.equal(policy.closings, 1);
});

test('[1047-2-in-time] a late outcome is logged', async () => {
  const clock = new FakeClock();
  const warnings: string[] = [];
  const log: Logger = { ...silentLog, with: () => log, warn: (sentence) => void warnings.push(sentence) };
  let finish: () => void = () => undefined;
  const policy: SmtpPolicy = Object.assign(fakePolicy(), {
    message: async () => ({
      write: () => undefined,
      finish: () => new Promise((resolve) => (finish = () => resolve(reply(250, '2.0.0', 'Late')))),
      abort: async () => undefined,
    }),
  } satisfies Partial<SmtpPolicy>);
  const script = scriptedWire([EHLO, `${ENVELOPE}DATA\r\n`, '.\r\n'], { clock, stays: true });
  const serving = serveSmtp(script.wire, { clock, policy, settings: TEST_SETTINGS, log });
  await clock.advance(60_000);
  assert.match(script.output, /451 4\.3\.0 [^\r]*\r\n$/);
  finish();
  await clock.advance(600_000);
  await serving;
  assert.deepEqual(warnings, ['A message was finished after its sender had been told 451']);
});

test('[5321-2.3.8-bare] whatever the message, its content arrives octet for octet or not at all', async () => {
  const content = Buffer.from(
    Array.from({ length: 256 }, (_, octet) => octet).filter((octet) => ![0, 10, 13].includes(octet)),
  );
  const { policy } = await run([EHLO, `${ENVELOPE}DATA\r\n`, Buffer.concat([content, Buffer.from('\r\n.\r\n')])]);
  assert.deepEqual(policy.taken[0]?.content, Buffer.concat([content, Buffer.from('\r\n')]));
});

test('[3030-2-no-size] a BDAT without a size ends the message that was coming in chunks', async () => {
  const { policy } = await run([`${EHLO}${ENVELOPE}BDAT 1\r\nx`, 'BDAT\r\n', 'NOOP\r\n']);
  assert.ok(policy.told.includes('aborted lost'));
});

test('[5321-3.8-421] a 421 of the policy ends the transaction too', async () => {
  const { policy } = await run([EHLO, 'MAIL FROM:<alice@a.test>\r\nRCPT TO:<leave@b.test>\r\n', 'NOOP\r\n']);
  assert.deepEqual(policy.told, ['refused RCPT 421 test-leave client.example', 'reset', 'closed refused']);
});
