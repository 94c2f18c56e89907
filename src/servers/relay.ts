/**
 * Who may have mail carried where. SMTP by itself is an open relay: it knows no login and no
 * "ours". What restricts it is this one short table, in this order; the first row that decides, decides.
 * Each row's id stands in the reply, the log and the journey. docs/architecture.md shows the table.
 *
 * `posthorn relay explain` asks the same functions, so its answer is the wire's.
 */
import { isFull } from '../accounts/index.ts';
import type { Router, Routing, Target } from '../accounts/index.ts';
import { formatAddress, refusal } from '../mail/index.ts';
import type { Address, Recipient, Reply, ReversePath } from '../mail/index.ts';
import { inNetworks } from '../net/index.ts';
import { loginRequired } from '../smtp/index.ts';
import type { Suppression } from '../store/index.ts';
import type { Sending } from './limits.ts';
import { suppressedRefusal } from './suppressed.ts';
import type { Suppressed } from './suppressed.ts';

/** What a rule may look at. */
export interface RelayQuestion {
  readonly service: 'smtp' | 'submission' | 'lmtp';
  readonly ip: string;
  readonly tls: boolean;
  readonly login?: { readonly account: string; readonly name: string };
  readonly from: ReversePath;
}

export interface RelaySettings {
  /** CIDRs trusted by address alone; empty by default. */
  readonly networks: readonly string[];
  /** Domains taken from anyone and passed on: we are their backup MX. */
  readonly domains: readonly string[];
  /** An open relay, on purpose. */
  readonly open: boolean;
}

export interface RelayParts {
  readonly router: Router;
  readonly settings: () => RelaySettings;
  /** How much an account may send; absent: as much as it likes. */
  readonly sending?: Pick<Sending, 'messageRefusal' | 'recipientRefusal'>;
  /** Addresses that are not written to for a while; absent: there are none. */
  readonly suppressed?: Pick<Suppressed, 'standing'>;
}

export type RecipientVerdict =
  | { readonly kind: 'accepted'; readonly rule: string; readonly targets: readonly Target[] }
  | { readonly kind: 'refused'; readonly reply: Reply };

interface RecipientFacts {
  readonly question: RelayQuestion;
  readonly to: Address;
  readonly routing: Routing;
  readonly settings: RelaySettings;
  /** What stops the login's mail to this address. */
  readonly suppression?: Suppression;
}

export interface RelayRule {
  readonly id: string;
  /** In plain words, for the docs and `relay explain`. */
  readonly says: string;
  decide(facts: RecipientFacts): RecipientVerdict | undefined;
}

const carry = (rule: string, to: Address): RecipientVerdict => ({
  kind: 'accepted',
  rule,
  targets: [{ kind: 'outside', address: to, rule, via: [] }],
});
const refuse = (answer: Reply): RecipientVerdict => ({ kind: 'refused', reply: answer });

/** For each RCPT, after the sender was accepted. */
export const RELAY_RULES: readonly RelayRule[] = [
  {
    id: 'over-quota',
    says: 'Ours, but every mailbox it leads to is full: come back later (452).',
    decide: ({ routing }) =>
      routing.kind === 'targets' && routing.targets.every(isFull)
        ? refuse(refusal(452, '4.2.2', 'That mailbox is full just now; please try again later', 'over-quota'))
        : undefined,
  },
  {
    id: 'ours',
    says: 'The address is ours: taken from everyone. The rule that stands in the journey is the one of routing: account, alias, subaddress, catch-all, postmaster.',
    decide: ({ routing }) =>
      routing.kind === 'targets' ? { kind: 'accepted', rule: routing.rule, targets: routing.targets } : undefined,
  },
  {
    id: 'alias-unusable',
    says: 'An alias that leads in a circle or to too many addresses takes nothing until it is mended.',
    decide: ({ routing }) =>
      routing.kind === 'unusable'
        ? refuse(refusal(550, '5.2.4', `That address can't take mail: ${routing.why}`, 'alias-unusable'))
        : undefined,
  },
  {
    id: 'relay-trick',
    says: 'A local part of ours that hides another address ("user%other@ours", "other!user@ours", "\\"user@other\\"@ours") is never passed on.',
    decide: ({ routing, to }) =>
      routing.kind === 'unknown' && /[%!@]/.test(to.local)
        ? refuse(
            refusal(
              550,
              '5.7.1',
              'An address inside an address is not passed on here; write to the address itself',
              'relay-trick',
            ),
          )
        : undefined,
  },
  {
    id: 'unknown-user',
    says: 'The domain is ours and nobody has that name.',
    decide: ({ routing, to }) =>
      routing.kind === 'unknown'
        ? refuse(
            refusal(550, '5.1.1', `There is no ${formatAddress(to)} here; please check the address`, 'unknown-user'),
          )
        : undefined,
  },
  {
    id: 'lmtp-ours-only',
    says: 'Not ours, and it came by LMTP: that door is for mail to our own addresses, and nothing opens it further.',
    decide: ({ question, to }) =>
      question.service === 'lmtp'
        ? refuse(
            refusal(
              550,
              '5.7.1',
              `${to.domain} is not one of our domains, and LMTP takes mail for those only`,
              'lmtp-ours-only',
            ),
          )
        : undefined,
  },
  {
    id: 'suppressed',
    says: 'Not ours, the sender has logged in, and the address turned out not to exist when this account wrote to it in the last days (told once; sent again within the hour it is carried), or the keeper stopped mail to it.',
    decide: ({ suppression, to }) =>
      suppression === undefined ? undefined : refuse(suppressedRefusal(to, suppression)),
  },
  {
    id: 'relay-login',
    says: 'Not ours, and the sender has logged in: carried.',
    decide: ({ question, to }) => (question.login === undefined ? undefined : carry('relay-login', to)),
  },
  {
    id: 'relay-network',
    says: 'Not ours, and the client is in a listed network (none by default): carried.',
    decide: ({ question, settings, to }) =>
      inNetworks(question.ip, settings.networks) ? carry('relay-network', to) : undefined,
  },
  {
    id: 'relay-domain',
    says: 'Not ours, and in relay.domains: we are its backup; carried.',
    decide: ({ settings, to }) => (settings.domains.includes(to.domain) ? carry('relay-domain', to) : undefined),
  },
  {
    id: 'relay-open',
    says: 'relay.open is set: everything is carried for everyone. Each start says so loudly.',
    decide: ({ settings, to }) => (settings.open ? carry('relay-open', to) : undefined),
  },
  {
    id: 'relay-denied',
    says: 'Everything else: not ours, no login, no reason to carry it.',
    decide: ({ to }) =>
      refuse(
        refusal(
          550,
          '5.7.1',
          `Relaying denied: ${to.domain} is not one of our domains, and you have not logged in`,
          'relay-denied',
        ),
      ),
  },
];

export async function decideRecipient(
  parts: RelayParts,
  question: RelayQuestion,
  recipient: Recipient,
): Promise<RecipientVerdict> {
  const to = recipient.address;
  const routing = await parts.router.route(to);
  const suppression = await suppressionOf(parts, question, { to, routing });
  const facts: RecipientFacts = {
    question,
    to,
    routing,
    settings: parts.settings(),
    ...(suppression === undefined ? {} : { suppression }),
  };
  for (const rule of RELAY_RULES) {
    const verdict = rule.decide(facts);
    if (verdict !== undefined)
      return verdict.kind === 'accepted' ? withinLimits(parts, question, to, verdict) : verdict;
  }
  throw new Error('the last relay rule decides everything');
}

/** Only who has logged in is stopped: never mail from other servers, and never where the address is ours. */
async function suppressionOf(
  { suppressed }: RelayParts,
  { login }: RelayQuestion,
  { to, routing }: Pick<RecipientFacts, 'to' | 'routing'>,
): Promise<Suppression | undefined> {
  return login === undefined || routing.kind !== 'not-ours' ? undefined : suppressed?.standing(login.account, to);
}

/** Last of all: whether this login has written to too many new people today. */
async function withinLimits(
  parts: RelayParts,
  { login }: RelayQuestion,
  to: Address,
  verdict: RecipientVerdict,
): Promise<RecipientVerdict> {
  const refusal = login === undefined ? undefined : await parts.sending?.recipientRefusal(login, to);
  return refusal === undefined ? verdict : refuse(refusal);
}

/** For each MAIL: on submission a login comes first, and the address must be the login's own. */
export async function decideSender(parts: RelayParts, question: RelayQuestion): Promise<Reply | undefined> {
  if (question.service !== 'submission') return undefined;
  if (question.login === undefined) return loginRequired(false);
  // The null sender is allowed: read receipts need it (RFC 6409 §6.1, RFC 8098 §4).
  if (question.from === null || (await parts.router.maySendAs(question.from, question.login.account)))
    return parts.sending?.messageRefusal(question.login);
  const from = formatAddress(question.from);
  return refusal(
    550,
    '5.7.1',
    `${from} is not an address of ${question.login.name}, nor granted to it; send from your own address or an alias of it`,
    'sender-not-yours',
  );
}
