import { useEffect, useMemo, useRef } from 'preact/hooks';
import { Button, EmptyState, ErrorCard } from '../components/index.ts';
import { directionOf } from '../components/direction.ts';
import { Foreign } from '../components/names.tsx';
import { isUnread } from '../jmap/patch.ts';
import type { Email, Id } from '../jmap/types.ts';
import { useDesk } from '../shell/desk.ts';
import { openEmail, route } from '../shell/route.ts';
import { words } from '../words/index.ts';
import { Letters } from './letters.ts';
import { Message } from './message.tsx';
import { ReaderBar } from './bar.tsx';
import { unfolded } from './unfolded.ts';

const say = words.reader;

/** The right pane: the conversation that is open, oldest message first. */
export function ReaderPane() {
  const { list } = useDesk();
  const id = openEmail(route.value);
  const selected = list.selected.value;
  if (id !== undefined) return <Conversation key={id} id={id} />;
  if (selected > 1)
    return <EmptyState icon="checks" title={words.list.selected(selected)} text={words.list.selectedText} />;
  return <EmptyState icon="mailOpen" {...say.none} />;
}

function Conversation({ id }: { readonly id: Id }) {
  const { mail, list } = useDesk();
  const letters = useMemo(() => new Letters(mail), [mail]);
  const top = useRef<HTMLDivElement>(null);
  const row = mail.records.email(id).value;
  // A message that came by its address alone, without a list around it, is loaded like any other.
  const letter = row === undefined ? letters.of(id).value : undefined;
  const conversation = row === undefined ? [] : list.collapses ? mail.records.conversation(row) : [row];
  const ids = conversation.map((email) => email.id).join(' ');
  useEffect(() => {
    if (conversation.length > 0) unfolded.value = firstUnfolded(conversation, id);
    // Only when another conversation is opened, or this one grows.
  }, [ids]);

  if (row === undefined) {
    if (letter?.is !== 'failed') return null;
    const { kind, said } = letter.trouble;
    if (kind === 'notFound') return <EmptyState icon="mail" {...say.gone} />;
    const about = words.trouble[kind === 'busy' ? 'tooMany' : kind];
    return (
      <div class="reader-trouble">
        <ErrorCard
          what={say.loadFailed}
          why={about.why}
          said={said}
          youCan={<Button onClick={() => void letters.again(id)}>{words.common.tryAgain}</Button>}
        />
      </div>
    );
  }
  const subject = row.subject?.trim() ?? '';
  return (
    <article class="conversation" ref={top}>
      <ReaderBar conversation={conversation} />
      <div class="reader-scroll" tabIndex={-1} data-reader="">
        <header class="conversation-head">
          <h2 dir={directionOf(subject)}>
            {subject === '' ? words.common.noSubject : <Foreign text={subject} isAlone />}
          </h2>
          {conversation.length > 1 && <FoldAll conversation={conversation} />}
        </header>
        {conversation.map((email) => (
          <Message key={email.id} email={email} letters={letters} isAlone={conversation.length === 1} />
        ))}
      </div>
    </article>
  );
}

/** The one that was opened, and whatever is not read yet. The last one too, where all are read. */
function firstUnfolded(conversation: readonly Email[], id: Id): ReadonlySet<Id> {
  const kept = conversation.filter((email) => unfolded.peek().has(email.id)).map((email) => email.id);
  const fresh = conversation.filter(({ keywords }) => isUnread(keywords)).map((email) => email.id);
  return new Set([...kept, ...fresh, id]);
}

function FoldAll({ conversation }: { readonly conversation: readonly Email[] }) {
  const all = conversation.every(({ id }) => unfolded.value.has(id));
  return (
    <div class="fold-all">
      <span class="muted">{say.messages(conversation.length)}</span>
      <Button
        kind="quiet"
        onClick={() => {
          unfolded.value = new Set(all ? conversation.slice(-1).map(({ id }) => id) : conversation.map(({ id }) => id));
        }}
      >
        {all ? say.collapseAll : say.expandAll}
      </Button>
    </div>
  );
}
