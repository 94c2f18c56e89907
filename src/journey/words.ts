/**
 * A story in plain words: each step says who was client and who was server, what was said, and
 * what it means; then how it ended and what can be done.
 */
import { utc } from '../base/index.ts';
import type { EventFacts } from '../store/index.ts';
import { againSentence, attemptSentence, isSameAgain, othersInWords } from './attempts.ts';
import { ended, host, line, lowerFirst, octetsInWords } from './phrases.ts';
import type { DeliveryStory, End, Step, Story } from './story.ts';
import { meaningOfTry, whyInWords } from './why.ts';

/** Lines without line ends, for a terminal or a page. */
export function inWords(story: Story): readonly string[] {
  return [
    `Message ${story.id}${story.messageId === undefined ? '' : ` (${story.messageId})`}`,
    `  from ${story.mailFrom === '' ? 'nobody (the null sender: reports use it)' : story.mailFrom}, ${octetsInWords(story.octets)}`,
    '',
    ...arrivalInWords(story),
    ...story.edits.map((edit) => `  We changed it on the way in: ${edit.what} (rule ${edit.rule}).`),
    ...story.deliveries.flatMap(deliveryInWords),
  ];
}

/** How it came to us, in lines. */
export function arrivalInWords(story: Pick<Story, 'arrival'>): readonly string[] {
  const { arrival } = story;
  if (arrival === undefined) return ["We don't know how it came here: that was not recorded."];
  const { at, facts } = arrival;
  if (facts.kind === 'composed') {
    const about = facts.about === undefined ? '' : ` about message ${facts.about}`;
    return [`${utc(at)}  We wrote it ourselves: ${COMPOSED[facts.what]}${about}.`];
  }
  if (facts.kind === 'collected') return collectedInWords(at, facts);
  if (facts.login?.name === '') return [`${utc(at)}  Somebody who has an account here handed it in, logged in.`];
  const login =
    facts.login === undefined ? 'without a login' : `logged in as ${facts.login.name} (${facts.login.mechanism})`;
  const door = facts.service === 'jmap' ? 'our web door' : `our ${facts.service} port`;
  return [
    `${utc(at)}  ${host(facts.client)} was the client, we (${host(facts.server)}) the server: ${facts.protocol} on ${door}, ${line(facts.tls)}, ${login}.`,
    `           We answered ${facts.reply.code} ${facts.reply.text}: from then on the message was our responsibility.`,
  ];
}

function collectedInWords(at: number, facts: Extract<EventFacts, { kind: 'collected' }>): readonly string[] {
  const what = facts.headOnly ? 'its header (the message is larger than the limit)' : 'it';
  return [
    `${utc(at)}  We were the client and ${host(facts.server)} the server: we fetched ${what} over POP3, logged in as ${facts.login}.`,
    `           There it is called ${facts.uidl}; what happened before, the Received fields in its header say.`,
  ];
}

const COMPOSED: Record<Extract<EventFacts, { kind: 'composed' }>['what'], string> = {
  bounce: 'a report that a message was not delivered',
  delay: 'a notice that a message is taking longer',
  success: 'a report that a message was delivered or passed on',
  note: 'a note about mail that failed and whose sender could not be told',
};

function deliveryInWords({ recipient, target, steps, end }: DeliveryStory): readonly string[] {
  const where = target === undefined ? '' : `, which leads to ${target}`;
  const why = whyInWords(end).map((one) => `    ${one}`);
  return ['', `To ${recipient}${where}`, ...stepsInWords(steps), `  → ${endInWords(end)}`, ...why];
}

/** Tries that go like the one before them share a line: a server that is down for days would fill pages. */
function stepsInWords(steps: readonly Step[]): readonly string[] {
  const lines: string[] = [];
  let alike: Step[] = [];
  for (const [i, step] of steps.entries()) {
    const next = steps[i + 1];
    if (isSameAgain(step, steps[i - 1])) alike.push(step);
    else
      lines.push(
        ...stepInWords(
          step,
          steps.slice(0, i).findLast(({ reason }) => reason !== undefined),
        ),
      );
    if (alike.length === 0 || (next !== undefined && isSameAgain(next, step))) continue;
    lines.push(stepLine(step.at, againSentence(alike)));
    alike = [];
  }
  return lines;
}

/** @param before the last step that had a reason */
function stepInWords(step: Step, before: Step | undefined): readonly string[] {
  const said = stepSentence(step.facts);
  if (said === undefined) return [];
  const indent = ' '.repeat(stepLine(step.at, '').length);
  const under = [...othersInWords(step), ...meaningOfTry(step, before?.reason)];
  return [stepLine(step.at, said), ...under.map((other) => indent + other)];
}

function stepLine(at: number, said: string): string {
  return `  ${utc(at)}  ${said}`;
}

/**
 * What a step says by itself; undefined for one that the story tells elsewhere.
 * @param when how a time is written
 */
export function stepSentence(facts: EventFacts, when: (at: number) => string = utc): string | undefined {
  switch (facts.kind) {
    case 'routed':
      return routedSentence(facts);
    case 'filed':
      return facts.uidl === ''
        ? `Put into the mailbox of ${facts.recipient}, here.`
        : `Put into the ${facts.mailbox} of ${facts.recipient}, with the ticket (UIDL) ${facts.uidl}.`;
    case 'queued':
      return facts.why === 'held'
        ? `Held until ${when(facts.nextAt)}, as its sender wished.`
        : `Put into the queue for ${facts.destination}.`;
    case 'attempt':
      return attemptSentence(facts);
    case 'interrupted':
      return `Try ${facts.attempt} at ${facts.destination} was cut off: our process ended before the answer was recorded. ${whatHasNext(facts)}`;
    case 'reported':
      return `We told ${facts.to}: ${COMPOSED[facts.what]} (message ${facts.report}).`;
    case 'unreported':
      return `The sender was not told: ${facts.why}.`;
    case 'operator':
      return `${facts.by === 'sender' ? 'Its sender' : 'The keeper of this server'} ${DID[facts.action] ?? `did: ${facts.action}`}${facts.why === undefined ? '' : ` (${facts.why})`}.`;
    case 'taken-back':
      return takenBackSentence(facts);
    case 'stopped':
      return facts.mayHaveLeft
        ? 'The try that was under way ended, and nobody knows whether it handed the message on; no other follows.'
        : 'The try that was under way did not hand it on; no other follows.';
    case 'suppressed':
      return `${facts.address} is remembered as an address that does not exist, until ${when(facts.until)}: whoever sent this is told so when they write to it again.`;
    case 'retrieved':
      return facts.how === 'top'
        ? `${host(facts.client)} looked at the beginning over POP3, logged in as ${facts.login.name}, ${line(facts.tls)}.`
        : `${host(facts.client)} was the client, we the server: fetched over POP3, logged in as ${facts.login.name}, ${line(facts.tls)}.`;
    case 'removed':
      return REMOVED[facts.by];
    case 'received':
    case 'collected':
    case 'composed':
    case 'edited':
      return undefined;
  }
}

const REMOVED: Readonly<Record<Extract<EventFacts, { kind: 'removed' }>['by'], string>> = {
  pop3: 'Removed from the mailbox by the POP3 client (DELE, then QUIT).',
  owner: 'Removed from the mailbox by its owner.',
  'account-removed': 'Removed with its account.',
};

const DID: Readonly<Record<string, string>> = {
  hold: 'held it',
  release: 'let it go',
  retry: 'had it tried at once',
  fail: 'gave up on it',
  drop: 'dropped it',
};

/** An alias that leads on itself needs no way to be told; several are told in order. */
function routedSentence({ rule, decision, recipient, via = [] }: Extract<EventFacts, { kind: 'routed' }>): string {
  const why = ROUTED[rule] ?? (decision === 'file' ? 'The address is ours' : 'The address is elsewhere');
  const way = via.join() === recipient ? '' : `, by way of ${via.join(' → ')}`;
  return `${why} (rule ${rule})${via.length === 0 ? '' : way}.`;
}

function takenBackSentence({ by, name, answer }: Extract<EventFacts, { kind: 'taken-back' }>): string {
  const who = name ?? (by === 'keeper' ? 'The keeper of this server' : 'Its sender');
  return `${who} took the message back: ${TAKEN_BACK[answer]}.`;
}

const TAKEN_BACK: Readonly<Record<Extract<EventFacts, { kind: 'taken-back' }>['answer'], string>> = {
  stopped: 'it had not left, and stays here',
  leaving: 'it was being sent just then, and goes no further if that try fails',
  left: 'it had left',
  unknown: 'it goes no further; whether an earlier try had handed it on, nobody knows',
  failed: 'it had been given up before',
};

const ROUTED: Readonly<Record<string, string>> = {
  account: 'The address is an account here',
  alias: 'The address is an alias here',
  subaddress: 'The part after the plus is left to the reader; the address before it is ours',
  'catch-all': 'The domain takes mail for every name',
  postmaster: 'Mail for postmaster and abuse goes to the postmaster',
  'relay-login': 'The address is elsewhere; the sender had logged in, so we carry it',
  'relay-network': 'The address is elsewhere; the sender is in a network we carry mail for',
  'relay-domain': 'The address is elsewhere, in a domain we are the backup of',
  report: 'It is a report of ours, to a sender who is elsewhere',
  'relay-open': 'The address is elsewhere, and this server carries everything: it is an open relay',
};

/** While its destination is left alone, or others are before it, the time of its own goes by. */
function nextTry({ attempts, nextAt, pausedUntil }: Extract<End, { kind: 'waiting' }>): string {
  const which = attempts === 0 ? 'The first try' : 'The next try';
  if (pausedUntil === undefined) return `${which} is at ${utc(nextAt)} at the earliest`;
  return `Other mail found its destination in trouble, so that is left alone for a while; ${lowerFirst(which)} is at ${utc(pausedUntil)} at the earliest`;
}

function endInWords(end: End): string {
  switch (end.kind) {
    case 'in-mailbox':
      return 'It lies in the mailbox; nobody has fetched it yet.';
    case 'retrieved':
      return `Fetched on ${utc(end.at)}${end.removed ? ' and removed from the server' : '; a copy is still on the server'}.`;
    case 'removed':
      return `Removed on ${utc(end.at)} without having been fetched.`;
    case 'relayed':
      return `Handed on to ${end.to} on ${utc(end.at)}: it is that server's responsibility now.`;
    case 'waiting':
      return ended(`Waiting. ${nextTry(end)}${end.why === undefined ? '' : `; last time: ${lowerFirst(end.why)}`}`);
    case 'sending':
      return 'A try is under way just now.';
    case 'held':
      return end.until === undefined
        ? 'Held by the keeper of this server: "posthorn queue release" lets it go.'
        : `Held until ${utc(end.until)}, as its sender wished; "posthorn queue release" lets it go before.`;
    case 'failed':
      return `Given up on ${utc(end.at)}: ${ended(lowerFirst(end.why))}${end.report === undefined ? '' : ` The sender was told in message ${end.report}.`}`;
    case 'dropped':
      return `Dropped on ${utc(end.at)} by the keeper of this server; the sender was not told.`;
    case 'taken-back':
      return end.mayHaveLeft
        ? `Taken back on ${utc(end.at)}; whether it had left by then, nobody knows.`
        : `Taken back on ${utc(end.at)}: it did not leave.`;
    case 'unsure':
      return `We can't know whether it arrived: ${ended(lowerFirst(end.why))} "posthorn queue retry" sends it again, "posthorn queue drop" lets it be.`;
  }
}

function whatHasNext({ mayHaveLeft, nextAt }: Extract<EventFacts, { kind: 'interrupted' }>): string {
  if (mayHaveLeft === false) return 'The end of the message had not been sent, so the next server does not have it.';
  const what = nextAt === undefined ? 'is not given it again before its sender says so' : 'may be given it twice';
  return `The next server may have the message, and ${what}.`;
}
