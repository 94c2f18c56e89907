/**
 * The golden sessions are complete: each verb, and each sentence that our servers can say, stands in one of them, and
 * each is named by RFC, section and what it shows.
 */
import assert from 'node:assert/strict';
import { globSync } from 'node:fs';
import { basename } from 'node:path';
import { test } from 'node:test';
import { VERBS as SMTP_VERBS } from '../src/smtp/server/verbs.ts';
import { ROOT } from './command.ts';
import { heardIn, isSaid, saidIn, sentencesIn, sentencesOf } from './sentences.ts';

const SASL = 'src/sasl/{authenticate,plain,login,scram-server,scram-messages}.ts';
const LOGINS = 'src/accounts/{logins,guesses}.ts';

const PROTOCOLS = {
  SMTP: {
    sources: [
      'src/smtp/{server,grammar}/*.ts',
      'src/servers/{relay,limits,smtp-policy}.ts',
      'src/intake/{accept,author,loops}.ts',
      'src/accounts/routing.ts',
      'src/mail/reply.ts',
      SASL,
      LOGINS,
    ],
    // The client's side of the grammar, what JMAP alone says, and what plays golden sessions.
    exclude: [
      'src/smtp/grammar/decoded-parameters.ts',
      'src/smtp/grammar/response.ts',
      'src/smtp/grammar/capabilities.ts',
      'src/smtp/server/fake-policy.ts',
      'src/smtp/server/transcript.ts',
    ],
    transcripts: ['src/{smtp,servers}/**/transcripts/*.txt'],
    least: 140,
  },
  POP3: {
    sources: ['src/pop3/{server,grammar}/**/*.ts', 'src/servers/pop3-policy.ts', SASL, LOGINS],
    exclude: [],
    transcripts: ['src/{pop3,servers}/**/transcripts/*.txt'],
    least: 80,
  },
} as const;

/** What no client can bring about, with the reason. A sentence that has come into a session must leave this list. */
const OUT_OF_REACH: Readonly<Record<string, string>> = {
  'This mechanism is not to be had here': 'a mechanism that is not offered is refused before its exchange begins',
  'The exchange is over': 'nobody goes on with an exchange that has ended',
  'The user name is missing': 'a response that was asked for is never missing, at most empty',
  'A login comes before MAIL; send RSET first': 'where there are logins, MAIL comes after one, and a second is refused',
  'EXPN list': 'HELP lists what is offered, and EXPN is not',
};

for (const [protocol, { sources, exclude, transcripts, least }] of Object.entries(PROTOCOLS)) {
  const lines = saidIn(ROOT, transcripts);
  const sentences = sentencesIn(ROOT, sources, exclude);

  test(`each sentence of our ${protocol} server stands in a golden session`, () => {
    assert.ok(sentences.length >= least, `only ${sentences.length} sentences were found in the sources`);
    const missing = sentences.filter((one) => !isSaid(one, lines) && !(one.text in OUT_OF_REACH));
    assert.deepEqual(
      missing.map(({ file, line, text }) => `${file}:${line} ${text}`),
      [],
    );
  });

  test(`what is out of reach in ${protocol} really is`, () => {
    const said = sentences.filter((one) => one.text in OUT_OF_REACH && isSaid(one, lines));
    assert.deepEqual(
      said.map(({ text }) => text),
      [],
    );
  });
}

test('nothing is out of reach that is not there', () => {
  const all = Object.values(PROTOCOLS).flatMap(({ sources, exclude }) => sentencesIn(ROOT, sources, exclude));
  const texts = new Set(all.map(({ text }) => text));
  assert.deepEqual(
    Object.keys(OUT_OF_REACH).filter((text) => !texts.has(text)),
    [],
  );
});

test('each verb stands in a golden session of its protocol', () => {
  const verbs = {
    SMTP: [...SMTP_VERBS.keys()],
    POP3: globSync('src/pop3/server/verbs/*.ts', { cwd: ROOT }).map((file) => basename(file, '.ts').toUpperCase()),
  };
  assert.ok(verbs.SMTP.length >= 15 && verbs.POP3.length >= 16);
  for (const [protocol, names] of Object.entries(verbs)) {
    const commands = new Set(
      heardIn(ROOT, PROTOCOLS[protocol as keyof typeof PROTOCOLS].transcripts).map((line) =>
        (/^[A-Za-z0-9]+/.exec(line)?.[0] ?? '').toUpperCase(),
      ),
    );
    assert.deepEqual(
      names.filter((name) => !commands.has(name)),
      [],
      protocol,
    );
  }
});

test('each golden session is named by RFC, section and what it shows', () => {
  const files = globSync('src/**/transcripts/*.txt', { cwd: ROOT }).map((file) => basename(file, '.txt'));
  assert.ok(files.length >= 180, `only ${files.length} were found`);
  assert.deepEqual(
    files.filter((name) => !/^\d{4}-\d+(?:\.\d+)*-[a-z]/.test(name)),
    [],
  );
});

const SOURCE = `
const A = { text: 'Say this first', rule: 'a-rule' };
function b(x: string) { return reply(501, \`The \${x} can not be read\`); }
const C = first ? 'One of two sentences' : \`The other, with \${x}\` + ' and an end';
throw new Error('nobody hears this one');
log.error('nor this one here', { error });
const RULE = { says: 'Nor this, which keepers read' };
const word = 'single-word';
`;

test('sentences are found where they are said, and nowhere else', () => {
  assert.deepEqual(
    sentencesOf('src/x.ts', SOURCE).map(({ line, text }) => `${line} ${text}`),
    ['2 Say this first', '3 The … can not be read', '4 One of two sentences', '4 The other, with … and an end'],
  );
  const [first, second] = sentencesOf('src/x.ts', SOURCE);
  assert.ok(first !== undefined && second !== undefined);
  assert.equal(isSaid(first, ['S: 501 5.5.4 Say this first']), true);
  assert.equal(isSaid(second, ['S: 501 5.5.4 The date can not be read']), true);
  assert.equal(isSaid(second, ['S: 501 5.5.4 The can not be read', 'S: 501 Say that first']), false);
});
