/** What can be done with messages: at once on the screen, with Undo, over as many as are selected. */
import { signal } from '@preact/signals';
import type { Notices } from '../components/notices.ts';
import { standingOfAll, standingOfRows } from '../jmap/gather.ts';
import type { Course, Mail } from '../jmap/mail.ts';
import { keyword, move } from '../jmap/patch.ts';
import type { Patch, Standing } from '../jmap/patch.ts';
import type { Trouble } from '../jmap/trouble.ts';
import { asTrouble } from '../jmap/trouble.ts';
import type { Id } from '../jmap/types.ts';
import { words } from '../words/index.ts';
import type { ListModel } from './model.ts';
import { isSelected } from './selection.ts';

export type Act = 'archive' | 'junk' | 'notJunk' | 'trash' | 'read' | 'unread' | 'flag' | 'unflag';

/** Something that takes a while: shown with how far it is, and a way to stop it. */
export interface Job {
  readonly text: string;
  readonly done: number;
  readonly of: number;
  readonly stop: () => void;
}

/** More than this and it is shown as a job. */
const MANY = 100;

const ROLE_OF: Readonly<Partial<Record<Act, string>>> = {
  archive: 'archive',
  junk: 'junk',
  notJunk: 'inbox',
  trash: 'trash',
};

const KEYWORD: Readonly<Partial<Record<Act, Patch>>> = {
  read: keyword('$seen', true),
  unread: keyword('$seen', false),
  flag: keyword('$flagged', true),
  unflag: keyword('$flagged', false),
};

/** RFC 8621 §4.1.1 and the registry: what a junk filter may learn from. */
const LEARN: Readonly<Partial<Record<Act, Patch>>> = {
  junk: { ...keyword('$junk', true), ...keyword('$notjunk', false) },
  notJunk: { ...keyword('$notjunk', true), ...keyword('$junk', false) },
};

export interface Screen {
  /** Rows have left the list, the open conversation perhaps among them. */
  readonly onGone: (ids: readonly Id[]) => void;
}

export class Acts {
  readonly job = signal<Job | undefined>(undefined);
  private readonly mail: Mail;
  private readonly list: ListModel;
  private readonly notices: Notices;
  private readonly screen: Screen;
  private readonly underWay = new Set<Promise<unknown>>();

  constructor(mail: Mail, list: ListModel, notices: Notices, screen: Screen) {
    this.mail = mail;
    this.list = list;
    this.notices = notices;
    this.screen = screen;
  }

  /** Whether a folder of that role is there to move to, and is not where we are. */
  can(act: Act): boolean {
    const role = ROLE_OF[act];
    if (role === undefined) return true;
    const target = this.mail.records.mailboxWithRole(role);
    return target !== undefined && target.id !== this.list.folder;
  }

  /**
   * When what was begun is confirmed or refused: only then its Undo is there, and who presses the key at once means
   * what they have just done, not what they did before.
   */
  async settled(): Promise<void> {
    await Promise.allSettled(this.underWay);
  }

  /** Something else that {@link settled} waits for. */
  async follow(doing: Promise<void>): Promise<void> {
    this.underWay.add(doing);
    try {
      await doing;
    } finally {
      this.underWay.delete(doing);
    }
  }

  /** What is selected, else the row in focus. */
  do(act: Act): Promise<void> {
    return this.follow(this.begin(act));
  }

  private async begin(act: Act): Promise<void> {
    const role = ROLE_OF[act];
    if (role === undefined) return this.mark(act, undefined);
    const target = this.mail.records.mailboxWithRole(role);
    if (target === undefined) this.notices.say(words.list.noTarget(words.folders.roles[role] ?? role));
    else if (target.id !== this.list.folder) await this.moveTo(target.id, act);
  }

  /** Flags what has no flag, and takes it from what has: by the row in focus. */
  async toggleFlag(): Promise<void> {
    const flagged = this.list.activeEmail()?.keywords['$flagged'] === true;
    await this.mark(flagged ? 'unflag' : 'flag', undefined);
  }

  /** Keywords of these emails themselves, or of what is selected. */
  mark(act: Act, emails: readonly Standing[] | undefined, isQuiet = false): Promise<void> {
    return this.follow(this.markAll(act, emails, isQuiet));
  }

  private async markAll(act: Act, emails: readonly Standing[] | undefined, isQuiet: boolean): Promise<void> {
    const patch = KEYWORD[act];
    if (patch === undefined) return;
    await this.run(act, emails ?? (await this.gather(act)), () => patch, words.list.did[act], isQuiet);
  }

  /** Emails that are given, into a folder. */
  moveTo(target: Id, act: Act | 'move', emails?: readonly Standing[]): Promise<void> {
    return this.follow(this.moveAll(target, act, emails));
  }

  private async moveAll(target: Id, act: Act | 'move', emails?: readonly Standing[]): Promise<void> {
    const from = this.list.folder;
    const rows = emails === undefined ? this.rows() : [];
    const all = emails ?? (await this.gather(act));
    const gone = emails === undefined ? rows : all.map(({ id }) => id);
    if (from !== undefined) this.leave(gone);
    const learn = act === 'move' ? undefined : LEARN[act];
    const name = this.mail.records.mailboxes.peek().get(target)?.name ?? '';
    const did = act === 'move' ? (n: number): string => words.list.did.move(n, name) : words.list.did[act];
    await this.run(act, all, (email) => ({ ...move(email, from, target), ...learn }), did);
  }

  /** For ever. The caller has asked. */
  async destroy(emails?: readonly Standing[]): Promise<void> {
    const rows = this.rows();
    const all = emails ?? (await this.gather('destroy'));
    this.leave(emails === undefined ? rows : all.map(({ id }) => id));
    const { done, refused } = await this.asJob('destroy', all.length, (course) => this.mail.destroy(all, course));
    if (done > 0) this.notices.say(words.list.did.destroy(done));
    this.tell(words.list.doing.destroy, refused);
  }

  /** How many emails an action would be about, for questions before it; rows where that isn't known. */
  count(): number {
    return this.list.selected.peek() || 1;
  }

  /** The rows that are meant: what is selected of those loaded, else the one in focus. */
  private rows(): readonly Id[] {
    const { selection } = this.list;
    const query = this.list.query.peek();
    if (this.list.selected.peek() === 0) {
      const id = this.list.idAt(this.list.active.peek());
      return id === undefined ? [] : [id];
    }
    const chosen = selection.peek();
    if (chosen.of === 'some') return [...chosen.ids];
    const total = query?.total.peek() ?? 0;
    return (query?.between(0, total - 1) ?? []).flatMap((id) =>
      id !== undefined && isSelected(chosen, id) ? [id] : [],
    );
  }

  private async gather(act: Act | 'move' | 'destroy'): Promise<readonly Standing[]> {
    const chosen = this.list.selection.peek();
    const mailbox = this.list.collapses ? this.list.folder : undefined;
    try {
      if (chosen.of === 'some' || this.list.selected.peek() === 0) {
        return await standingOfRows(this.mail, this.rows(), mailbox);
      }
      const total = this.list.query.peek()?.total.peek() ?? 0;
      const [all, kept] = await this.asJob('gather', total, async (course) => [
        await standingOfAll(this.mail, this.list.filter(), course),
        await standingOfRows(this.mail, [...chosen.except], mailbox),
      ]);
      const keep = new Set(kept?.map(({ id }) => id));
      return (all ?? []).filter(({ id }) => !keep.has(id));
    } catch (error) {
      this.tell(words.list.doing[act], [asTrouble(error)]);
      return [];
    }
  }

  private async run(
    act: Act | 'move',
    emails: readonly Standing[],
    patchOf: (email: Standing) => Patch,
    did: (n: number) => string,
    isQuiet = false,
  ): Promise<void> {
    if (emails.length === 0) return;
    const { undo, refused } = await this.asJob(act, emails.length, (course) =>
      this.mail.change(emails, patchOf, course),
    );
    if (undo.size > 0 && !isQuiet) this.notices.say(did(undo.size), () => void this.takeBack(undo));
    this.tell(words.list.doing[act], refused);
  }

  private async takeBack(undo: ReadonlyMap<Id, Patch>): Promise<void> {
    try {
      const emails = await standingOfRows(this.mail, [...undo.keys()], undefined);
      const { refused } = await this.asJob('undo', emails.length, (course) =>
        this.mail.change(emails, ({ id }) => undo.get(id) ?? {}, course),
      );
      if (refused.length === 0) this.notices.say(words.list.undone);
      this.tell(words.list.doing.undo, refused);
    } catch (error) {
      this.tell(words.list.doing.undo, [asTrouble(error)]);
    }
  }

  private leave(ids: readonly Id[]): void {
    if (this.list.selection.peek().of === 'all') this.list.selectNothing();
    this.list.drop(ids);
    this.screen.onGone(ids);
  }

  /** What was refused has gone back to where it was; the list is asked for again, so that it shows that. */
  private tell(doing: string, refused: readonly Trouble[]): void {
    const [first] = refused;
    if (first === undefined) return;
    // What a server says about a line that is down is not meant for people.
    const said =
      first.kind === 'refused'
        ? (first.said ?? '')
        : words.trouble[first.kind === 'busy' ? 'tooMany' : first.kind].what;
    this.notices.say(`${words.trouble.rolledBack(doing)} ${said}`.trim());
    void this.list.query.peek()?.refresh();
  }

  /** Runs what may be about many emails, `of` of them. */
  async asJob<Result>(
    doing: keyof typeof words.list.doing,
    of: number,
    run: (course: Course) => Promise<Result>,
  ): Promise<Result> {
    if (of < MANY) return run({});
    let stopped = false;
    const stop = (): void => {
      stopped = true;
    };
    const tell = (done: number): void => {
      this.job.value = { text: words.list.progress(words.list.doing[doing], done, of), done, of, stop };
    };
    tell(0);
    try {
      return await run({ onProgress: tell, isStopped: () => stopped });
    } finally {
      this.job.value = undefined;
    }
  }
}
