/** Drafts on the server: a new version is made and the old one goes, in one call, so that there is always one. */
import { ref } from '../jmap/api.ts';
import type { Api } from '../jmap/api.ts';
import { fromSetError, MethodError } from '../jmap/trouble.ts';
import type { Trouble } from '../jmap/trouble.ts';
import type { BodyPart, Email, GetResult, Id, SetResult } from '../jmap/types.ts';
import { FACTS_FIELD, factsOf, letterOf, readFacts, writeFacts } from './content.ts';
import type { Content, DraftFile } from './content.ts';
import { emailOf } from './letter.ts';

export interface SavedDraft {
  readonly id: Id;
  /** Where the files lie now, by their key. */
  readonly blobs: ReadonlyMap<string, Id>;
  /** The version before was gone: somebody else saved or deleted it. */
  readonly isForked: boolean;
}

interface Parts {
  /** The id of the mailbox of drafts. */
  readonly drafts: Id;
  readonly key: string;
  readonly content: Content;
  readonly before: Id | undefined;
}

/** Names for creations are unique in the page: calls of several composers may share a request. */
let made = 0;
export const creationName = (): string => `draft${(made += 1)}`;

/** The Email to be created for a draft. */
const draftEmail = (drafts: Id, key: string, content: Content): Readonly<Record<string, unknown>> => ({
  ...emailOf(letterOf(content)),
  [FACTS_FIELD]: writeFacts(factsOf(key, content)),
  mailboxIds: { [drafts]: true },
  keywords: { $draft: true, $seen: true },
});

/**
 * Throws a Trouble with the server's sentence; the version before is then still there. Files may have moved since they
 * were last asked for, when a save ended after the page had stopped listening: then they are looked for, and it is tried
 * once more.
 */
export async function saveDraft(api: Api, parts: Parts): Promise<SavedDraft> {
  try {
    return await saveOnce(api, parts);
  } catch (error) {
    if (!(error instanceof MethodError) || error.type !== 'blobNotFound') throw error;
    const latest = await latestVersion(api, parts);
    if (latest === undefined) throw error;
    return saveOnce(api, { ...parts, before: latest.id, content: withBlobs(parts.content, latest.blobs) });
  }
}

const withBlobs = (content: Content, blobs: ReadonlyMap<string, Id>): Content => ({
  ...content,
  files: content.files.map((file) => ({ ...file, blobId: blobs.get(file.key) ?? file.blobId })),
});

/** Drafts that are looked through for one. */
const MOST_DRAFTS = 200;

type Version = Email & { readonly attachments: readonly BodyPart[]; readonly [FACTS_FIELD]?: string | null };

/** The newest version of a draft that the server has, and where its files lie. */
export async function latestVersion(
  api: Api,
  { drafts, key, content }: Pick<Parts, 'drafts' | 'key' | 'content'>,
): Promise<Omit<SavedDraft, 'isForked'> | undefined> {
  const [, got] = await api.group([
    [
      'Email/query',
      {
        filter: { inMailbox: drafts },
        sort: [{ property: 'receivedAt', isAscending: false }],
        limit: MOST_DRAFTS,
      },
      'q',
    ],
    [
      'Email/get',
      {
        '#ids': ref('q', 'Email/query', '/ids'),
        properties: ['id', 'attachments', FACTS_FIELD],
        bodyProperties: FILE_PROPERTIES,
      },
      'g',
    ],
  ]);
  const { list } = got as unknown as GetResult<Version>;
  const found = list.find((one) => readFacts(one[FACTS_FIELD])?.key === key);
  return found === undefined ? undefined : { id: found.id, blobs: matched(content.files, found.attachments) };
}

const FILE_PROPERTIES = ['blobId', 'name', 'type', 'cid', 'size'];

async function saveOnce(api: Api, { drafts, key, content, before }: Parts): Promise<SavedDraft> {
  const name = creationName();
  const { created, notCreated, notDestroyed } = await api.call<SetResult>('Email/set', {
    create: { [name]: draftEmail(drafts, key, content) },
    ...(before === undefined ? {} : { destroy: [before] }),
  });
  const id = created?.[name]?.id;
  if (id === undefined) throw refusalOf(notCreated?.[name]);
  const isForked = before !== undefined && notDestroyed?.[before]?.type === 'notFound';
  return { id, isForked, blobs: await blobsOf(api, id, content.files) };
}

const refusalOf = (error: { readonly type: string } | undefined): Trouble =>
  error === undefined ? new MethodError('serverFail') : fromSetError(error);

/** The same letter, with its files where they lie in this email: with the version before they have gone. */
export async function withFilesOf(api: Api, id: Id, content: Content): Promise<Content> {
  return withBlobs(content, await blobsOf(api, id, content.files));
}

/** The parts of a draft in the order in which they were put there: pictures in the text first. */
export async function blobsOf(api: Api, id: Id, files: readonly DraftFile[]): Promise<ReadonlyMap<string, Id>> {
  const sent = files.filter(({ blobId }) => blobId !== undefined);
  if (sent.length === 0) return new Map();
  try {
    const { list } = await api.call<GetResult<Email & { readonly attachments: readonly BodyPart[] }>>('Email/get', {
      ids: [id],
      properties: ['id', 'attachments'],
      bodyProperties: FILE_PROPERTIES,
    });
    return matched(sent, list[0]?.attachments ?? []);
  } catch {
    // The uploads are still there, and the next save asks again.
    return new Map();
  }
}

/** By Content-ID, or name and size; each part once. */
function matched(files: readonly DraftFile[], parts: readonly BodyPart[]): ReadonlyMap<string, Id> {
  const left = [...parts];
  const found = new Map<string, Id>();
  for (const { key, cid, size, name } of files) {
    const at = left.findIndex((part) =>
      cid === undefined ? part.size === size && (part.name ?? '') === name : part.cid === cid,
    );
    const [part] = at < 0 ? [] : left.splice(at, 1);
    if (part?.blobId !== undefined && part.blobId !== null) found.set(key, part.blobId);
  }
  return found;
}

/** Deletes a draft for ever; one that is gone already is as good. */
export async function destroyDraft(api: Api, id: Id): Promise<void> {
  await api.call<SetResult>('Email/set', { destroy: [id] });
}

export async function trashDraft(api: Api, id: Id, trash: Id): Promise<void> {
  await api.call<SetResult>('Email/set', { update: { [id]: { mailboxIds: { [trash]: true } } } });
}
