/** Whoever hands a letter in: a mail program that logs in, or a server elsewhere. One line, one answer. */
import type { Wire } from '../../src/net/index.ts';
import type { Letter } from './scenario.ts';

export const LOGIN = { name: 'alice@a.test', password: 'secret' } as const;

const TEXT = 'From: alice@a.test\nTo: bob@b.test\nSubject: hello\nMessage-ID: <hello@a.test>\n\nHow are you?\n';

/** Says it all on a connection that was just made; the id in the answer to the final dot. */
export async function handIn(wire: Wire, letter: Letter): Promise<string> {
  const { from = LOGIN.name, mail = '', to = { 'bob@b.test': '' }, stranger } = letter;
  await answer(wire);
  await say(wire, `EHLO ${stranger === true ? 'mx.x.test' : 'pc.a.test'}`);
  const login = Buffer.from(`\0${LOGIN.name}\0${LOGIN.password}`).toString('base64');
  if (stranger !== true) await say(wire, `AUTH PLAIN ${login}`);
  await say(wire, `MAIL FROM:<${from}> ${mail}`.trimEnd());
  for (const [address, wishes] of Object.entries(to)) await say(wire, `RCPT TO:<${address}> ${wishes}`.trimEnd());
  await say(wire, 'DATA');
  const taken = await say(wire, `${(letter.text ?? TEXT).replace(/^\./gm, '..').replaceAll('\n', '\r\n')}.`);
  await say(wire, 'QUIT');
  await wire.close();
  return /^250 2\.0\.0 (\w{26}) /.exec(taken)?.[1] ?? '';
}

async function say(wire: Wire, line: string): Promise<string> {
  wire.write(Buffer.from(`${line}\r\n`, 'utf8'));
  await wire.flush();
  return await answer(wire);
}

async function answer(wire: Wire): Promise<string> {
  for (;;) {
    const read = await wire.readLine(2_000);
    const line = read.kind === 'line' ? read.bytes.toString('latin1') : 'nothing';
    if (line[3] === '-') continue;
    if (!/^[23]/.test(line)) throw new Error(`We were answered: ${line}`);
    return line;
  }
}
