/**
 * "What would you answer, and why?": the relay rules asked without a connection. Calls the same
 * functions as the wire, so the answer is the wire's.
 */
import { addressOf, findAccount } from '../accounts/index.ts';
import { parseAddress, reply } from '../mail/index.ts';
import type { Address, Reply } from '../mail/index.ts';
import { loginRequired, recipientTaken } from '../smtp/index.ts';
import type { Store } from '../store/index.ts';
import { decideRecipient, decideSender, RELAY_RULES } from './relay.ts';
import type { RelayParts } from './relay.ts';

export interface RelayScenario {
  readonly ip: string;
  readonly service: 'smtp' | 'submission';
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
  // Port 25 knows no login, whatever the client can prove elsewhere.
  const name = scenario.service === 'submission' ? scenario.login : undefined;
  const login = name === undefined ? undefined : await loginOf(parts.store, name);
  if (scenario.service === 'submission' && login === undefined)
    return refused('mail', loginRequired(!scenario.tls && !parts.plainLogin(scenario.ip)));
  const from = pathOf(scenario.from);
  const to =
    scenario.to.toLowerCase() === 'postmaster'
      ? { local: 'postmaster', domain: '' }
      : parseAddress(scenario.to, { utf8: true });
  if (from === undefined)
    return refused('mail', reply(501, '5.1.7', `"${scenario.from}" is not an address`, { rule: 'address-syntax' }));
  if (to === undefined)
    return refused('rcpt', reply(501, '5.1.3', `"${scenario.to}" is not an address`, { rule: 'address-syntax' }));
  const question = {
    service: scenario.service,
    ip: scenario.ip,
    tls: scenario.tls,
    from,
    ...(login === undefined ? {} : { login }),
  };
  const senderRefusal = await decideSender(parts, question);
  if (senderRefusal !== undefined) return refused('mail', senderRefusal);
  const verdict = await decideRecipient(parts, question, { address: to });
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

function pathOf(text: string): Address | null | undefined {
  return text === '' || text === '<>' ? null : parseAddress(text, { utf8: true });
}

/** The account behind a login name; a name nobody has can't have logged in, and is nobody's. */
async function loginOf(
  store: Store,
  name: string,
): Promise<{ readonly account: string; readonly name: string } | undefined> {
  const found = await findAccount(store, name);
  return found === undefined ? undefined : { account: found.account.id, name: addressOf(found.account) };
}
