/** What a case says to a JMAP server and what it hears: plain HTTP, as any client would send it. */
import type { Case, Level } from '../case.ts';
import { Mismatch } from '../connection.ts';

// oxlint-disable-next-line typescript/no-explicit-any
export type Answered = Record<string, any>;
export type Call = readonly [name: string, args: Answered, id: string];
export type Responses = readonly [name: string, args: Answered, id: string][];

export const CORE = 'urn:ietf:params:jmap:core';
export const MAIL = 'urn:ietf:params:jmap:mail';
export const SUBMISSION = 'urn:ietf:params:jmap:submission';
export const USING: readonly string[] = [CORE, MAIL, SUBMISSION];

export interface JmapServer {
  readonly origin: string;
  /** Of accounts at the same server. */
  readonly ann: User;
  readonly bob: User;
  readonly password: string;
  readonly smtpPort: number;
  readonly pop3Port: number;
}

export type JmapCase = Case<JmapServer>;

/** A row of a table of cases. */
type Row = readonly [id: string, level: Level, what: string, play: JmapCase['play']];

export function group(title: string, rows: readonly Row[]): readonly JmapCase[] {
  return rows.map(([id, level, what, play]) => ({ id, group: title, level, what, play }));
}

// --- What was expected ---

/** Fails unless both are the same JSON. */
export function same(given: unknown, expected: unknown, about: string): void {
  compare(given, expected, about, true);
}

/** The same, but objects may have more than is expected; a RegExp stands for a text, a function says itself. */
export function like(given: unknown, expected: unknown, about: string): void {
  compare(given, expected, about, false);
}

export function holds(is: boolean, about: string, given: unknown): void {
  if (!is) throw new Mismatch(about, shown(given));
}

function compare(given: unknown, expected: unknown, at: string, exact: boolean): void {
  if (expected instanceof RegExp)
    return holds(typeof given === 'string' && expected.test(given), `${at}: ${String(expected)}`, given);
  if (typeof expected === 'function') return holds((expected as (value: unknown) => boolean)(given), at, given);
  if (typeof expected !== 'object' || expected === null)
    return holds(given === expected, `${at}: ${shown(expected)}`, given);
  if (typeof given !== 'object' || given === null || Array.isArray(given) !== Array.isArray(expected))
    throw new Mismatch(`${at}: ${shown(expected)}`, shown(given));
  const [has, wants] = [Object.keys(given), Object.keys(expected)];
  const other = exact || Array.isArray(expected) ? has.find((name) => !wants.includes(name)) : undefined;
  if (other !== undefined) throw new Mismatch(`${at}: nothing at ${other}`, shown((given as Answered)[other]));
  for (const name of wants) compare((given as Answered)[name], (expected as Answered)[name], `${at}/${name}`, exact);
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 300 ? `${text.slice(0, 297)}...` : text;
}

// --- Users ---

export interface Heard {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly json: Answered;
}

export async function hear(url: string, init: RequestInit = {}): Promise<Heard> {
  const response = await fetch(url, { ...init, signal: AbortSignal.timeout(15_000) });
  const text = await response.text();
  const isJson = /json/.test(response.headers.get('content-type') ?? '') && text !== '';
  return {
    status: response.status,
    headers: response.headers,
    text,
    json: isJson ? (JSON.parse(text) as Answered) : {},
  };
}

let names = 0;

/** No other mailbox, account or message has it. */
export function fresh(prefix: string): string {
  return `${prefix}-${String((names += 1))}`;
}

/** Somebody who has logged in with Basic. */
export class User {
  readonly name: string;
  readonly session: Answered;
  readonly account: string;
  readonly authorization: string;
  /** Ids of mailboxes by their role. */
  boxes: Readonly<Record<string, string>> = {};

  private constructor(name: string, session: Answered, authorization: string) {
    this.name = name;
    this.session = session;
    this.authorization = authorization;
    this.account = session['primaryAccounts'][MAIL] as string;
  }

  static async logIn(origin: string, name: string, password: string): Promise<User> {
    const authorization = basic(name, password);
    const { json } = await hear(`${origin}/.well-known/jmap`, { headers: { authorization } });
    const user = new User(name, json, authorization);
    const list = (await user.ok('Mailbox/get', { ids: null }))['list'] as Answered[];
    user.boxes = Object.fromEntries(list.map(({ role, id }) => [String(role), String(id)]));
    return user;
  }

  /** The octets of a body, as they are. */
  post(body: string | Uint8Array, type = 'application/json'): Promise<Heard> {
    const headers = { authorization: this.authorization, 'content-type': type };
    return hear(this.session['apiUrl'] as string, { method: 'POST', headers, body: body as string });
  }

  request(methodCalls: unknown, more: Answered = {}): Promise<Heard> {
    return this.post(JSON.stringify({ using: USING, methodCalls, ...more }));
  }

  /** The responses, in order; `accountId` is added to what lacks it. */
  async calls(...calls: readonly Call[]): Promise<Responses> {
    const all = calls.map(([name, args, id]) => [name, this.#mine(name, args), id]);
    const heard = await this.request(all);
    holds(heard.status === 200, 'status 200', [heard.status, heard.text]);
    return heard.json['methodResponses'] as Responses;
  }

  #mine(name: string, args: Answered): Answered {
    return name.startsWith('Core/') || name.startsWith('PushSubscription/')
      ? args
      : { accountId: this.account, ...args };
  }

  /** The arguments of the only response, which is no error. */
  async ok(name: string, args: Answered = {}): Promise<Answered> {
    const [first] = await this.calls([name, args, 'c']);
    holds(first?.[0] === name, name, first);
    return first?.[1] ?? {};
  }

  /** The arguments of the error that it is answered with. */
  async error(name: string, args: Answered = {}): Promise<Answered> {
    const [first] = await this.calls([name, args, 'c']);
    holds(first?.[0] === 'error', `an error to ${name}`, first);
    return first?.[1] ?? {};
  }

  async refused(type: string, name: string, args: Answered = {}): Promise<void> {
    same((await this.error(name, args))['type'], type, `the error of ${name}`);
  }

  // --- Objects ---

  /** What was made of the only object of a /set. */
  async made(type: string, properties: Answered): Promise<Answered> {
    const set = await this.ok(`${type}/set`, { create: { k: properties } });
    holds(set['created']?.k !== undefined, `a ${type} that was made`, set['notCreated']);
    return set['created'].k as Answered;
  }

  async notMade(type: string, properties: Answered): Promise<Answered> {
    const set = await this.ok(`${type}/set`, { create: { k: properties } });
    holds(set['notCreated']?.k !== undefined, `a ${type} that was not made`, set['created']);
    return set['notCreated'].k as Answered;
  }

  async changed(type: string, id: string, patch: Answered): Promise<Answered | null> {
    const set = await this.ok(`${type}/set`, { update: { [id]: patch } });
    holds(set['updated']?.[id] !== undefined, `a ${type} that was changed`, set['notUpdated']);
    return set['updated'][id] as Answered | null;
  }

  async notChanged(type: string, id: string, patch: Answered): Promise<Answered> {
    const set = await this.ok(`${type}/set`, { update: { [id]: patch } });
    holds(set['notUpdated']?.[id] !== undefined, `a ${type} that was not changed`, set['updated']);
    return set['notUpdated'][id] as Answered;
  }

  async destroyed(type: string, ids: readonly string[], more: Answered = {}): Promise<void> {
    const set = await this.ok(`${type}/set`, { destroy: ids, ...more });
    same(set['destroyed'], ids, 'destroyed');
  }

  async notDestroyed(type: string, id: string, more: Answered = {}): Promise<Answered> {
    const set = await this.ok(`${type}/set`, { destroy: [id], ...more });
    holds(set['notDestroyed']?.[id] !== undefined, `a ${type} that was not destroyed`, set['destroyed']);
    return set['notDestroyed'][id] as Answered;
  }

  async one(type: string, id: string, more: Answered = {}): Promise<Answered> {
    const got = await this.ok(`${type}/get`, { ids: [id], ...more });
    holds(got['list'].length === 1, `one ${type}`, got);
    return got['list'][0] as Answered;
  }

  async state(type: string): Promise<string> {
    return (await this.ok(`${type}/get`, { ids: [] }))['state'] as string;
  }

  async since(type: string, sinceState: string, more: Answered = {}): Promise<Answered> {
    return this.ok(`${type}/changes`, { sinceState, ...more });
  }

  // --- Mail ---

  /** The id of a new mailbox. */
  async mailbox(properties: Answered = {}): Promise<string> {
    return (await this.made('Mailbox', { name: fresh('box'), ...properties }))['id'] as string;
  }

  /** The id of an email made from the octets of a message; a character is an octet. */
  async letter(mailbox: string, message: string, more: Answered = {}): Promise<string> {
    const blobId = await this.upload(Buffer.from(message.replace(/\r?\n/g, '\r\n'), 'latin1'), 'message/rfc822');
    const emails = { k: { blobId, mailboxIds: { [mailbox]: true }, ...more } };
    const done = await this.ok('Email/import', { emails });
    holds(done['created']?.k !== undefined, 'an email that was imported', done['notCreated']);
    return done['created'].k.id as string;
  }

  async email(id: string, properties: readonly string[], more: Answered = {}): Promise<Answered> {
    return this.one('Email', id, { properties, ...more });
  }

  async search(filter: Answered | null, more: Answered = {}): Promise<readonly string[]> {
    return (await this.ok('Email/query', { filter, ...more }))['ids'] as string[];
  }

  // --- Blobs ---

  async upload(octets: Uint8Array | string, type = 'application/octet-stream'): Promise<string> {
    const heard = await this.uploaded(octets, type);
    same(heard.status, 201, 'status of an upload');
    return heard.json['blobId'] as string;
  }

  uploaded(octets: Uint8Array | string, type: string, account = this.account): Promise<Heard> {
    const url = (this.session['uploadUrl'] as string).replace('{accountId}', account);
    const headers = { authorization: this.authorization, 'content-type': type };
    return hear(url, { method: 'POST', headers, body: octets as string });
  }

  downloadUrl(
    blobId: string,
    { name = 'file', type = 'application/octet-stream', account = this.account } = {},
  ): string {
    const values: Readonly<Record<string, string>> = { accountId: account, blobId, name, type };
    return (this.session['downloadUrl'] as string).replace(/\{(\w+)\}/g, (_, key: string) =>
      encodeURIComponent(values[key] ?? ''),
    );
  }

  downloaded(blobId: string, wish: { name?: string; type?: string; account?: string } = {}): Promise<Heard> {
    return hear(this.downloadUrl(blobId, wish), { headers: { authorization: this.authorization } });
  }
}

function basic(name: string, password: string): string {
  return `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`;
}

/** The octets of a message; fields as they stand, CRLF is added. */
export function message(fields: readonly string[], body = 'Hello'): string {
  const has = (name: string): boolean => fields.some((field) => field.toLowerCase().startsWith(`${name}:`));
  const usual = [
    ...(has('from') ? [] : ['From: Ann <ann@a.test>']),
    ...(has('message-id') ? [] : [`Message-ID: <${fresh('letter')}@a.test>`]),
    ...(has('date') ? [] : ['Date: Thu, 1 Jan 2026 12:00:00 +0000']),
  ];
  return `${[...usual, ...fields].join('\n')}\n\n${body}\n`;
}

/** A list of results with changes on it, as RFC 8620 §5.6 says that a client does it. */
export function replayed(ids: readonly string[], { removed, added }: Answered): readonly string[] {
  const list = ids.filter((id) => !(removed as string[]).includes(id));
  for (const { id, index } of added as { readonly id: string; readonly index: number }[]) list.splice(index, 0, id);
  return list;
}
