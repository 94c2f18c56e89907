/** A mail client that speaks JMAP to the built program, as a test needs one. */
import assert from 'node:assert/strict';
import { asJson, ask, basic } from './http.ts';
import { PASSWORD } from './program.ts';

// oxlint-disable-next-line typescript/no-explicit-any
export type Answered = Record<string, any>;
export type Call = readonly [name: string, args: Readonly<Record<string, unknown>>, id: string];

const USING = [
  'urn:ietf:params:jmap:core',
  'urn:ietf:params:jmap:mail',
  'urn:ietf:params:jmap:submission',
  'urn:posthorn:outbox',
];

export interface Draft {
  readonly to: readonly string[];
  readonly subject: string;
  readonly text?: string;
  readonly inReplyTo?: readonly string[];
}

export class MailClient {
  /** Of the host as it runs now. */
  port: number;
  readonly #name: string;
  #account = '';
  #boxes: ReadonlyMap<string, string> = new Map();

  private constructor(port: number, name: string) {
    this.port = port;
    this.#name = name;
  }

  static async logIn(port: number, name: string): Promise<MailClient> {
    const client = new MailClient(port, name);
    const session = (await ask(port, '/.well-known/jmap', { headers: basic(name, PASSWORD) })).json() as Answered;
    client.#account = session['primaryAccounts']['urn:ietf:params:jmap:submission'] as string;
    const { list } = await client.ok('Mailbox/get', { ids: null });
    client.#boxes = new Map((list as Answered[]).map(({ role, id }) => [role as string, id as string]));
    return client;
  }

  box(role: string): string {
    return this.#boxes.get(role) ?? '';
  }

  /** The responses' arguments, in order; rejects for one that is an error, or a broken connection. */
  async calls(methodCalls: readonly Call[]): Promise<readonly Answered[]> {
    const named = methodCalls.map(([name, args, id]) => [name, { accountId: this.#account, ...args }, id]);
    const request = asJson({ using: USING, methodCalls: named }, basic(this.#name, PASSWORD));
    const answer = await ask(this.port, '/jmap/api', request);
    assert.equal(answer.status, 200, answer.text);
    const responses = (answer.json() as Answered)['methodResponses'] as [string, Answered, string][];
    for (const [name, args] of responses) assert.notEqual(name, 'error', JSON.stringify(args));
    return responses.map(([, args]) => args);
  }

  async ok(name: string, args: Readonly<Record<string, unknown>>): Promise<Answered> {
    const [answer] = await this.calls([[name, args, 'c']]);
    assert.ok(answer);
    return answer;
  }

  /** The Email object that a draft is made from. */
  email({ to, subject, text = 'Hello', inReplyTo }: Draft): Answered {
    return {
      mailboxIds: { [this.box('drafts')]: true },
      keywords: { $draft: true, $seen: true },
      from: [{ name: null, email: this.#name }],
      to: to.map((email) => ({ name: null, email })),
      subject,
      ...(inReplyTo === undefined ? {} : { inReplyTo, references: inReplyTo }),
      bodyValues: { t: { value: text } },
      textBody: [{ partId: 't', type: 'text/plain' }],
    };
  }

  async draft(draft: Draft): Promise<string> {
    const set = await this.ok('Email/set', { create: { d: this.email(draft) } });
    assert.ok(set['created']?.d, JSON.stringify(set['notCreated']));
    return set['created'].d.id as string;
  }

  /** EmailSubmission/set for an email ("#d" for one of the same request), which then lies in Sent; held for so many seconds. */
  submission(emailId: string, to: readonly string[], hold?: number): Call {
    const [sent, drafts] = [this.box('sent'), this.box('drafts')];
    const parameters = hold === undefined ? null : { HOLDFOR: String(hold) };
    const envelope = {
      mailFrom: { email: this.#name, parameters },
      rcptTo: to.map((email) => ({ email, parameters: null })),
    };
    const moved = { [`mailboxIds/${sent}`]: true, [`mailboxIds/${drafts}`]: null, 'keywords/$draft': null };
    const create = { s: { identityId: 'own', emailId, envelope } };
    return ['EmailSubmission/set', { create, onSuccessUpdateEmail: { '#s': moved } }, 's'];
  }

  /** Writes and sends in one request; the submission's id and the email's. */
  async send(draft: Draft, hold?: number): Promise<{ readonly id: string; readonly emailId: string }> {
    const create = { d: this.email(draft) };
    const [email, submission] = await this.calls([
      ['Email/set', { create }, 'd'],
      this.submission('#d', draft.to, hold),
    ]);
    assert.ok(submission?.['created']?.s, JSON.stringify([email, submission]));
    return { id: submission['created'].s.id as string, emailId: email?.['created'].d.id as string };
  }

  /** Takes a submission back, and its letter to Drafts; what the answer says of the submission. */
  async cancel(id: string): Promise<Answered> {
    const back = {
      [`mailboxIds/${this.box('sent')}`]: null,
      [`mailboxIds/${this.box('drafts')}`]: true,
      'keywords/$draft': true,
    };
    return this.ok('EmailSubmission/set', {
      update: { [id]: { undoStatus: 'canceled' } },
      onSuccessUpdateEmail: { [id]: back },
    });
  }

  /** The emails of a mailbox, newest first. */
  async list(role: string, properties: readonly string[] = ['id', 'subject']): Promise<readonly Answered[]> {
    const [, emails] = await this.calls([
      ['Email/query', { filter: { inMailbox: this.box(role) } }, 'q'],
      ['Email/get', { '#ids': { resultOf: 'q', name: 'Email/query', path: '/ids' }, properties }, 'g'],
    ]);
    return emails?.['list'] as Answered[];
  }

  async submissions(): Promise<readonly Answered[]> {
    return (await this.ok('EmailSubmission/get', { ids: null }))['list'] as Answered[];
  }

  async outbox(id: string): Promise<Answered> {
    return (await this.ok('Outbox/get', { ids: [id] }))['list'][0] as Answered;
  }
}
