/** A mail server in front of this one hands mail over by LMTP (RFC 2033). */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Conversation, fetchMail } from '../conversation.ts';
import { PASSWORD, startHost } from '../program.ts';

test('[2033-4.2-per-recipient] LMTP answers for each recipient, takes mail for our own addresses only, and the journey tells', async (t) => {
  const host = await startHost(t, {
    accounts: ['alice@a.test', 'bob@a.test'],
    tables: '[lmtp]\nlisten = ["127.0.0.1:0"]\n[relay]\nnetworks = ["127.0.0.0/8"]\n',
  });
  assert.equal((await host.cli(['alias', 'add', 'team@a.test', 'bob@a.test', 'alice@a.test'])).code, 0);
  const lmtp = await Conversation.open(host.port('lmtp'));
  t.after(() => {
    lmtp.close();
  });
  assert.match(await lmtp.reply(), /^220 .*LMTP/);
  assert.match(await lmtp.ask('EHLO front.test'), /^500/);
  assert.doesNotMatch(await lmtp.ask('LHLO front.test'), /AUTH/);
  assert.match(await lmtp.ask('MAIL FROM:<x@x.test>'), /^250/);
  assert.match(await lmtp.ask('RCPT TO:<alice@a.test>'), /^250/);
  assert.match(await lmtp.ask('RCPT TO:<nobody@a.test>'), /^550 5\.1\.1/);
  assert.match(await lmtp.ask('RCPT TO:<someone@elsewhere.test>'), /^550 5\.7\.1 .*LMTP/);
  assert.match(await lmtp.ask('RCPT TO:<team@a.test>'), /^250/);
  assert.match(await lmtp.ask('DATA'), /^354/);
  lmtp.send('Subject: over LMTP\r\n\r\nHello\r\n.\r\nNOOP\r\n');
  assert.match(await lmtp.reply(), /^250 2\.0\.0/);
  const id = / ([0-9a-z]{26}) /.exec(await lmtp.reply())?.[1] ?? '';
  assert.match(await lmtp.reply(), /^250 2\.0\.0/, 'NOOP');
  const [message] = await fetchMail(host.port('pop3'), { user: 'alice@a.test', password: PASSWORD });
  assert.match(message ?? '', /with LMTP id/);
  assert.equal((await fetchMail(host.port('pop3'), { user: 'bob@a.test', password: PASSWORD })).length, 1);
  assert.match((await host.cli(['journey', id])).stdout, /LMTP on our lmtp port/);
});
