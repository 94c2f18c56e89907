/** One letter that is being written: what it says, how it is saved, and what is in its way. */
import { batch, signal } from '@preact/signals';
import type { Signal } from '@preact/signals';
import { clock } from '../clock.ts';
import type { Cancel } from '../clock.ts';
import type { Api } from '../jmap/api.ts';
import { asTrouble, Trouble } from '../jmap/trouble.ts';
import { isSame, usedFiles, withoutBlobs } from './content.ts';
import type { Content, DraftFile } from './content.ts';
import type { Attempt } from './attempt.ts';
import { mirror, unmirror } from './mirror.ts';
import { SizeLimits } from './packed-size.ts';
import type { Entry } from './people.ts';
import { Saver } from './saver.ts';
import type { SaveState } from './saver.ts';
import { blobsOf, saveDraft } from './store-draft.ts';
import { upload } from './upload.ts';
import type { Upload } from './upload.ts';

export type Place = 'docked' | 'full' | 'folded';

/** How a file gets to the server. */
export type FileState =
  | { readonly is: 'going'; readonly share: number }
  | { readonly is: 'failed'; readonly trouble: Trouble };

/** Why it was not sent: something to be answered in the composer, where it stands. */
export type Obstacle =
  | { readonly is: 'nobody' }
  | { readonly is: 'unclear'; readonly field: 'to' | 'cc' | 'bcc' }
  /** Not all files are with the server: one is on its way still, or did not get there. */
  | { readonly is: 'files'; readonly wish: 'send' | 'close' }
  | { readonly is: 'subject' }
  | { readonly is: 'attachment'; readonly word: string }
  | { readonly is: 'refused'; readonly type: string; readonly trouble: Trouble; readonly addresses: readonly string[] };

interface Parts {
  readonly api: Api;
  readonly drafts: string;
  readonly key: string;
  readonly content: Content;
  /** The version that the server has. */
  readonly serverId: string | undefined;
  readonly place: Place;
  readonly onSaved: () => void;
}

const MAIL = 'urn:ietf:params:jmap:mail';

/** Milliseconds after a change until the browser keeps it. */
const MIRROR_AFTER = 200;

export class Draft {
  readonly key: string;
  readonly content: Signal<Content>;
  readonly place: Signal<Place>;
  readonly save = signal<SaveState>({ kind: 'saved', at: undefined });
  readonly files = signal<ReadonlyMap<string, FileState>>(new Map());
  readonly obstacle = signal<Obstacle | undefined>(undefined);
  readonly sending = signal(false);
  /** Another version of it was made elsewhere, and both are kept. */
  readonly isForked = signal(false);
  /** It is being sent, or was and no answer came: nothing is saved on the server before it is known what became of it. */
  attempt: Attempt | undefined;
  /** No answer came. */
  readonly isDoubtful = signal(false);
  /** It has gone as it was, and was changed since. */
  readonly wasSent = signal(false);
  /** Restored from this browser after something went wrong. */
  readonly isRestored = signal(false);
  /** Grows when the text was changed by something else than its editor. */
  readonly epoch = signal(0);
  /** What was answered once is not asked again. */
  readonly answered = new Set<'subject' | 'attachment'>();
  serverId: string | undefined;
  /** Addresses that were refused before, to be looked at. */
  readonly doubtful = signal<readonly string[]>([]);
  /** Files that were not added, since no message may be as large as they are. */
  readonly tooLarge = signal<readonly { readonly name: string; readonly size: number }[]>([]);
  readonly limits: SizeLimits;
  /** It answers everybody though one had the letter by Bcc: the writer, to be answered alone. */
  readonly blindTo = signal<readonly Entry[] | undefined>(undefined);
  /** Sends it, where only a file on its way is between that and somebody's wish, and nothing was changed since. */
  whenUploaded: (() => void) | undefined;
  /** What the editor holds and has not told yet. */
  pending: (() => void) | undefined;
  /** Puts pictures into the text, where there is an editor that can. */
  insertPictures: ((files: readonly File[]) => void) | undefined;
  private readonly api: Api;
  private readonly drafts: string;
  private readonly saver: Saver<Content>;
  private readonly blobs = new Map<string, Blob>();
  private readonly uploads = new Map<string, Upload>();
  private readonly onSaved: () => void;
  private cancelMirror: Cancel | undefined;
  private isOver = false;

  constructor(parts: Parts) {
    this.api = parts.api;
    this.limits = limitsOf(parts.api);
    this.drafts = parts.drafts;
    this.key = parts.key;
    this.content = signal(parts.content);
    this.place = signal(parts.place);
    this.serverId = parts.serverId;
    this.onSaved = parts.onSaved;
    this.saver = new Saver<Content>({
      save: (content) => this.saveNow(content),
      now: () => clock.now(),
      after: (ms, fn) => clock.after(ms, fn),
      onState: (state) => (this.save.value = state),
    });
  }

  /** `quietly`: nothing was typed, so nothing has to be saved for it. */
  change(patch: Partial<Content>, quietly = false): void {
    const before = this.content.peek();
    const after = { ...before, ...patch };
    if (isSame(before, after)) return;
    this.content.value = after;
    if (this.obstacle.peek()?.is !== 'refused') this.obstacle.value = undefined;
    if (quietly || this.isOver) return;
    this.saver.change(after);
    this.mirrorSoon();
  }

  /** Nothing was typed, but the server has nothing of it, or something older. */
  saveAnew(): void {
    this.saver.change(this.content.peek());
    this.mirrorSoon();
  }

  get isSaved(): boolean {
    this.pending?.();
    return this.saver.isSaved;
  }

  /** Keeps now what isn't kept yet; rejects when the server does not take it. */
  async flush(): Promise<void> {
    this.pending?.();
    await this.saver.flush();
  }

  /** Nothing is saved any more: it was sent, thrown away, or is written elsewhere. */
  async stop(): Promise<void> {
    this.pending?.();
    this.isOver = true;
    this.cancelMirror?.();
    for (const one of this.uploads.values()) one.cancel();
    this.uploads.clear();
    await this.saver.stop();
  }

  /** Written on after all: sending was taken back, or did not work. */
  restart(): void {
    this.isOver = false;
    this.saver.restart();
  }

  /** In this browser nothing of it is left. */
  async unmirror(): Promise<void> {
    this.cancelMirror?.();
    await unmirror(this.api.account, this.key).catch(() => undefined);
  }

  // --- Files ---

  get isUploading(): boolean {
    this.pending?.();
    return usedFiles(this.content.peek()).some(({ blobId }) => blobId === undefined);
  }

  blobOf(key: string): Blob | undefined {
    return this.blobs.get(key);
  }

  /** False: it alone is larger than the server takes; nothing is uploaded, and that stands in the composer. */
  addFile(file: Blob, facts: { readonly key: string; readonly name: string; readonly cid?: string }): boolean {
    if (!this.limits.takes([file.size])) {
      this.tooLarge.value = [...this.tooLarge.peek(), { name: facts.name, size: file.size }];
      return false;
    }
    const added: DraftFile = { ...facts, type: file.type, size: file.size };
    this.blobs.set(facts.key, file);
    this.change({ files: [...this.content.peek().files, added] });
    this.send(facts.key);
    return true;
  }

  /** A file that was restored, or whose upload failed, goes out (again). */
  send(key: string): void {
    const file = this.blobs.get(key);
    if (file === undefined) return;
    this.setFile(key, { is: 'going', share: 0 });
    const going = upload(this.api, file, (share) => {
      if (this.uploads.get(key) === going) this.setFile(key, { is: 'going', share });
    });
    this.uploads.set(key, going);
    going.done
      .then(({ blobId, type }) => {
        if (this.uploads.get(key) !== going) return;
        this.blobs.delete(key);
        this.setFile(key, undefined);
        this.uploaded(key, { blobId, type });
      })
      .catch((error: unknown) => {
        if (this.uploads.get(key) === going) this.setFile(key, { is: 'failed', trouble: asTrouble(error) });
      });
  }

  private uploaded(key: string, facts: Pick<DraftFile, 'blobId' | 'type'>): void {
    const obstacle = this.obstacle.peek();
    this.change({ files: this.content.peek().files.map((one) => (one.key === key ? { ...one, ...facts } : one)) });
    if (obstacle?.is !== 'files' || obstacle.wish !== 'send') return;
    if (this.isUploading) this.obstacle.value = obstacle;
    else this.whenUploaded?.();
  }

  removeFile(key: string): void {
    this.uploads.get(key)?.cancel();
    this.uploads.delete(key);
    this.blobs.delete(key);
    this.setFile(key, undefined);
    this.change({ files: this.content.peek().files.filter((one) => one.key !== key) });
  }

  /** What is not with the server is given up. */
  removeUnsent(): void {
    for (const { key, blobId } of this.content.peek().files) if (blobId === undefined) this.removeFile(key);
  }

  restoreFiles(files: readonly (readonly [string, Blob])[]): void {
    for (const [key, file] of files) {
      this.blobs.set(key, file);
      this.send(key);
    }
  }

  private setFile(key: string, state: FileState | undefined): void {
    const all = new Map(this.files.peek());
    if (state === undefined) all.delete(key);
    else all.set(key, state);
    this.files.value = all;
  }

  // --- Keeping ---

  private async saveNow(content: Content): Promise<void> {
    if (this.attempt !== undefined) throw new Trouble('gone');
    const saved = await saveDraft(this.api, { drafts: this.drafts, key: this.key, content, before: this.serverId });
    batch(() => {
      this.serverId = saved.id;
      if (saved.isForked) this.isForked.value = true;
      this.takeBlobs(saved.blobs);
    });
    this.onSaved();
    if (this.isOver) return;
    // What was typed meanwhile is not with the server, and neither is a file that is still going there.
    const current = this.content.peek();
    if (isSame(withoutBlobs(current), withoutBlobs(content)) && !this.isUploading) await this.unmirror();
    else await this.mirrorNow();
  }

  /** Its files are parts of this email now, and no longer of the version before. */
  async filesAreIn(email: string): Promise<void> {
    this.takeBlobs(await blobsOf(this.api, email, this.content.peek().files));
  }

  /** The parts of the saved draft stand in for the uploads, which don't stay for ever. */
  private takeBlobs(blobs: ReadonlyMap<string, string>): void {
    if (blobs.size === 0) return;
    const { files } = this.content.peek();
    const taken = files.map((file) => {
      const blobId = blobs.get(file.key);
      return blobId === undefined ? file : { ...file, blobId };
    });
    this.content.value = { ...this.content.peek(), files: taken };
  }

  private mirrorSoon(): void {
    this.cancelMirror?.();
    this.cancelMirror = clock.after(MIRROR_AFTER, () => void this.mirrorNow());
  }

  async mirrorNow(): Promise<void> {
    const content = this.content.peek();
    const files = content.files.flatMap(({ key }) => {
      const blob = this.blobs.get(key);
      return blob === undefined ? [] : [[key, blob] as const];
    });
    const { account } = this.api;
    const { key, serverId, attempt } = this;
    await mirror({ account, key, serverId, content, files, attempt, at: clock.now() }).catch(() => undefined);
  }
}

function limitsOf({ session, account }: Api): SizeLimits {
  const { maxSizeUpload } = session.capabilities['urn:ietf:params:jmap:core'] ?? {};
  const { maxSizeAttachmentsPerEmail } = session.accounts[account]?.accountCapabilities[MAIL] ?? {};
  const octets = (limit: unknown): number => (typeof limit === 'number' ? limit : Infinity);
  return new SizeLimits(octets(maxSizeUpload), octets(maxSizeAttachmentsPerEmail));
}
