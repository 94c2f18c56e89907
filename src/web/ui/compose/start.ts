/** How a letter begins: empty, as an answer, as something handed on, or as the draft it was. */
import { downloadUrl } from '../jmap/api.ts';
import type { Api } from '../jmap/api.ts';
import { only } from '../jmap/api.ts';
import type { BodyPart, FullEmail, GetResult } from '../jmap/types.ts';
import { bodyOf, filesOf, picturesInside } from '../reader/body.ts';
import { BODY_PROPERTIES, FULL_PROPERTIES } from '../reader/letters.ts';
import type { Story } from '../reader/story.ts';
import { answerAll, answerFrom, answerSubject, answerThread, answerTo, forwardSubject, wasBlind } from './answer.ts';
import { FACTS_FIELD, htmlOfText, readFacts } from './content.ts';
import type { Content, DraftFacts, DraftFile, Quote } from './content.ts';
import { OUTBOX } from './correspondents.ts';
import { fromFlowed } from './flowed.ts';
import { blankPicture, cleanHtml, cleanNodes, textOf, textOfHtml, unboxed, writeHtml } from './html.ts';
import { signatureText } from './identities.ts';
import type { Identity } from './identities.ts';
import { readPerson } from './people.ts';
import type { Entry, Person } from './people.ts';
import { attribution, forwardedHead, quoteText } from './quote.ts';

export interface Wishes {
  readonly mode: 'plain' | 'rich';
  readonly reply: 'above' | 'below' | 'inline';
}

export interface Begun {
  readonly content: Content;
  readonly key: string;
  readonly serverId: string | undefined;
  /** It answers all, and nobody of them knew that one had it: whom it would go to if it answered the writer alone. */
  readonly blindTo?: readonly Entry[];
}

/** Octets of one body value that an answer quotes, or a draft has. */
export const MOST_TEXT = 8 * 1024 * 1024;

/** Mailing lists name themselves (RFC 2919). */
const LIST_FIELD = 'header:List-Id:asText';

/** What the last host writes on top, with the address that it was for. */
const DELIVERED_FIELD = 'header:Delivered-To:asText:all';

/** For answering, more than for reading. */
export const ANSWER_FIELDS = [LIST_FIELD, DELIVERED_FIELD];

export type Loaded = FullEmail & {
  readonly [FACTS_FIELD]?: string | null;
  readonly [LIST_FIELD]?: string | null;
  readonly [DELIVERED_FIELD]?: readonly string[];
};

/** Throws a Trouble where it can't be loaded. */
export async function loadLetter(api: Api, id: string): Promise<Loaded> {
  const { list } = await api.call<GetResult<Loaded>>('Email/get', {
    ids: [id],
    properties: [...FULL_PROPERTIES, FACTS_FIELD, ...ANSWER_FIELDS],
    bodyProperties: BODY_PROPERTIES,
    fetchTextBodyValues: true,
    fetchHTMLBodyValues: true,
    maxBodyValueBytes: MOST_TEXT,
  });
  return only(list);
}

export const newKey = (): string => crypto.randomUUID();

export interface Prefill {
  readonly to?: readonly Entry[];
  readonly cc?: readonly Entry[];
  readonly bcc?: readonly Entry[];
  readonly subject?: string;
  readonly text?: string;
}

export function emptyContent(identity: Identity, wishes: Wishes, prefill: Prefill = {}): Content {
  const { text, html } = ownWords(identity, prefill.text ?? '');
  return {
    identity: identity.id,
    from: personOf(identity),
    replyTo: identity.replyTo,
    to: prefill.to ?? [],
    cc: prefill.cc ?? [],
    bcc: [...(prefill.bcc ?? []), ...asEntries(identity.bcc)],
    typed: { to: '', cc: '', bcc: '' },
    subject: prefill.subject ?? '',
    mode: wishes.mode,
    text: wishes.mode === 'rich' ? textOfHtml(html) : text,
    html: wishes.mode === 'rich' ? html : '',
    direction: 'auto',
    quote: undefined,
    files: [],
    inReplyTo: null,
    references: null,
    original: undefined,
  };
}

/** What one writes goes above the signature. */
function ownWords(identity: Identity, own: string): { readonly text: string; readonly html: string } {
  const [plain, rich] = [signatureText(identity), signatureHtml(identity)];
  const text = plain === '' ? own : `${own}\n\n${plain}`;
  return { text, html: rich === '' ? htmlOfText(own) : `${htmlOfText(own)}<div><br></div>${rich}` };
}

/** One box, so that another identity's can take its place. */
export function signatureHtml(identity: Pick<Identity, 'textSignature' | 'htmlSignature'>): string {
  const text = signatureText(identity);
  const rich = identity.htmlSignature.trim() === '' ? '' : cleanHtml(identity.htmlSignature);
  if (rich !== '') return `<div><div>-- </div>${rich}</div>`;
  return text === '' ? '' : `<div>${htmlOfText(text)}</div>`;
}

export function personOf(identity: Identity, email = identity.email): Person {
  return { name: identity.name.trim() === '' ? null : identity.name, email };
}

const asEntries = (people: readonly Person[] | null | undefined): readonly Entry[] =>
  (people ?? []).map((person) => ({ kind: 'person', person }));

/** An answer: to whom, from where it was written to, about what, with the quote where it is wished. */
export function answerContent(
  letter: FullEmail,
  {
    all,
    identities,
    wishes,
  }: { readonly all: boolean; readonly identities: readonly Identity[]; readonly wishes: Wishes },
): Content {
  const identity = answerFrom(letter, identities) ?? (identities[0] as Identity);
  const own = identities.map(({ email }) => email);
  const { to, cc } = all ? answerAll(letter, own) : { to: answerTo(letter, own), cc: [] };
  const { inReplyTo, references } = answerThread(letter);
  const quote = quoteOf(letter, wishes.reply === 'above' ? 'below' : 'above');
  const mode = wishes.mode === 'rich' || quote.html !== '' ? 'rich' : 'plain';
  const begun = emptyContent(identity, { ...wishes, mode });
  const content: Content = {
    ...begun,
    from: fromAddress(identity, letter),
    to: asEntries(to),
    cc: asEntries(cc),
    subject: answerSubject(letter.subject),
    quote,
    files: picturesOf(letter, quote.html),
    inReplyTo,
    references,
    original: { email: letter.id, mark: '$answered' },
  };
  return wishes.reply === 'inline' ? withRoomAbove(unfolded(content)) : content;
}

/** Whom an answer to all should perhaps go to alone, because one had the letter by Bcc; undefined where all knew. */
export async function blindTo(
  api: Api,
  letter: Loaded,
  identities: readonly Identity[],
): Promise<readonly Entry[] | undefined> {
  const own = identities.map(({ email }) => email);
  if (typeof letter[LIST_FIELD] === 'string' || !wasBlind(letter, own)) return undefined;
  // An alias may lead here that is no identity: those who wrote to it know.
  const came = await cameTo(api, letter).catch(() => []);
  return wasBlind(letter, [...own, ...came]) ? asEntries(answerTo(letter, own)) : undefined;
}

/** By which addresses it came: as this server took it, else as the provider that it was collected from has marked it. */
async function cameTo(api: Api, letter: Loaded): Promise<readonly string[]> {
  const isKept = Object.keys(letter.mailboxIds).length > 0 && api.speaks(OUTBOX);
  const recorded = isKept ? await envelopeOf(api, letter.id) : [];
  return recorded.length > 0 ? recorded : (letter[DELIVERED_FIELD] ?? []).slice(0, 1).map((one) => one.trim());
}

async function envelopeOf(api: Api, emailId: string): Promise<readonly string[]> {
  const { list } = await api.call<{ readonly list: readonly Story[] }>('Journey/get', { emailId, submissionId: null });
  return list.flatMap(({ recipients }) => recipients.map(({ email }) => email)).filter((email) => email !== '');
}

/** Who may write as a whole domain answers as the address there that was written to. */
function fromAddress(identity: Identity, { to, cc }: FullEmail): Person {
  if (!identity.email.startsWith('*@')) return personOf(identity);
  const domain = identity.email.slice(1).toLowerCase();
  const asked = [...(to ?? []), ...(cc ?? [])].find(({ email }) => email.toLowerCase().endsWith(domain));
  return personOf(identity, asked?.email ?? identity.email);
}

/** Handed on in the text, with its files where they lie: nothing is uploaded again. */
export function forwardContent(letter: FullEmail, identities: readonly Identity[], wishes: Wishes): Content {
  const identity = answerFrom(letter, identities) ?? (identities[0] as Identity);
  const { text, html } = bodiesOf(letter);
  const quote: Quote = { lead: forwardedHead(letter), text, html, position: 'below', isForward: true };
  const mode = wishes.mode === 'rich' || html !== '' ? 'rich' : 'plain';
  const pictures = picturesOf(letter, html);
  const taken = new Set(pictures.map(({ blobId }) => blobId));
  return {
    ...emptyContent(identity, { ...wishes, mode }),
    subject: forwardSubject(letter.subject),
    quote,
    files: [
      ...pictures,
      ...filesOf(letter)
        .filter(({ blobId }) => !taken.has(blobId ?? ''))
        .map(fileOf),
    ],
    references: answerThread(letter).references,
    original: { email: letter.id, mark: '$forwarded' },
  };
}

/** Handed on as it is, as a file (message/rfc822). */
export function attachContent(letter: FullEmail, identities: readonly Identity[], wishes: Wishes): Content {
  const identity = answerFrom(letter, identities) ?? (identities[0] as Identity);
  const name = `${
    (letter.subject ?? '')
      .replaceAll(/[^\p{L}\p{N} ._-]+/gu, ' ')
      .trim()
      .slice(0, 80) || 'message'
  }.eml`;
  return {
    ...emptyContent(identity, wishes),
    subject: forwardSubject(letter.subject),
    files: [{ key: newKey(), name, type: 'message/rfc822', size: letter.size, blobId: letter.blobId }],
    original: { email: letter.id, mark: '$forwarded' },
  };
}

function bodiesOf(letter: FullEmail): { readonly text: string; readonly html: string } {
  const body = bodyOf(letter, false);
  const html = (body.html ?? []).map(cleanHtml).join('');
  const plain = body.text === undefined ? undefined : plainOf(body.text, body.flowed);
  return { html, text: plain ?? textOfHtml(html) };
}

const plainOf = (text: string, flowed: 'yes' | 'delsp' | undefined): string =>
  flowed === undefined ? text.replaceAll(/\r\n?/gu, '\n') : fromFlowed(text, flowed === 'delsp');

function quoteOf(letter: FullEmail, position: Quote['position']): Quote {
  const { text, html } = bodiesOf(letter);
  return { lead: attribution(letter), text: quoteText(text), html, position, isForward: false };
}

/** Pictures that the quoted HTML shows: they go along, where they lie. */
function picturesOf(letter: FullEmail, html: string): readonly DraftFile[] {
  return picturesInside(letter)
    .filter(({ cid }) => html.includes(`cid:${encodeURIComponent(cid ?? '')}`))
    .map((part) => ({ ...fileOf(part), cid: part.cid ?? '' }));
}

function fileOf({ name, type, size, blobId }: BodyPart): DraftFile {
  return { key: newKey(), name: name ?? 'file', type, size, ...(blobId === null ? {} : { blobId }) };
}

/** The quote becomes part of the own text, to be written into. */
export function unfolded(content: Content): Content {
  const { quote, text, html } = content;
  if (quote === undefined) return content;
  const whole = `${quote.lead === '' ? '' : `${quote.lead}\n`}${quote.text}`;
  const rich = quotedForEditor(quote);
  const below = quote.position === 'below';
  return {
    ...content,
    quote: undefined,
    text: below ? `${text.trimEnd()}\n\n${whole}` : `${whole}\n\n${text.trimStart()}`,
    html: content.mode === 'plain' ? '' : below ? `${html}<div><br></div>${rich}` : `${rich}<div><br></div>${html}`,
  };
}

/** An empty line, where one begins to write. */
const withRoomAbove = (content: Content): Content => ({
  ...content,
  text: `\n${content.text}`,
  html: content.mode === 'plain' ? '' : `<div><br></div>${content.html}`,
});

function quotedForEditor({ lead, text, html, isForward }: Quote): string {
  const head = lead === '' ? '' : htmlOfText(lead);
  const inner = html === '' ? htmlOfText(isForward ? text : text.replaceAll(/^> ?/gmu, '')) : html;
  return isForward ? `${head}<div><br></div>${inner}` : `${head}<blockquote type="cite">${inner}</blockquote>`;
}

// --- A draft that lies on the server ---

export function draftContent(letter: Loaded, identities: readonly Identity[]): Begun {
  const facts = readFacts(letter[FACTS_FIELD]);
  const identity = identityOf(letter, identities, facts);
  const body = bodyOf(letter, false);
  const mode = body.html === undefined ? 'plain' : 'rich';
  const [one = '', ...others] = body.html ?? [];
  const html = others.length === 0 ? one : [one, ...others].map(cleanHtml).join('');
  const plain = body.text === undefined ? '' : plainOf(body.text, body.flowed);
  const whole: Content = {
    ...emptyContent(identity, { mode, reply: 'above' }),
    from: letter.from?.[0] ?? personOf(identity),
    replyTo: letter.replyTo,
    to: withUnclear(letter.to, facts?.unclear.to),
    cc: withUnclear(letter.cc, facts?.unclear.cc),
    bcc: withUnclear(letter.bcc, facts?.unclear.bcc),
    subject: letter.subject ?? '',
    text: plain,
    html: '',
    direction: facts?.direction ?? 'auto',
    files: draftFiles(letter, html),
    inReplyTo: letter.inReplyTo,
    references: letter.references,
    original: facts?.original,
  };
  const content = mode === 'rich' ? withHtml(whole, html, facts) : withText(whole, facts);
  return { content, key: facts?.key ?? newKey(), serverId: letter.id };
}

function identityOf(letter: FullEmail, identities: readonly Identity[], facts: DraftFacts | undefined): Identity {
  const byFacts = identities.find(({ id }) => id === facts?.identity);
  const byFrom = identities.find(({ email }) => email.toLowerCase() === letter.from?.[0]?.email.toLowerCase());
  return byFacts ?? byFrom ?? (identities[0] as Identity);
}

const withUnclear = (people: readonly Person[] | null, unclear: readonly string[] = []): readonly Entry[] => [
  ...asEntries(people),
  ...unclear.map(readPerson),
];

function draftFiles(letter: Loaded, html: string): readonly DraftFile[] {
  const pictures = picturesInside(letter).filter(
    ({ cid }) => html.includes(`cid:${cid ?? ''}`) || html.includes(`cid:${encodeURIComponent(cid ?? '')}`),
  );
  const inText = new Set(pictures.map(({ blobId }) => blobId));
  // A picture that was deleted from the text is kept with the draft, for undoing that, and is no file beside it.
  const isLeft = ({ cid, disposition }: BodyPart): boolean =>
    letter[FACTS_FIELD] !== undefined && letter[FACTS_FIELD] !== null && cid !== null && disposition === 'inline';
  return [
    ...pictures.map((part) => ({ ...fileOf(part), cid: part.cid ?? '' })),
    ...letter.attachments
      .filter((part) => part.blobId !== null && !inText.has(part.blobId) && !isLeft(part))
      .map(fileOf),
  ];
}

/** The quote is folded again, where its first line still stands as it was. */
function withText(content: Content, facts: DraftFacts | undefined): Content {
  const parts = facts?.quote === undefined ? undefined : splitQuote(content.text, facts.quote);
  if (parts === undefined || facts?.quote === undefined) return content;
  return { ...content, text: parts.own, quote: { ...facts.quote, text: parts.quoted, html: '' } };
}

/** Own words and what is quoted of a whole text; undefined where the line between them is gone. */
function splitQuote(
  text: string,
  { lead, position }: NonNullable<DraftFacts['quote']>,
): { readonly own: string; readonly quoted: string } | undefined {
  const at = lead === '' ? -1 : `\n${text}`.lastIndexOf(`\n${lead}\n`);
  if (at < 0) return undefined;
  const rest = text.slice(at + lead.length + 1);
  if (position === 'below') return { own: text.slice(0, at).replace(/\n+$/u, ''), quoted: rest };
  const lines = rest.split('\n');
  const end = lines.findIndex((line) => !line.startsWith('>'));
  if (end < 0) return { own: '', quoted: rest };
  return { own: lines.slice(end).join('\n').replace(/^\n/u, ''), quoted: lines.slice(0, end).join('\n') };
}

function withHtml(content: Content, html: string, facts: DraftFacts | undefined): Content {
  const clean = cleanNodes(html, blankPicture);
  if (clean === undefined) return { ...content, mode: 'plain' };
  const nodes = unboxed(clean);
  const quote = facts?.quote === undefined ? undefined : takeQuote(nodes, facts.quote, content.text);
  for (const gap of [...nodes.children].filter((one) => one.nodeName === 'BR' && quote !== undefined)) gap.remove();
  const [own, ...others] = nodes.children;
  const isOurs = others.length === 0 && own instanceof HTMLElement && own.nodeName === 'DIV' && own.hasAttribute('dir');
  const kept = isOurs ? own : nodes;
  return { ...content, html: writeHtml(kept), text: textOf(kept), quote };
}

/** Takes what is quoted out of the nodes; undefined where it is no longer what it was. */
function takeQuote(nodes: DocumentFragment, facts: NonNullable<DraftFacts['quote']>, text: string): Quote | undefined {
  const bare = (some: string | null): string => (some ?? '').replaceAll(/\s+/gu, '');
  const lead = [...nodes.children].findLast((one) => bare(one.textContent) === bare(facts.lead));
  const next = lead?.nextElementSibling;
  const box = facts.isForward ? next?.nextElementSibling : next;
  if (!(box instanceof HTMLElement) || box.nodeName !== (facts.isForward ? 'DIV' : 'BLOCKQUOTE')) return undefined;
  const html = writeHtml(box);
  const plain = splitQuote(text, facts)?.quoted ?? (facts.isForward ? textOf(box) : quoteText(textOf(box)));
  lead?.remove();
  box.remove();
  return { ...facts, html, text: plain };
}

/** Where a picture of the letter lies. */
export function pictureAddress(api: Api, files: readonly DraftFile[], local: (key: string) => string | undefined) {
  return (cid: string): string | undefined => {
    const file = files.find((one) => one.cid === cid);
    if (file === undefined) return undefined;
    if (file.blobId === undefined) return local(file.key);
    return new URL(downloadUrl(api.session, api.account, file.blobId, file.name, file.type), location.href).pathname;
  };
}
