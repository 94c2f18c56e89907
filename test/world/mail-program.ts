/** Whoever hands a letter in: a mail program that logs in, or a server elsewhere. One line, one answer. */
import type { Wire } from '../../src/net/index.ts';
import type { Letter } from './scenario.ts';

export const LOGIN = { name: 'alice@a.test', password: 'secret' } as const;

const TEXT = 'From: alice@a.test\nTo: bob@b.test\nSubject: hello\nMessage-ID: <hello@a.test>\n\nHow are you?\n';

export interface HandedIn {
  /** In the answer to the final dot; absent where no recipient was accepted. */
  readonly id?: string;
  /** The recipients that were not, with the answer: "bob@b.test: 550 5.1.1 …". */
  readonly refused: readonly string[];
}

/** Says it all on a connection that was just made. */
export async function handIn(wire: Wire, letter: Letter): Promise<HandedIn> {
  const { from = LOGIN.name, mail = '', to = { 'bob@b.test': '' }, stranger } = letter;
  await answer(wire);
  await say(wire, `EHLO ${stranger === true ? 'mx.x.test' : 'pc.a.test'}`);
  const login = Buffer.from(`\0${LOGIN.name}\0${LOGIN.password}`).toString('base64');
  if (stranger !== true) await say(wire, `AUTH PLAIN ${login}`);
  await say(wire, `MAIL FROM:<${from}> ${mail}`.trimEnd());
  const refused: string[] = [];
  for (const [address, wishes] of Object.entries(to)) {
    const said = await ask(wire, `RCPT TO:<${address}> ${wishes}`.trimEnd());
    if (!isGood(said)) refused.push(`${address}: ${said}`);
  }
  const id = refused.length < Object.keys(to).length ? await sayText(wire, letter.text ?? TEXT) : undefined;
  await say(wire, 'QUIT');
  await wire.close();
  return { refused, ...(id === undefined ? {} : { id }) };
}

async function sayText(wire: Wire, text: string): Promise<string> {
  await say(wire, 'DATA');
  const taken = await say(wire, `${text.replace(/^\./gm, '..').replaceAll('\n', '\r\n')}.`);
  return /^250 2\.0\.0 (\w{26}) /.exec(taken)?.[1] ?? '';
}

/** What nobody expects to be refused. */
async function say(wire: Wire, line: string): Promise<string> {
  const said = await ask(wire, line);
  if (!isGood(said)) throw new Error(`We were answered: ${said}`);
  return said;
}

async function ask(wire: Wire, line: string): Promise<string> {
  wire.write(Buffer.from(`${line}\r\n`, 'utf8'));
  await wire.flush();
  return await answer(wire);
}

async function answer(wire: Wire): Promise<string> {
  for (;;) {
    const read = await wire.readLine(2_000);
    const line = read.kind === 'line' ? read.bytes.toString('latin1') : 'nothing';
    if (line[3] === '-') continue;
    return line;
  }
}

function isGood(reply: string): boolean {
  return /^[23]/.test(reply);
}
