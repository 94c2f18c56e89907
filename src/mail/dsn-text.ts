/**
 * The words of a report: what happened, to whom, whether to wait, what to do, and last the other
 * server's own words. For people who never saw a mail server.
 */
import { formatDate } from './date.ts';
import type { ReportAction, ReportParts, ReportRecipient } from './dsn.ts';
import { describeEnhanced } from './enhanced.ts';
import { fieldValues, parseHeaderSection } from './header.ts';
import { decodeHeaderText } from './words.ts';

/** How many recipients are spoken of one by one; the facts in the second part have them all. */
const MOST_NAMED = 50;

const HAPPENED: Readonly<Record<ReportAction, string>> = {
  failed: 'could not be delivered',
  delayed: 'has not been delivered yet',
  delivered: 'was delivered',
  relayed: 'was passed on to a server that sends no reports',
  expanded: 'was passed on to the members of a list',
};

/** The most important first. */
const ACTIONS: readonly ReportAction[] = ['failed', 'delayed', 'delivered', 'relayed', 'expanded'];

/** "Your message could not be delivered to bob@b.test". */
export function reportSubject(parts: Pick<ReportParts, 'recipients'>): string {
  const action = ACTIONS.find((one) => parts.recipients.some((recipient) => recipient.action === one)) ?? 'failed';
  const about = parts.recipients.filter((recipient) => recipient.action === action);
  const whom = about.length === 1 ? (about[0] as ReportRecipient).address : `${about.length} recipients`;
  const subjects: Readonly<Record<ReportAction, string>> = {
    failed: `Your message could not be delivered to ${whom}`,
    delayed: `Your message to ${whom} is delayed`,
    delivered: `Your message was delivered to ${whom}`,
    relayed: `Your message to ${whom} was passed on`,
    expanded: `Your message to ${whom} was passed on to a list`,
  };
  return subjects[action];
}

/** One paragraph each; a newline within one is a line end that stays. */
export function explainReport(parts: ReportParts): readonly string[] {
  const sections = ACTIONS.flatMap((action) => {
    const about = parts.recipients.filter((recipient) => recipient.action === action);
    return about.length === 0
      ? []
      : [whatHappened(parts, action, about), ...about.slice(0, MOST_NAMED).map(oneRecipient), ...more(about.length)];
  });
  const signature = `This report was written by the mail server ${parts.hostname}. Nobody reads answers to it.`;
  return [...sections, signature];
}

function whatHappened(parts: ReportParts, action: ReportAction, about: readonly ReportRecipient[]): string {
  const subject = flat(decodeHeaderText(fieldValues(parseHeaderSection(parts.header), 'subject')[0] ?? ''), 200);
  const which = subject === '' ? 'Your message' : `Your message "${subject}"`;
  const when = parts.arrivedAt === undefined ? '' : ` of ${formatDate(parts.arrivedAt)}`;
  const whom = about.length === 1 ? 'to this recipient' : `to these ${about.length} recipients`;
  const toList = action === 'relayed' || action === 'expanded' ? 'for' : '';
  return `${which}${when} ${HAPPENED[action]} ${toList === '' ? whom : whom.replace('to ', 'for ')}:`;
}

function oneRecipient(recipient: ReportRecipient): string {
  const said = [flat(recipient.address, 320), ...reasons(recipient).map((line) => `  ${line}`)];
  if (recipient.diagnostic !== undefined) {
    const who = recipient.remoteMta ?? 'The other server';
    said.push(`  ${who} answered:`, `    ${flat(recipient.diagnostic, 2000)}`);
  }
  return said.join('\n');
}

function reasons(recipient: ReportRecipient): readonly string[] {
  if (recipient.action === 'failed' || recipient.action === 'delayed') {
    const why =
      recipient.problem === undefined ? describeEnhanced(recipient.status).sentence : flat(recipient.problem, 2000);
    return [why, advice(recipient)];
  }
  return recipient.action === 'relayed' ? ['You will not hear from us whether it arrived.'] : [];
}

/** What to do now, and whether to wait. */
function advice(recipient: ReportRecipient): string {
  if (recipient.action === 'delayed') {
    const until = recipient.willRetryUntil === undefined ? '' : ` until ${formatDate(recipient.willRetryUntil)}`;
    return `You need not do anything: we keep trying${until}. You will get another message if it fails for good.`;
  }
  if (recipient.expired === true)
    return 'We tried for as long as we keep messages. We will not try again: send it again later, or reach the person another way.';
  return `We will not try again. ${recipient.advice ?? adviceFor(recipient)}`;
}

function adviceFor({ status, diagnostic }: ReportRecipient): string {
  const { advice: registered } = describeEnhanced(status);
  // Where no server answered there is nothing below to look at.
  return diagnostic === undefined && /answer below/.test(registered) ? 'Reach the person another way.' : registered;
}

function more(count: number): readonly string[] {
  return count > MOST_NAMED
    ? [`… and ${count - MOST_NAMED} more; the second part of this message names them all.`]
    : [];
}

/** What others wrote, on one line: it must not look like words of ours. */
function flat(text: string, longest: number): string {
  return text
    .slice(0, longest)
    .replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')
    .trim();
}
