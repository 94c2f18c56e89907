/** What tests of other rooms may import from here, and product code may not: the client's side of a golden session. */
import type { SaslClient } from './client.ts';
import type { SaslLine } from './line.ts';
import { saslMechanism } from './mechanisms.ts';
import { makeScramVerifier, parseScramVerifier } from './scram.ts';
import type { ScramVerifier } from './scram.ts';

/**
 * Logins have random parts, so a transcript can't hold their octets. It says what the client does:
 *
 *   {begin MECHANISM name password}   the mechanism and the initial response of our own client
 *   {name MECHANISM name password}    the mechanism alone: the client waits to be asked
 *   {answer}                          its answer to the last challenge
 *   {answer s/pattern/text/}          the same, changed before it is encoded
 *   {base64 text}                     text, encoded
 */
export class LoginScript {
  readonly #line: SaslLine;
  #client: SaslClient | undefined;

  constructor(line: SaslLine) {
    this.#line = line;
  }

  /** `said` is the server's last line, whose last word is the challenge. */
  fill(text: string, said: string): string {
    return text.replace(/\{(begin|name|answer|base64) ?([^}]*)\}/g, (_all, what: string, rest: string) => {
      if (what === 'base64') return Buffer.from(rest).toString('base64');
      if (what === 'answer') return this.#answer(said, rest);
      const { mechanism, initial } = this.#begin(rest);
      return what === 'name' || initial === undefined ? mechanism : `${mechanism} ${initial.toString('base64')}`;
    });
  }

  #begin(rest: string): SaslClient {
    const [, name = '', login = '', password = ''] = /^(\S+) (\S+) (.*)$/.exec(rest) ?? [];
    const row = saslMechanism(name);
    if (row === undefined) throw new Error(`No such mechanism: ${name}`);
    this.#client = row.connect({ name: login, password }, { line: this.#line, plusOffered: true });
    return this.#client;
  }

  #answer(said: string, change: string): string {
    const challenge = Buffer.from(/ (\S*)$/.exec(said)?.[1] ?? '', 'base64');
    const answer = this.#client?.next(challenge);
    if (answer === undefined) return '*';
    const [, pattern = '$^', text = ''] = /^s\/(.*)\/(.*)\/$/.exec(change) ?? [];
    return Buffer.from(answer.toString().replace(new RegExp(pattern), text)).toString('base64');
  }
}

export function scramVerifier(password: string): ScramVerifier {
  const verifier = parseScramVerifier(makeScramVerifier(password));
  if (verifier === undefined) throw new Error('Our own verifier is none');
  return verifier;
}
