/** Hands for a composer: what people do with a mouse, a clipboard and files, and what then lies with the recipient. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { CDPSession, Page } from 'playwright-core';
import { type JmapClient, jmapClient } from '../jmap-client.ts';
import { eventually, type RunningHost, scratch } from '../program.ts';

export const composer = (page: Page) => page.locator('.composer');
export const body = (page: Page) => page.getByRole('textbox', { name: 'Text of the message' });
export const field = (page: Page, name: 'To' | 'Cc' | 'Bcc') => page.getByRole('combobox', { name, exact: true });
export const chips = (page: Page, name: 'to' | 'cc' | 'bcc'): Promise<readonly string[]> =>
  page.locator(`[data-field=${name}] .person-chip`).allInnerTexts();
export const files = (page: Page) => page.locator('.compose-file');

export const card = (page: Page) => page.locator('.compose-notes .error-card');

/** One red pixel. */
export const PIXEL = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==',
  'base64',
);

export interface Letter {
  readonly to?: string;
  readonly subject?: string;
  readonly text?: string;
}

/** By keyboard alone. */
export async function begin(page: Page, { to, subject, text }: Letter = {}): Promise<void> {
  await page.keyboard.press('c');
  await field(page, 'To').waitFor();
  if (to !== undefined) await page.keyboard.type(`${to},`);
  if (subject !== undefined) await page.getByRole('textbox', { name: 'Subject' }).fill(subject);
  await body(page).focus();
  if (text !== undefined) await page.keyboard.type(text);
}

export async function sendNow(page: Page): Promise<void> {
  await page.keyboard.press('Control+Enter');
  await isSent(page);
}

/** Its composer is gone; else it says why. */
export async function isSent(page: Page): Promise<void> {
  await composer(page)
    .waitFor({ state: 'detached' })
    .catch(async (error: unknown) => {
      throw new Error(
        `it was not sent: ${(await page.locator('.compose-notes').evaluate((box) => box.textContent)) ?? ''}`,
        { cause: error },
      );
    });
}

export async function throwAway(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Discard' }).click();
  await composer(page).waitFor({ state: 'detached' });
}

/** Opens the composer with an answer to the conversation that is open: by its key. */
export async function answer(page: Page, key: 'r' | 'a' | 'f'): Promise<void> {
  await page.keyboard.press(key);
  await body(page).waitFor();
}

/** How this browser writes, without a time in which a message could be taken back. */
export async function writeLike(page: Page, wishes: object): Promise<void> {
  const kept = JSON.stringify({ undoSeconds: 0, ...wishes });
  await page.evaluate((text) => {
    localStorage.setItem('posthorn.writing', text);
  }, kept);
  await page.reload();
  await page.locator('.list h1').waitFor();
}

export interface Pasted {
  readonly html?: string;
  readonly text?: string;
  readonly files?: readonly { readonly name: string; readonly type: string; readonly octets: Buffer }[];
}

/** What the clipboard holds goes where focus is. */
export async function paste(page: Page, { html, text, files: all = [] }: Pasted): Promise<void> {
  const packed = all.map(({ octets, ...file }) => ({ ...file, base64: octets.toString('base64') }));
  await page.evaluate(
    ([rich, plain, pieces]) => {
      const data = new DataTransfer();
      if (rich !== undefined) data.setData('text/html', rich);
      if (plain !== undefined) data.setData('text/plain', plain);
      for (const { name, type, base64 } of pieces) {
        const octets = Uint8Array.from(atob(base64), (sign) => sign.charCodeAt(0));
        data.items.add(new File([octets], name, { type }));
      }
      const event = new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true });
      document.activeElement?.dispatchEvent(event);
    },
    [html, text, packed] as const,
  );
}

const FULL = { status: 500, json: { title: 'The disk is full.' } };

interface Gate {
  /** What waits fails or goes on, and no other comes to it. */
  readonly fail: () => Promise<void>;
  readonly open: () => Promise<void>;
  /** How many came to it. */
  readonly count: () => number;
}

/** Uploads wait until it is said what becomes of them. */
export async function holdUploads(page: Page): Promise<Gate> {
  const said = Promise.withResolvers<'fail' | 'open'>();
  const answers: Promise<void>[] = [];
  const url = '**/jmap/upload/**';
  await page.route(url, (route) => {
    const answer = said.promise.then((what) => (what === 'open' ? route.continue() : route.fulfill(FULL)));
    // One that was stopped meanwhile can't be answered any more.
    answers.push(answer.catch(() => undefined));
    return answers.at(-1);
  });
  const say = async (what: 'fail' | 'open'): Promise<void> => {
    said.resolve(what);
    await Promise.all(answers);
    await page.unroute(url);
  };
  return { fail: () => say('fail'), open: () => say('open'), count: () => answers.length };
}

/** Submissions are refused as `with` said last; the emails that go with them are really made. */
export async function answerSubmissions(
  page: Page,
): Promise<{ readonly with: (type: string) => void; readonly end: () => Promise<void> }> {
  let refusal = '';
  const url = '**/jmap/api';
  await page.route(url, async (route) => {
    const request = route.request().postDataJSON() as { readonly methodCalls: [string, Got, string][] };
    const submission = request.methodCalls.find(([name]) => name === 'EmailSubmission/set');
    if (submission === undefined) return route.continue();
    const others = { ...request, methodCalls: request.methodCalls.filter((one) => one !== submission) };
    const response = await route.fetch({ postData: JSON.stringify(others) });
    const answer = (await response.json()) as { methodResponses: unknown[] };
    const names = Object.keys(submission[1]['create'] as object);
    const notCreated = Object.fromEntries(names.map((name) => [name, { type: refusal, description: 'Said so.' }]));
    answer.methodResponses.push(['EmailSubmission/set', { created: null, notCreated }, submission[2]]);
    return route.fulfill({ response, json: answer });
  });
  return { with: (type) => void (refusal = type), end: () => page.unroute(url) };
}

/** Files from outside the browser, dragged with the mouse as the system does it. */
export class Dragged {
  private readonly session: CDPSession;
  private readonly paths: readonly string[];

  private constructor(session: CDPSession, paths: readonly string[]) {
    this.session = session;
    this.paths = paths;
  }

  static async of(t: TestContext, page: Page, contents: Readonly<Record<string, Buffer>>): Promise<Dragged> {
    const directory = await scratch(t);
    const paths: string[] = [];
    for (const [name, octets] of Object.entries(contents)) {
      paths.push(join(directory, name));
      await writeFile(join(directory, name), octets);
    }
    return new Dragged(await page.context().newCDPSession(page), paths);
  }

  over(x: number, y: number): Promise<void> {
    return this.act(['dragEnter', 'dragOver'], x, y);
  }

  async dropOn(page: Page, zone: string): Promise<void> {
    const box = await page.locator('.compose-zone').filter({ hasText: zone }).boundingBox();
    if (box === null) throw new Error(`nowhere to drop: ${zone}`);
    await this.drop(box.x + box.width / 2, box.y + box.height / 2);
  }

  drop(x: number, y: number): Promise<void> {
    return this.act(['dragOver', 'drop'], x, y);
  }

  private async act(types: readonly ('dragEnter' | 'dragOver' | 'drop')[], x: number, y: number): Promise<void> {
    const data = { items: [], files: [...this.paths], dragOperationsMask: 1 };
    for (const type of types) await this.session.send('Input.dispatchDragEvent', { type, x, y, data });
  }
}

// oxlint-disable-next-line typescript/no-explicit-any
export type Got = Record<string, any>;

/** A mailbox as its owner's other program sees it. */
export class Mailbox {
  readonly client: JmapClient;

  private constructor(client: JmapClient) {
    this.client = client;
  }

  static async of(host: RunningHost, login: string): Promise<Mailbox> {
    return new Mailbox(await jmapClient(host, login));
  }

  /** A message in the Inbox; line ends may be LF. Gives its id. */
  async put(text: string): Promise<string> {
    const blobId = await this.client.upload(Buffer.from(text.replaceAll(/\r?\n/g, '\r\n')));
    const { list } = await this.client.call('Mailbox/get', { ids: null });
    const inbox = (list as Got[]).find(({ role }) => role === 'inbox')?.['id'] as string;
    const { created } = await this.client.call('Email/import', {
      emails: { k: { blobId, mailboxIds: { [inbox]: true } } },
    });
    return created.k.id as string;
  }

  /** The message of exactly this subject, once it is there. */
  async get(subject: string): Promise<Got> {
    const id = await eventually(`“${subject}” is there`, async () => {
      const { ids } = await this.client.call('Email/query', { filter: { subject } });
      const { list } = await this.client.call('Email/get', { ids, properties: ['subject'] });
      return (list as Got[]).find((one) => one['subject'] === subject)?.['id'] as string | undefined;
    });
    const { list } = await this.client.call('Email/get', {
      ids: [id],
      properties: ['id', 'blobId', 'from', 'to', 'cc', 'inReplyTo', 'references', 'keywords', 'bodyStructure', 'bodyValues', 'attachments', 'textBody', 'htmlBody'],
      bodyProperties: ['partId', 'blobId', 'type', 'name', 'cid', 'disposition', 'size', 'subParts', 'headers'],
      fetchAllBodyValues: true,
    }); // prettier-ignore
    return list[0] as Got;
  }

  /** Its octets, as they are stored. */
  async octets({ blobId }: Got): Promise<string> {
    return (await this.client.download(blobId as string)).toString('latin1');
  }
}

/** `multipart/mixed(text/plain application/pdf)` */
export function shapeOf({ type, subParts }: Got): string {
  const inner = (subParts as Got[] | null | undefined) ?? [];
  return inner.length === 0 ? (type as string) : `${type}(${inner.map(shapeOf).join(' ')})`;
}

/** What its text part says, the lines of a paragraph as they came. */
export function textOf({ textBody, bodyValues }: Got): string {
  return bodyValues[textBody[0].partId].value as string;
}

export function htmlOf({ htmlBody, bodyValues }: Got): string {
  return bodyValues[htmlBody[0].partId].value as string;
}
