/**
 * Plays the same cases to our program, to Dovecot (POP3) and to Postfix (SMTP in), prints the scores and
 * writes docs/conformance.md. Everything it starts is stopped at the end.
 */
import { writeFile } from 'node:fs/promises';
import type { TestContext } from 'node:test';
import { findPeer } from '../peers/peers.ts';
import { startPostfix } from '../peers/postfix.ts';
import { run } from '../program.ts';
import { runCase } from './case.ts';
import type { Case } from './case.ts';
import { startDovecot } from './dovecot.ts';
import { POP3_CASES } from './pop3/cases.ts';
import { startPosthorn } from './posthorn.ts';
import { NOT_JUDGED, page } from './report.ts';
import type { Played } from './report.ts';
import { SMTP_CASES } from './smtp/cases.ts';

const USERS = ['bob', 'alice', 'postmaster'];

const POSTFIX_SETTINGS = {
  mynetworks: '',
  smtpd_relay_restrictions: 'reject_unauth_destination',
  smtpd_forbid_bare_newline: 'normalize',
  virtual_mailbox_maps: `inline:{${USERS.map((user) => `{${user}@a.test = ${user}/}`).join(', ')}}`,
};

/** What is to be stopped, the last first. */
const afterwards: (() => unknown)[] = [];

/** The starters of servers are written for tests: this is the part of a test that they use. */
const scope = {
  after(stop: () => unknown) {
    afterwards.push(stop);
  },
} as unknown as TestContext;

async function play<Server>(name: string, cases: readonly Case<Server>[], server: Server): Promise<Played> {
  const outcomes = new Map<string, Awaited<ReturnType<typeof runCase>>>();
  for (const one of cases) {
    const outcome = await runCase(one, server);
    outcomes.set(one.id, outcome);
    if (!outcome.passed) say(`${name}: ${one.id} (${one.level}): ${outcome.expected}; given: ${outcome.given}`);
  }
  const passed = [...outcomes.values()].filter((outcome) => outcome.passed).length;
  say(`${name}: ${passed} of ${cases.length} passed`);
  return { name, outcomes };
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

async function version(command: string, args: readonly string[]): Promise<string> {
  const { stdout } = await run(command, args);
  return /\d+\.\d+(\.\d+)*/.exec(stdout)?.[0] ?? '';
}

try {
  const ours = await startPosthorn(scope);
  const postfix = await startPostfix(scope, { domains: ['a.test'], settings: POSTFIX_SETTINGS });
  const dovecot = await startDovecot(scope);
  const postfixName = `Postfix ${await version(findPeer('postconf') as string, ['-d', 'mail_version'])}`;
  const dovecotName = `Dovecot ${await version(findPeer('dovecot') as string, ['--version'])}`;
  const smtp = [await play('Posthorn', SMTP_CASES, ours.smtp), await play(postfixName, SMTP_CASES, postfix)];
  const pop3 = [await play('Posthorn', POP3_CASES, ours.pop3), await play(dovecotName, POP3_CASES, dovecot)];
  const text = page([
    { title: 'SMTP in', cases: SMTP_CASES, servers: smtp },
    { title: 'POP3', cases: POP3_CASES, servers: pop3 },
  ]);
  if (text.includes(NOT_JUDGED)) process.exitCode = 1;
  await writeFile(new URL('../../docs/conformance.md', import.meta.url), text);
} finally {
  for (const stop of afterwards.reverse()) await stop();
}
