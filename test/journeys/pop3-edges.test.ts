/** Messages that end where few do (BDAT takes any octets, RFC 3030): no last line end, no body, no header, nothing at all. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { Conversation } from '../conversation.ts';
import { PASSWORD, startHost } from '../program.ts';
import type { RunningHost } from '../program.ts';

const BOB = 'bob@a.test';

/** Each with what RETR gives of it, and what TOP 0 and TOP 1 do. */
const MESSAGES: readonly (readonly [sent: string, retr: string, top0: string, top1: string])[] = [
  ['A: b\r\n\r\nx\r\ny', 'A: b\r\n\r\nx\r\ny\r\n', 'A: b\r\n\r\n', 'A: b\r\n\r\nx\r\n'],
  ['A: b\r\n\r\n.x', 'A: b\r\n\r\n.x\r\n', 'A: b\r\n\r\n', 'A: b\r\n\r\n.x\r\n'],
  ['A: b\r\n\r\n.', 'A: b\r\n\r\n.\r\n', 'A: b\r\n\r\n', 'A: b\r\n\r\n.\r\n'],
  ['A: b\r\n\r\n', 'A: b\r\n\r\n', 'A: b\r\n\r\n', 'A: b\r\n\r\n'],
  ['A: b\r\n', 'A: b\r\n', 'A: b\r\n', 'A: b\r\n'],
  ['A: b', 'A: b\r\n', 'A: b\r\n', 'A: b\r\n'],
  ['\r\n..\r\n.', '\r\n..\r\n.\r\n', '\r\n', '\r\n..\r\n'],
  ['', '', '', ''],
];

async function send(host: RunningHost, text: string): Promise<void> {
  const smtp = await Conversation.open(host.port('smtp'));
  try {
    await smtp.reply();
    for (const command of ['EHLO x.test', 'MAIL FROM:<x@x.test>', `RCPT TO:<${BOB}>`])
      assert.match(await smtp.ask(command), /^250/);
    smtp.send(`BDAT ${Buffer.byteLength(text)} LAST\r\n${text}`);
    assert.match(await smtp.reply(), /^250/);
  } finally {
    smtp.close();
  }
}

async function login(t: TestContext, host: RunningHost): Promise<Conversation> {
  const pop = await Conversation.open(host.port('pop3'));
  t.after(() => {
    pop.close();
  });
  await pop.line();
  await pop.pop(`USER ${BOB}`);
  assert.match(await pop.pop(`PASS ${PASSWORD}`), /^\+OK/);
  return pop;
}

async function uidls(pop: Conversation): Promise<readonly string[]> {
  assert.match(await pop.pop('UIDL'), /^\+OK/);
  return (await pop.multiline()).map((line) => line.replace(/^\d+ /, ''));
}

test('[1939-3-last-line] [1939-7-top] [1939-7-uidl-form] messages with strange ends: every size is what is sent, and names last', async (t) => {
  const host = await startHost(t, { accounts: [BOB] });
  for (const [sent] of MESSAGES) await send(host, sent);
  const pop = await login(t, host);
  await pop.pop('LIST');
  const listed = (await pop.multiline()).map((line) => Number(line.split(' ')[1]));
  const sizes: number[] = [];
  for (const [index, [, ...wanted]] of MESSAGES.entries()) {
    const number = index + 1;
    for (const [n, command] of [`RETR ${number}`, `TOP ${number} 0`, `TOP ${number} 1`].entries()) {
      assert.match(await pop.pop(command), /^\+OK/);
      const text = (await pop.multiline()).map((line) => `${line}\r\n`).join('');
      // Our own lines end with the date.
      const own = /^[^]*? [+-]\d{4}\r\n/.exec(text)?.[0] ?? '';
      assert.equal(text.slice(own.length), wanted[n], command);
      if (n === 0) sizes.push(text.length);
    }
  }
  assert.deepEqual(listed, sizes);
  assert.equal(await pop.pop('STAT'), `+OK ${sizes.length} ${sizes.reduce((sum, size) => sum + size, 0)}`);

  const names = await uidls(pop);
  for (const name of names) assert.match(name, /^[!-~]{1,70}$/);
  assert.equal(new Set(names).size, MESSAGES.length);
  await pop.pop('DELE 1');
  assert.match(await pop.pop('QUIT'), /^\+OK/);
  await send(host, MESSAGES[0]?.[0] ?? '');
  const later = await uidls(await login(t, host));
  assert.deepEqual(later.slice(0, -1), names.slice(1));
  assert.ok(!names.includes(later.at(-1) ?? ''), 'the same octets are another message');
});
