/** What happened in a world, as short lines that a scenario can expect, and as the texts that people read. */
import { findStories, inWords } from '../../src/journey/index.ts';
import type { Heard } from '../../src/outbound/testing.ts';
import { EVERY_STATE, selectQueue } from '../../src/queue/index.ts';
import type { ReasonSummary, TakenBackRecipient } from '../../src/queue/index.ts';
import type { AttemptRecord, EventFacts, Store } from '../../src/store/index.ts';
import { textOf } from '../../src/store/testing.ts';
import { DAY, HOUR, MINUTE, SECOND } from './scenario.ts';

/** Where it can be read what happened. */
interface Told {
  readonly store: Store;
  readonly heard: readonly Heard[];
}

const UNITS = { d: DAY, h: HOUR, m: MINUTE, s: SECOND };

/** "1h21m", to the nearest second: the queue gathers changes for some milliseconds. */
function span(ms: number): string {
  const sign = ms < 0 ? '-' : '';
  const left = Math.round(Math.abs(ms) / SECOND) * SECOND;
  const parts = Object.entries(UNITS).map(([unit, size], i, all) => {
    const above = all[i - 1]?.[1];
    const count = Math.floor((above === undefined ? left : left % above) / size);
    return count === 0 ? '' : `${count}${unit}`;
  });
  return sign + (parts.join('') || '0s');
}

export async function statesOf(store: Store, message: string): Promise<readonly string[]> {
  const states: string[] = [];
  for await (const { delivery } of selectQueue(store, { message, states: EVERY_STATE }))
    states.push(`${localPart(delivery.recipient)} ${delivery.state} ${delivery.attempts}`);
  return states;
}

/** "200 waiting", the commonest state first. */
export async function statesOfCrowd(store: Store, crowd: ReadonlySet<string>): Promise<readonly string[]> {
  const counts = new Map<string, number>();
  for await (const { message, delivery } of selectQueue(store, { states: EVERY_STATE }))
    if (crowd.has(message)) counts.set(delivery.state, (counts.get(delivery.state) ?? 0) + 1);
  return [...counts].toSorted(([, a], [, b]) => b - a).map(([state, count]) => `${count} ${state}`);
}

export function crowdInWords(states: readonly string[]): readonly Page[] {
  return states.length === 0 ? [] : [{ short: [], words: `--- The crowd in the end: ${states.join(', ')}.` }];
}

export async function attemptsOf(store: Store, message: string): Promise<readonly string[]> {
  const [[about], deliveries, attempts] = await Promise.all([
    store.read('findMessages', { id: message }),
    store.read('deliveries', { message }),
    store.read('attempts', { message }),
  ]);
  const names = new Map(deliveries.map(({ n, recipient }) => [n, localPart(recipient)]));
  return attempts.map((one) => `${names.get(one.n)} ${attemptInShort(one, about?.receivedAt ?? 0)}`);
}

function attemptInShort({ attempt, ip = '-', reply, startedAt, endedAt }: AttemptRecord, since: number): string {
  const took = endedAt - startedAt;
  const answer = /^\d{3}(?: \d\.\d+\.\d+)?(?= |$)/.exec(reply ?? '')?.[0] ?? 'no answer';
  const after = startedAt - since;
  return `${attempt} ${after < 0 ? '' : '+'}${span(after)} ${ip} ${answer}${took < SECOND ? '' : ` (${span(took)})`}`;
}

/** The verbs of a connection; each whole text is a dot, and what is said over and over is said once. */
export function heardInShort({ address, lines, texts }: Heard): string {
  let left = texts.length;
  const verbs = lines.flatMap((line) => {
    const verb = line.split(' ')[0] ?? '';
    return verb === 'DATA' && left-- > 0 ? [verb, '.'] : [verb];
  });
  return `${address}: ${verbs.join(' ')}`.trimEnd().replace(OVER_AND_OVER, (all, one: string) => {
    const times = (all.length + 1) / (one.length + 1);
    return one.includes(' ') ? `(${one}) ×${times}` : `${one} ×${times}`;
  });
}

/** Four times at least. */
const OVER_AND_OVER = /(MAIL RCPT DATA \.|RCPT)(?: \1){3,}/g;

/** Something that people were told while it happened: in short for the scenario, in words for the journey. */
export interface Page {
  readonly short: readonly string[];
  readonly words: string;
}

/** @param refused "bob@b.test: 550 5.1.1 …" */
export function refusedAtRcpt(refused: string): Page {
  const [, address = '', answer = ''] = /^(\S+): (.*)$/.exec(refused) ?? [];
  return {
    short: [`RCPT ${localPart(address)} ${/^\d{3} \d\.\d+\.\d+/.exec(answer)?.[0] ?? answer}`],
    words: `--- The mail program was told about ${address}:\n\n${answer}`,
  };
}

export function takenBack(answer: readonly TakenBackRecipient[]): Page {
  const words = answer.map(
    ({ recipient, answer: what, to }) => `${recipient}: ${what}${to === undefined ? '' : `, to ${to}`}`,
  );
  return {
    short: answer.map(({ recipient, answer: what }) => `take-back ${localPart(recipient)} ${what}`),
    words: `--- Who took the message back was told:\n\n${words.join('\n')}`,
  };
}

export function queueInWords(reasons: readonly ReasonSummary[], now: number): Page {
  const time = (at: number): string => new Date(at).toISOString().slice(0, 19).replace('T', ' ');
  const words = reasons.map(({ count, id, words: why, nextAt }) => {
    const next = nextAt === undefined ? '' : `, ${nextAt > now ? 'the next try at' : 'due since'} ${time(nextAt)}`;
    return `${count} ${id}: ${why}${next}`;
  });
  return { short: [], words: `--- The queue at ${time(now)}:\n\n${words.join('\n')}` };
}

interface Report {
  readonly id: string;
  /** The whole message. One that has left is as the next server heard it. */
  readonly text: string;
}

/** What its sender was told about a message, in order. */
export async function reportsOf({ store, heard }: Told, message: string): Promise<readonly Report[]> {
  const events = await store.read('events', { message });
  const ids = new Set(events.flatMap(({ facts }) => (isReport(facts) ? [facts.report] : [])));
  const sent = heard.flatMap(({ texts }) => texts);
  const textOfReport = async (id: string): Promise<string> =>
    sent.find((text) => text.includes(`Message-ID: <${id}@`)) ?? (await textOfMessage(store, id));
  return await Promise.all([...ids].map(async (id) => ({ id, text: await textOfReport(id) })));
}

/** A note is not for the sender. */
function isReport(facts: EventFacts): facts is Extract<EventFacts, { kind: 'reported' }> {
  return facts.kind === 'reported' && facts.what !== 'note';
}

/** What the postmaster was told about a message: the ids of the notes. */
async function notesOf({ store }: Told, message: string): Promise<readonly string[]> {
  const events = await store.read('events', { message });
  return events.flatMap(({ facts }) => (facts.kind === 'reported' && facts.what === 'note' ? [facts.report] : []));
}

async function textOfMessage(store: Store, id: string): Promise<string> {
  const [found] = await store.read('findMessages', { id });
  if (found === undefined) throw new Error(`The report ${id} is gone`);
  return await textOf(store.content.read(found.content));
}

/** "failed to alice@a.test: bob@b.test 5.1.1, carol@b.test 5.2.2". */
export function reportInShort(report: string): string {
  const [, to] = /^To: <(.*)>\r$/m.exec(report) ?? [];
  const recipients = [...report.matchAll(/^Final-Recipient: ([^]*?)\r\nAction: (\w+)\r\nStatus: (\S+)\r$/gm)];
  const about = recipients.map(([, final = '', , status]) => `${final.replace(/^[\w-]+; /, '')} ${status}`);
  return `${recipients[0]?.[2]} to ${to}: ${about.join(', ')}`;
}

/** The part for people. */
function wordsOf(report: string): string {
  const [, head = '', part = ''] =
    /\r\n(Content-Type: text\/plain[^]*?\r\n)\r\n([^]*?)\r\n--=_report/.exec(report) ?? [];
  const lines = part.replaceAll('\r\n', '\n').trimEnd();
  return head.includes('quoted-printable') ? unquoted(lines) : lines;
}

function unquoted(text: string): string {
  const octets = text
    .replace(/=\n/g, '')
    .replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(octets, 'latin1').toString('utf8');
}

/** What `posthorn journey` prints about them, the words of each report, and its journey where it has one; random ids are named instead. */
export async function journeyOf(told: Told, messages: readonly string[], meanwhile: readonly Page[]): Promise<string> {
  const pages: string[] = [];
  const names = new Map<string, string>();
  let reports = 0;
  for (const [i, message] of messages.entries()) {
    names.set(message, messages.length === 1 ? '{message}' : `{message ${i + 1}}`);
    pages.push(await printed(told.store, message));
    for (const { id, text } of await reportsOf(told, message)) {
      names.set(id, `{report ${++reports}}`);
      const [, to] = /^To: <(.*)>\r$/m.exec(text) ?? [];
      pages.push(`--- The report to ${to} says:\n\n${wordsOf(text)}`);
      const left = await told.store.read('deliveries', { message: id });
      if (left.length > 0) pages.push(`--- The report went on:\n\n${await printed(told.store, id)}`);
      pages.push(...(await notesInWords(told, id, names)));
    }
    pages.push(...(await notesInWords(told, message, names)));
    for (const { facts } of await told.store.read('events', { message }))
      if (facts.kind === 'filed') names.set(facts.uidl, '{uidl}');
  }
  pages.push(...meanwhile.map(({ words }) => words));
  return `${withNames(pages.join('\n\n'), names)}\n`;
}

async function notesInWords(told: Told, message: string, names: Map<string, string>): Promise<readonly string[]> {
  const pages: string[] = [];
  for (const id of await notesOf(told, message)) {
    names.set(id, '{note}');
    const text = await textOfMessage(told.store, id);
    const words = text.slice(text.indexOf('\r\n\r\n') + 4).replaceAll('\r\n', '\n');
    pages.push(`--- The note to the postmaster says:\n\n${words.trimEnd()}`);
  }
  return pages;
}

async function printed(store: Store, message: string): Promise<string> {
  return (await findStories(store, message)).map((story) => inWords(story).join('\n')).join('\n\n');
}

function withNames(text: string, names: ReadonlyMap<string, string>): string {
  return [...names].reduce((left, [random, name]) => left.replaceAll(random, name), text);
}

function localPart(address: string): string {
  return address.split('@')[0] ?? '';
}
