/**
 * "What would you answer, and why?": the relay rules asked without a connection. Reads the addresses
 * with the wire's grammar and calls the same functions, so the answer is the wire's. SMTPUTF8 counts
 * as asked for where an address needs it.
 */
import { addressOf, findAccount } from '../accounts/index.ts';
import { isAscii } from '../mail/index.ts';
import type { Reply } from '../mail/index.ts';
import { isReply, loginRequired, readMailFrom, readRcptTo, recipientTaken } from '../smtp/index.ts';
import type { Store } from '../store/index.ts';
import { decideRecipient, decideSender, RELAY_RULES } from './relay.ts';
import type { RelayParts } from './relay.ts';

export interface RelayScenario {
  readonly ip: string;
  readonly service: 'smtp' | 'lmtp' | 'submission';
  readonly tls: boolean;
  /** The login name of somebody who has proven who they are. */
  readonly login?: string;
  /** '' or '<>' is the null sender. */
  readonly from: string;
  readonly to: string;
}

export interface RelayExplanation {
  readonly accepted: boolean;
  /** MAIL or RCPT: where it was decided. */
  readonly stage: 'mail' | 'rcpt';
  readonly rule: string;
  /** The rule in plain words, where it is one of the relay table. */
  readonly says?: string;
  readonly reply: Reply;
  /** Where an accepted message would go. */
  readonly leadsTo: readonly string[];
}

export interface ExplainParts extends RelayParts {
  readonly store: Store;
  /** Whether a client at this address may log in without TLS: where not, it is told to begin with that. */
  readonly plainLogin: (ip: string) => boolean;
}

export async function explainRelay(parts: ExplainParts, scenario: RelayScenario): Promise<RelayExplanation> {
  const { service, ip, tls } = scenario;
  const login = await loginOf(parts, scenario);
  const stranger =
    service === 'submission' && login === undefined ? loginRequired(!tls && !parts.plainLogin(ip)) : undefined;
  const smtputf8 = !isAscii(scenario.from) || !isAscii(scenario.to);
  const from = readMailFrom(withoutBrackets(scenario.from), smtputf8, stranger);
  if (isReply(from)) return refused('mail', from);
  const question = { service, ip, tls, from: from.path, ...(login === undefined ? {} : { login }) };
  const senderRefusal = await decideSender(parts, question);
  if (senderRefusal !== undefined) return refused('mail', senderRefusal);
  const to = readRcptTo(withoutBrackets(scenario.to));
  if (isReply(to)) return refused('rcpt', to);
  const verdict = await decideRecipient(parts, question, { address: to.path });
  if (verdict.kind === 'refused') return refused('rcpt', verdict.reply);
  const says = sentenceOf(verdict.rule);
  return {
    accepted: true,
    stage: 'rcpt',
    rule: verdict.rule,
    ...(says === undefined ? {} : { says }),
    reply: { ...recipientTaken(), rule: verdict.rule },
    leadsTo: verdict.targets.map((target) =>
      target.kind === 'account'
        ? `the Inbox of ${addressOf(target.account)}`
        : `the servers of ${target.address.domain}`,
    ),
  };
}

function refused(stage: 'mail' | 'rcpt', answer: Reply): RelayExplanation {
  const rule = answer.rule ?? '';
  const says = sentenceOf(rule);
  return { accepted: false, stage, rule, ...(says === undefined ? {} : { says }), reply: answer, leadsTo: [] };
}

function sentenceOf(rule: string): string | undefined {
  return (
    RELAY_RULES.find((one) => one.id === rule)?.says ??
    RELAY_RULES.find((one) => one.id === 'ours' && ROUTING_RULES.has(rule))?.says
  );
}

const ROUTING_RULES: ReadonlySet<string> = new Set(['account', 'alias', 'subaddress', 'catch-all', 'postmaster']);

/** An address may be given as it stands on the wire. */
function withoutBrackets(text: string): string {
  return text.startsWith('<') && text.endsWith('>') ? text.slice(1, -1) : text;
}

/**
 * The account behind a login name. Only submission knows logins, and only where a password may be
 * sent; a name that nobody has can't have logged in.
 */
async function loginOf(
  { store, plainLogin }: ExplainParts,
  { service, ip, tls, login }: RelayScenario,
): Promise<{ readonly account: string; readonly name: string } | undefined> {
  if (service !== 'submission' || login === undefined || !(tls || plainLogin(ip))) return undefined;
  const found = await findAccount(store, login);
  return found === undefined ? undefined : { account: found.account.id, name: addressOf(found.account) };
}
