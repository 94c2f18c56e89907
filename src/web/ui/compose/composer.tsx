import { useEffect, useId, useLayoutEffect, useRef } from 'preact/hooks';
import { useSignal } from '@preact/signals';
import { clock } from '../clock.ts';
import { Button, IconButton, notices } from '../components/index.ts';
import { directionOf } from '../components/direction.ts';
import { useDesk } from '../shell/desk.ts';
import { isStrong, strokeOf } from '../shell/keys.ts';
import { words } from '../words/index.ts';
import { BodyFields } from './body-fields.tsx';
import type { Field } from './content.ts';
import type { Draft } from './draft.ts';
import { DropZones } from './drop.tsx';
import { DraftFiles } from './files.tsx';
import type { Identity } from './identities.ts';
import { LaterButton } from './later.tsx';
import { Notes } from './notes.tsx';
import { discard, fold, leave } from './open.ts';
import { PeopleField } from './people-field.tsx';
import type { SaveState } from './saver.ts';
import { send } from './send.ts';
import { withSignatureOf } from './signature.ts';
import { newKey, personOf } from './start.ts';
import { writers } from './writers.ts';

const say = words.compose;

/** One letter, in the corner or over the whole page. It is no modal: everything around it works on. */
export function Composer({ draft }: { readonly draft: Draft }) {
  const box = useRef<HTMLElement>(null);
  const picker = useRef<HTMLInputElement>(null);
  const place = draft.place.value;
  const { subject } = draft.content.value;
  useFirstFocus(draft, box);
  useObstacleFocus(draft, box);

  const attach = (files: readonly File[]): void => {
    const added = files.filter((file) => draft.addFile(file, { key: newKey(), name: file.name }));
    if (added.length > 0) notices.speak(say.files.added(added.length));
  };
  const pick = (): void => picker.current?.click();

  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.defaultPrevented || event.isComposing || event.keyCode === 229) return;
    const stroke = strokeOf(event);
    if (stroke === 'Mod+Enter') void send(draft);
    else if (stroke === 'Mod+s') void draft.flush().catch(() => undefined);
    else if (stroke === 'Escape') fold(draft);
    // Keys of the list are not meant here, on buttons neither.
    else if (!isStrong(stroke) && stroke !== 'z') return event.stopPropagation();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    <section
      ref={box}
      class="composer"
      data-place={place}
      aria-label={subject.trim() === '' ? say.title : say.titleOf(subject)}
      onKeyDown={onKeyDown}
    >
      <Head draft={draft} />
      <div class="compose-fields">
        <FromField draft={draft} />
        <Recipients draft={draft} />
        <SubjectField draft={draft} />
      </div>
      <BodyFields draft={draft} attach={attach} />
      <DraftFiles draft={draft} />
      <Notes draft={draft} attach={pick} />
      <div class="compose-foot">
        <Button
          kind="primary"
          icon="send"
          shortcut="Control+Enter"
          disabled={draft.sending.value}
          onClick={() => void send(draft)}
        >
          {draft.sending.value ? say.sending : say.send}
        </Button>
        <LaterButton draft={draft} />
        <span class="compose-attach">
          <Button icon="paperclip" onClick={pick}>
            {say.attach}
          </Button>
        </span>
        <span class="grow" />
        <IconButton icon="trash" name={say.discard} onClick={() => void discard(draft)} />
      </div>
      <input
        ref={picker}
        type="file"
        hidden
        multiple
        aria-label={say.attach}
        data-attach=""
        onChange={(event) => {
          attach([...(event.currentTarget.files ?? [])]);
          event.currentTarget.value = '';
        }}
      />
      {place !== 'folded' && <DropZones draft={draft} attach={attach} />}
    </section>
  );
}

/** Where one begins to write: whom to, or what. From the first moment on, so that no key goes to what is behind it. */
function useFirstFocus(draft: Draft, box: { readonly current: HTMLElement | null }): void {
  useLayoutEffect(() => {
    const { to } = draft.content.peek();
    const field = to.length === 0 || draft.doubtful.peek().length > 0 ? '[data-field=to] input' : '.compose-text';
    box.current?.querySelector<HTMLElement>(field)?.focus();
  }, [draft, draft.place.value === 'folded']);
}

/** What is in the way of sending has the focus, and is in sight. */
function useObstacleFocus(draft: Draft, box: { readonly current: HTMLElement | null }): void {
  const obstacle = draft.obstacle.value;
  useEffect(() => {
    const find = (selector: string): void => box.current?.querySelector<HTMLElement>(selector)?.focus();
    if (obstacle !== undefined) box.current?.querySelector('.compose-notes > :last-child')?.scrollIntoView({ block: 'nearest' }); // prettier-ignore
    if (obstacle?.is === 'nobody') find('[data-field=to] input');
    else if (obstacle?.is === 'unclear') find(`[data-field=${obstacle.field}] .person-chip[data-wrong]`);
    else if (obstacle?.is === 'refused') {
      if (['forbiddenFrom', 'forbiddenMailFrom'].includes(obstacle.type)) find('[data-from]');
      else if (obstacle.addresses.length > 0) find('.person-chip[data-wrong]');
      else find('.compose-notes button');
    }
  }, [obstacle]);
}

function Head({ draft }: { readonly draft: Draft }) {
  const isFull = draft.place.value === 'full';
  const { subject } = draft.content.value;
  return (
    <header class="compose-head">
      <h2 dir={directionOf(subject)}>{subject.trim() === '' ? say.title : subject}</h2>
      <SaveLine state={draft.save.value} />
      <IconButton
        icon="minus"
        name={say.fold}
        onClick={() => {
          fold(draft);
        }}
      />
      <span class="compose-wide-only">
        <IconButton
          icon={isFull ? 'dock' : 'full'}
          name={isFull ? say.dock : say.full}
          onClick={() => (draft.place.value = isFull ? 'docked' : 'full')}
        />
      </span>
      <IconButton icon="close" name={say.close} onClick={() => void leave(draft)} />
    </header>
  );
}

const timeOf = (at: number): string => new Intl.DateTimeFormat(undefined, { timeStyle: 'short' }).format(at);

/** Seen all the time; heard when something is saved, once a minute at most, or could not be. */
function SaveLine({ state }: { readonly state: SaveState }) {
  const heard = useRef('');
  const text = saveText(state);
  if (state.kind === 'failed' || (state.kind === 'saved' && text !== '')) heard.current = text;
  return (
    <>
      <span
        class="compose-saved muted"
        aria-hidden="true"
        data-failed={state.kind === 'failed' ? '' : undefined}
        title={state.kind === 'failed' ? state.why : undefined}
      >
        {text}
      </span>
      <span class="unseen" role="status">
        {heard.current}
      </span>
    </>
  );
}

function saveText(state: SaveState): string {
  switch (state.kind) {
    case 'saved':
      return state.at === undefined ? '' : say.save.saved(timeOf(state.at));
    case 'failed':
      return say.save.failed;
    default:
      return say.save[state.kind];
  }
}

function FromField({ draft }: { readonly draft: Draft }) {
  const id = useId();
  const { identities } = writers(useDesk());
  const all = identities.all.value;
  const { identity, from } = draft.content.value;
  const choose = (chosen: string): void => {
    const next = all.find((one) => one.id === chosen);
    const before = all.find((one) => one.id === identity);
    if (next === undefined) return;
    draft.pending?.();
    const content = draft.content.peek();
    const oldBcc = new Set((before?.bcc ?? []).map(({ email }) => email));
    const kept = content.bcc.filter((one) => one.kind === 'unclear' || !oldBcc.has(one.person.email));
    const signed = before === undefined ? {} : withSignatureOf(content, before, next);
    draft.change({
      ...signed,
      identity: next.id,
      from: personOf(next),
      replyTo: next.replyTo,
      bcc: [...kept, ...(next.bcc ?? []).map((person) => ({ kind: 'person' as const, person }))],
    });
    if (signed.html !== undefined) draft.epoch.value += 1;
  };
  const whole = all.find((one) => one.id === identity)?.email.startsWith('*@') === true;
  return (
    <div class="compose-row" data-single={all.length < 2 ? '' : undefined}>
      <label class="compose-label" for={id}>
        {say.from}
      </label>
      <select
        id={id}
        class="compose-select"
        data-from=""
        value={identity}
        onChange={(event) => {
          choose(event.currentTarget.value);
        }}
      >
        {all.map((one) => (
          <option key={one.id} value={one.id}>
            {labelOf(one)}
          </option>
        ))}
      </select>
      {whole && (
        <input
          class="compose-subject"
          type="email"
          aria-label={say.settings.email}
          value={from.email}
          onInput={(event) => {
            draft.change({ from: { ...from, email: event.currentTarget.value.trim() } });
          }}
        />
      )}
    </div>
  );
}

const labelOf = ({ name, email }: Identity): string => (name.trim() === '' ? email : `${name} <${email}>`);

/** To always; Cc and Bcc where somebody is in them, or they are wanted. */
function Recipients({ draft }: { readonly draft: Draft }) {
  const wanted = useSignal<readonly Field[]>([]);
  const { cc, bcc, typed } = draft.content.value;
  const isShown = (field: 'cc' | 'bcc'): boolean =>
    wanted.value.includes(field) || (field === 'cc' ? cc : bcc).length > 0 || typed[field] !== '';
  const want = (field: 'cc' | 'bcc') => (event: MouseEvent) => {
    const composer = (event.currentTarget as Element).closest('.composer');
    wanted.value = [...wanted.peek(), field];
    clock.after(0, () => composer?.querySelector<HTMLElement>(`[data-field=${field}] input`)?.focus());
  };
  return (
    <>
      <div class="compose-to">
        <PeopleField draft={draft} field="to" />
        <span class="compose-more">
          {!isShown('cc') && (
            <button class="link" type="button" aria-label={say.showCc} onClick={want('cc')}>
              {say.cc}
            </button>
          )}
          {!isShown('bcc') && (
            <button class="link" type="button" aria-label={say.showBcc} onClick={want('bcc')}>
              {say.bcc}
            </button>
          )}
        </span>
      </div>
      {isShown('cc') && <PeopleField draft={draft} field="cc" />}
      {isShown('bcc') && <PeopleField draft={draft} field="bcc" />}
    </>
  );
}

function SubjectField({ draft }: { readonly draft: Draft }) {
  const id = useId();
  return (
    <div class="compose-row">
      <label class="compose-label" for={id}>
        {say.subject}
      </label>
      <input
        id={id}
        class="compose-subject"
        data-subject=""
        type="text"
        dir={directionOf(draft.content.value.subject)}
        autoComplete="off"
        maxLength={900}
        value={draft.content.value.subject}
        onInput={(event) => {
          draft.change({ subject: event.currentTarget.value });
        }}
        onKeyDown={(event) => {
          if (event.key !== 'Enter' || event.ctrlKey || event.metaKey || event.isComposing) return;
          event.preventDefault();
          event.currentTarget.closest('.composer')?.querySelector<HTMLElement>('.compose-text')?.focus();
        }}
      />
    </div>
  );
}
