/**
 * The words of a report: to whom, what happened, whose side it is on, what to do now, whether to wait,
 * and last the other server's own words, marked on each line so that they can't be taken for ours.
 * For people who never saw a mail server.
 */
import { decodeHeaderText, fieldValues, formatDate, parseHeaderSection } from '../mail/index.ts';
import type { ReportAction, ReportParts, ReportRecipient } from './dsn.ts';

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
  return [flat(recipient.address, 320), ...reasons(recipient).map((line) => `  ${line}`), ...evidence(recipient)].join(
    '\n',
  );
}

function reasons(recipient: ReportRecipient): readonly string[] {
  const { action, explanation: why } = recipient;
  if (action === 'relayed') return ['You will not hear from us whether it arrived.'];
  if (action !== 'failed' && action !== 'delayed') return [];
  const words =
    why === undefined
      ? []
      : [`What happened: ${why.happened}`, `Whose side: ${why.side}`, `What you can do: ${why.advice}`];
  return [...words, `Wait? ${whetherToWait(recipient)}`];
}

function whetherToWait({ action, willRetryUntil, expired, explanation }: ReportRecipient): string {
  if (action === 'delayed') {
    const until = willRetryUntil === undefined ? '' : ` until ${formatDate(willRetryUntil)}`;
    return `Yes: we keep trying${until}. You will get another message if it fails for good.`;
  }
  const over =
    expired === true ? 'We tried for as long as we keep messages, and will not try again.' : 'We will not try again.';
  return explanation?.again === false
    ? `No: waiting does not help. ${over} Send it again once this is put right.`
    : `${over} You can send it again later.`;
}

/** What others said, or what we saw. Each line is quoted: whatever it says, it can't look like words of ours. */
function evidence({ diagnostic, problem, remoteMta }: ReportRecipient): readonly string[] {
  if (diagnostic !== undefined)
    return [`  ${flat(remoteMta ?? 'The other server', 255)} answered:`, `    > ${flat(diagnostic, 2000)}`];
  return problem === undefined ? [] : ['  What we saw:', `    > ${flat(problem, 2000)}`];
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
