import { useEffect, useId, useRef } from 'preact/hooks';
import { useSignal } from '@preact/signals';
import { Button, Choice, ErrorCard, Field, notices } from '../components/index.ts';
import { cleanNodes, prepare } from '../compose/html.ts';
import type { Identity } from '../compose/identities.ts';
import { writing } from '../compose/options.ts';
import { formatPerson, readPeople } from '../compose/people.ts';
import type { Person } from '../compose/people.ts';
import { writers } from '../compose/writers.ts';
import { asTrouble } from '../jmap/trouble.ts';
import type { Trouble } from '../jmap/trouble.ts';
import { useDesk } from '../shell/desk.ts';
import { words } from '../words/index.ts';

const say = words.compose.settings;

/** Seconds. */
const LONGEST_UNDO = 60;

/** How one writes in this browser. */
export function Writing() {
  const id = useId();
  const { undoSeconds, reply, mode } = writing.value;
  const set = (patch: Partial<typeof writing.value>): void => {
    writing.value = { ...writing.peek(), ...patch };
  };
  return (
    <>
      <div class="field">
        <label for={id}>{say.undo}</label>
        <input
          id={id}
          class="range"
          type="range"
          min={0}
          max={LONGEST_UNDO}
          step={5}
          value={undoSeconds}
          aria-valuetext={undoSeconds === 0 ? say.undoNone : say.undoText(undoSeconds)}
          onInput={(event) => {
            set({ undoSeconds: Number(event.currentTarget.value) });
          }}
        />
        <p class="field-hint">{undoSeconds === 0 ? say.undoNone : say.undoText(undoSeconds)}</p>
      </div>
      <Choice
        label={say.mode}
        value={mode}
        of={say.modes}
        choose={(value) => {
          set({ mode: value });
        }}
      />
      <Choice
        label={say.reply}
        value={reply}
        of={say.replies}
        choose={(value) => {
          set({ reply: value });
        }}
      />
      <Preview reply={reply} />
      <div class="field">
        <h3>{say.mailto}</h3>
        <p>{say.mailtoText}</p>
        <p>
          <Button onClick={offerMailto}>{say.mailtoDo}</Button>
        </p>
      </div>
    </>
  );
}

/** The browser asks whether this page may open mailto: links. */
function offerMailto(): void {
  navigator.registerProtocolHandler('mailto', `${location.origin}/?mailto=%s`);
}

function Preview({ reply }: { readonly reply: 'above' | 'below' | 'inline' }) {
  const own = <p key="own">{say.previewOwn}</p>;
  const signature = <p class="muted">-- </p>;
  const lead = <p class="muted">{say.previewLead}</p>;
  return (
    <figure class="field">
      <figcaption class="field-label">{say.preview}</figcaption>
      <div class="reply-preview">
        {reply === 'above' && own}
        {reply === 'above' && signature}
        {lead}
        <blockquote>{say.previewQuote}</blockquote>
        {reply !== 'above' && own}
        {reply === 'inline' && <blockquote>…</blockquote>}
        {reply !== 'above' && signature}
      </div>
    </figure>
  );
}

/** The addresses one writes from, on the server: other devices have them too. */
export function Account() {
  const { identities } = writers(useDesk());
  const trouble = useSignal<Trouble | undefined>(undefined);
  useEffect(() => {
    void prepare().catch(() => undefined);
    identities.load(true).catch((error: unknown) => {
      trouble.value = asTrouble(error);
    });
  }, [identities]);
  return (
    <>
      {trouble.value !== undefined && (
        <ErrorCard what={say.failed} why={words.trouble.refused.why} said={trouble.value.said} />
      )}
      {identities.all.value.map((identity) => (
        <IdentityForm key={identity.id} identity={identity} />
      ))}
      <AddIdentity />
    </>
  );
}

function peopleText(people: readonly Person[] | null): string {
  return (people ?? []).map(formatPerson).join(', ');
}

/** undefined: one of them is no address. */
function peopleOf(text: string): readonly Person[] | null | undefined {
  const entries = readPeople(text);
  if (entries.some(({ kind }) => kind === 'unclear')) return undefined;
  const people = entries.flatMap((entry) => (entry.kind === 'person' ? [entry.person] : []));
  return people.length === 0 ? null : people;
}

function IdentityForm({ identity }: { readonly identity: Identity }) {
  const { identities } = writers(useDesk());
  const id = useId();
  const name = useSignal(identity.name);
  const replyTo = useSignal(peopleText(identity.replyTo));
  const bcc = useSignal(peopleText(identity.bcc));
  const text = useSignal(identity.textSignature);
  const html = useSignal(identity.htmlSignature);
  const wrong = useSignal<'replyTo' | 'bcc' | undefined>(undefined);
  const trouble = useSignal<Trouble | undefined>(undefined);
  const save = async (): Promise<void> => {
    const [toPeople, bccPeople] = [peopleOf(replyTo.peek()), peopleOf(bcc.peek())];
    wrong.value = toPeople === undefined ? 'replyTo' : bccPeople === undefined ? 'bcc' : undefined;
    if (toPeople === undefined || bccPeople === undefined) return;
    trouble.value = undefined;
    try {
      await identities.change(identity.id, {
        name: name.peek().replaceAll(/\s+/gu, ' ').trim(),
        replyTo: toPeople,
        bcc: bccPeople,
        textSignature: text.peek(),
        htmlSignature: html.peek(),
      });
      notices.say(say.saved);
    } catch (error) {
      trouble.value = asTrouble(error);
    }
  };
  return (
    <form
      class="identity"
      aria-label={identity.email}
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <h3>{identity.email}</h3>
      <Field label={say.name} value={name.value} autoComplete="name" onInput={(value) => (name.value = value)} />
      <Field
        label={say.replyTo}
        value={replyTo.value}
        hint={say.replyToHint}
        error={wrong.value === 'replyTo' ? say.wrongPeople : undefined}
        onInput={(value) => (replyTo.value = value)}
      />
      <Field
        label={say.alwaysBcc}
        value={bcc.value}
        error={wrong.value === 'bcc' ? say.wrongPeople : undefined}
        onInput={(value) => (bcc.value = value)}
      />
      <div class="field">
        <label for={`${id}-text`}>{say.signature}</label>
        <textarea
          id={`${id}-text`}
          class="input"
          dir="auto"
          value={text.value}
          aria-describedby={`${id}-hint`}
          onInput={(event) => (text.value = event.currentTarget.value)}
        />
        <p class="field-hint" id={`${id}-hint`}>
          {say.signatureHint}
        </p>
      </div>
      <details>
        <summary>{say.htmlSignature}</summary>
        <div class="field">
          <textarea
            class="input"
            dir="auto"
            aria-label={say.htmlSignature}
            value={html.value}
            onInput={(event) => (html.value = event.currentTarget.value)}
          />
          <p class="field-hint">{say.htmlSignatureHint}</p>
          {html.value.trim() !== '' && <SignaturePreview html={html.value} />}
        </div>
      </details>
      {trouble.value !== undefined && (
        <ErrorCard what={say.failed} why={words.trouble.refused.why} said={trouble.value.said} />
      )}
      <div class="dialog-foot">
        {identity.mayDelete && (
          <Button kind="danger" onClick={() => void identities.remove(identity.id).catch(fail)}>
            {say.remove}
          </Button>
        )}
        <Button kind="primary" type="submit">
          {words.common.save}
        </Button>
      </div>
    </form>
  );

  function fail(error: unknown): void {
    trouble.value = asTrouble(error);
  }
}

function SignaturePreview({ html }: { readonly html: string }) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    void prepare().then(() => {
      box.current?.replaceChildren(cleanNodes(html, () => undefined) ?? '');
    });
  }, [html]);
  return <div ref={box} class="signature-preview" role="group" aria-label={say.htmlPreview} />;
}

function AddIdentity() {
  const { identities } = writers(useDesk());
  const email = useSignal('');
  const error = useSignal<string | undefined>(undefined);
  const add = async (): Promise<void> => {
    error.value = undefined;
    try {
      await identities.add({ email: email.peek().trim() });
      email.value = '';
      notices.say(say.saved);
    } catch (failure) {
      error.value = asTrouble(failure).said ?? say.failed;
    }
  };
  return (
    <form
      class="identity"
      aria-label={say.add}
      onSubmit={(event) => {
        event.preventDefault();
        void add();
      }}
    >
      <Field
        label={say.add}
        type="email"
        value={email.value}
        error={error.value}
        onInput={(value) => (email.value = value)}
      />
      <div class="dialog-foot">
        <Button type="submit">{say.add}</Button>
      </div>
    </form>
  );
}
