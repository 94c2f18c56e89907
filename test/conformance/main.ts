/**
 * Plays the same cases to our program, to Dovecot (POP3) and to Postfix (SMTP in), prints the scores and
 * writes docs/conformance.md. Everything it starts is stopped at the end.
 */
import { writeFile } from 'node:fs/promises';
import type { TestContext } from 'node:test';
import { findPeer } from '../peers/peers.ts';
import { startPostfix } from '../peers/postfix.ts';
import { PASSWORD, run } from '../program.ts';
import { runCase } from './case.ts';
import type { Case, Outcome } from './case.ts';
import { startDovecot } from './dovecot.ts';
import { POP3_CASES } from './pop3/cases.ts';
import { POP3_TIMEOUTS } from './pop3/endings.ts';
import { fastClock, READERS, startFastPosthorn, startPosthorn, startPosthornSubmission } from './posthorn.ts';
import { NOT_JUDGED, page } from './report.ts';
import type { Played } from './report.ts';
import { SMTP_CASES } from './smtp/cases.ts';
import { SUBMISSION_CASES } from './smtp/submission.ts';
import { SMTP_TIMEOUTS } from './smtp/timeouts.ts';

const USERS = ['bob', 'alice', 'postmaster'];
const [SUBMITTER = ''] = READERS;
const MAILBOXES = `inline:{${USERS.map((user) => `{${user}@a.test = ${user}/}`).join(', ')}}`;

const POSTFIX_SETTINGS = {
  mynetworks: '',
  smtpd_relay_restrictions: 'reject_unauth_destination',
  smtpd_forbid_bare_newline: 'normalize',
  virtual_mailbox_maps: MAILBOXES,
};

/** A second is a minute of its usual time. */
const SLOW_SETTINGS = { ...POSTFIX_SETTINGS, smtpd_timeout: '5s' };

/** Logins inside TLS, asked of Dovecot; senders must be the login's own; what goes elsewhere stays in the queue. */
function submissionSettings(auth: string): Readonly<Record<string, string>> {
  return {
    mynetworks: '',
    virtual_mailbox_maps: MAILBOXES,
    default_transport: 'smtp:[127.0.0.1]:1',
    smtpd_tls_auth_only: 'yes',
    smtpd_tls_security_level: 'encrypt',
    smtpd_sasl_auth_enable: 'yes',
    smtpd_sasl_type: 'dovecot',
    smtpd_sasl_path: auth,
    smtpd_relay_restrictions: 'permit_sasl_authenticated, reject',
    smtpd_sender_restrictions: 'reject_sender_login_mismatch',
    smtpd_sender_login_maps: `inline:{{${SUBMITTER} = ${SUBMITTER}}, {bob@a.test = bob@a.test}}`,
  };
}

/** What is to be stopped, the last first. */
const afterwards: (() => unknown)[] = [];

/** The starters of servers are written for tests: this is the part of a test that they use. */
const scope = {
  after(stop: () => unknown) {
    afterwards.push(stop);
  },
} as unknown as TestContext;

async function play<Server>(name: string, cases: readonly Case<Server>[], server: Server): Promise<Played> {
  const outcomes = new Map<string, Outcome>();
  for (const one of cases) outcomes.set(one.id, await runCase(one, server));
  return told(name, cases, outcomes);
}

/** For cases that mostly wait. */
async function playTogether<Server>(name: string, cases: readonly Case<Server>[], server: Server): Promise<Played> {
  const outcomes = await Promise.all(cases.map(async (one) => [one.id, await runCase(one, server)] as const));
  return told(name, cases, new Map(outcomes));
}

function told(
  name: string,
  cases: readonly Pick<Case<never>, 'id' | 'level'>[],
  outcomes: ReadonlyMap<string, Outcome>,
): Played {
  for (const { id, level } of cases) {
    const outcome = outcomes.get(id);
    if (outcome?.passed === false) say(`${name}: ${id} (${level}): ${outcome.expected}; given: ${outcome.given}`);
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
  const domains = ['a.test'];
  const dovecot = await startDovecot(scope);
  const postfixName = `Postfix ${await version(findPeer('postconf') as string, ['-d', 'mail_version'])}`;
  const dovecotName = `Dovecot ${await version(findPeer('dovecot') as string, ['--version'])}`;
  const postfix = await startPostfix(scope, { domains, settings: POSTFIX_SETTINGS });
  const taking = await startPostfix(scope, { domains, settings: submissionSettings(dovecot.auth) });
  const slow = await startPostfix(scope, { domains, settings: SLOW_SETTINGS });
  const fast = await startDovecot(scope, fastClock());
  const ours = await startPosthorn(scope);
  const oursTaking = await startPosthornSubmission(scope);
  const oursFast = await startFastPosthorn(scope);
  const login = { user: SUBMITTER, password: PASSWORD };
  const text = page([
    {
      title: 'SMTP in',
      cases: SMTP_CASES,
      servers: [await play('Posthorn', SMTP_CASES, ours.smtp), await play(postfixName, SMTP_CASES, postfix)],
    },
    {
      title: 'Submission',
      cases: SUBMISSION_CASES,
      servers: [
        await play('Posthorn', SUBMISSION_CASES, oursTaking),
        await play(postfixName, SUBMISSION_CASES, { port: taking.port, ...login }),
      ],
    },
    {
      title: 'POP3',
      cases: POP3_CASES,
      servers: [await play('Posthorn', POP3_CASES, ours.pop3), await play(dovecotName, POP3_CASES, dovecot)],
    },
    {
      title: 'Time-outs of SMTP',
      cases: SMTP_TIMEOUTS,
      servers: [
        await playTogether('Posthorn', SMTP_TIMEOUTS, oursFast.smtp),
        await playTogether(postfixName, SMTP_TIMEOUTS, slow),
      ],
    },
    {
      title: 'Time-outs of POP3',
      cases: POP3_TIMEOUTS,
      servers: [
        await playTogether('Posthorn', POP3_TIMEOUTS, oursFast.pop3),
        await playTogether(dovecotName, POP3_TIMEOUTS, fast),
      ],
    },
  ]);
  if (text.includes(NOT_JUDGED)) process.exitCode = 1;
  await writeFile(new URL('../../docs/conformance.md', import.meta.url), text);
} finally {
  for (const stop of afterwards.reverse()) await stop();
}
