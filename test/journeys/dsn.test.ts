/** Delivery status notifications (RFC 3461), asked for by a mail program and kept from host to host. */
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { test } from 'node:test';
import { Conversation, fetchMail } from '../conversation.ts';
import { eventually, PASSWORD, startHost } from '../program.ts';
import type { RunningHost } from '../program.ts';

const ALICE = { user: 'alice@a.test', password: PASSWORD };

/** Submits a message with its wishes; each line of the envelope must be taken. */
async function submit(host: RunningHost, mail: string, recipients: readonly string[]): Promise<void> {
  const smtp = await Conversation.open(host.port('submission'));
  try {
    await smtp.reply();
    const hello = await smtp.ask('EHLO client.test');
    assert.match(hello, /^250[- ]DSN$/m);
    const response = Buffer.from(`\0${ALICE.user}\0${ALICE.password}`).toString('base64');
    assert.match(await smtp.ask(`AUTH PLAIN ${response}`), /^235/);
    assert.match(await smtp.ask(mail), /^250/, mail);
    for (const recipient of recipients) assert.match(await smtp.ask(recipient), /^250/, recipient);
    assert.match(await smtp.ask('DATA'), /^354/);
    assert.match(await smtp.ask('Subject: tell me\r\n\r\nthe text\r\n.'), /^250/);
    await smtp.ask('QUIT');
  } finally {
    smtp.close();
  }
}

async function reports(host: RunningHost): Promise<readonly string[]> {
  const messages = await fetchMail(host.port('pop3'), { ...ALICE, remove: true });
  return messages.filter((message) => /report-type=delivery-status/.test(message));
}

test('[3461-5.2.6-delivered] [3461-5.2.1-onward] success is told by the host where the message ends, with the ENVID and ORCPT of its sender', async (t) => {
  const a = await startHost(t, { accounts: ['alice@a.test', 'carol@a.test'] });
  await submit(a, 'MAIL FROM:<alice@a.test> RET=HDRS ENVID=QQ+2B1', ['RCPT TO:<carol@a.test> NOTIFY=SUCCESS,FAILURE']);
  const [local = ''] = await reports(a);
  assert.match(local, /Action: delivered/);
  assert.match(local, /Original-Envelope-Id: QQ\+1/);

  const route = (domain: string, host: RunningHost): string =>
    `[[route]]\ndomain = "${domain}"\nhost = "127.0.0.1"\nport = ${host.port('smtp')}\n`;
  const b = await startHost(t, { domains: ['b.test'], accounts: ['bob@b.test'], tables: route('a.test', a) });
  await writeFile(a.config, `${await readFile(a.config, 'utf8')}\n${route('b.test', b)}`);
  assert.equal((await a.reload()).code, 0);
  await submit(a, 'MAIL FROM:<alice@a.test> RET=FULL ENVID=far', [
    'RCPT TO:<bob@b.test> NOTIFY=SUCCESS,DELAY ORCPT=rfc822;Bob+2BX@b.test',
    'RCPT TO:<nobody@b.test> NOTIFY=NEVER',
  ]);
  const [far = '', ...others] = await eventually('the report from b', async () => {
    const found = await reports(a);
    return found.length > 0 && found;
  });
  assert.equal(others.length, 0);
  assert.match(far, /Reporting-MTA: dns; mx\.b\.test/);
  assert.match(far, /Original-Envelope-Id: far/);
  assert.match(far, /Original-Recipient: rfc822; Bob\+X@b\.test/);
  assert.match(far, /Action: delivered/);
  assert.doesNotMatch(far, /nobody@b\.test|the text/);
  assert.equal((await fetchMail(b.port('pop3'), { user: 'bob@b.test', password: PASSWORD })).length, 1);
  assert.deepEqual(await reports(a), [], 'NOTIFY=NEVER: no bounce');
});
