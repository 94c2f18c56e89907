import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { clock } from '../clock.ts';
import type { Cancel } from '../clock.ts';
import { Button, Confirm, ErrorCard, Icon, IconButton, Waiting } from '../components/index.ts';
import { Foreign } from '../components/names.tsx';
import { leaving } from '../shell/app.ts';
import { useDesk } from '../shell/desk.ts';
import { words } from '../words/index.ts';
import { Composer } from './composer.tsx';
import type { Draft } from './draft.ts';
import { keepFilesOut } from './drop.tsx';
import { prepare } from './html.ts';
import { forgetMirror } from './mirror.ts';
import {
  again,
  contested,
  drafts,
  giveUp,
  guardUnsaved,
  leave,
  openDraft,
  openings,
  restoreLeft,
  saveAll,
  show,
  write,
} from './open.ts';
import type { Opening } from './open.ts';
import { findOut } from './send.ts';
import { followOutbox } from '../outbox/outbox.ts';
import { waiting } from '../outbox/waiting.ts';
import { writers } from './writers.ts';

const say = words.compose;

/** Milliseconds after which the list is there, and the editor may be fetched. */
const WHEN_IDLE = 1_500;

/** Everything that is being written, above the page: one composer, and the others folded beside it. */
export function ComposeLayer() {
  const desk = useDesk();
  useEffect(() => {
    leaving.before = saveAll;
    leaving.after = forgetMirror;
    void writers(desk)
      .identities.load()
      .catch(() => undefined);
    openAsked();
    const ends = [
      restoreUntilDone(),
      guardUnsaved(),
      keepFilesOut(),
      followOutbox(desk, (n) => (waiting.value = n)),
      // Ahead of time: one writes without a network too.
      clock.after(WHEN_IDLE, () => void prepare().catch(() => undefined)),
    ];
    return () => {
      for (const end of ends) end();
    };
  }, [desk]);
  const folded = drafts.value.filter((draft) => draft.place.value === 'folded');
  const open = drafts.value.filter((draft) => draft.place.value !== 'folded');
  return (
    <div class="compose-layer">
      {folded.length > 0 && (
        <ul class="compose-bars">
          {folded.map((draft) => (
            <FoldedDraft key={draft.key} draft={draft} />
          ))}
        </ul>
      )}
      {openings.value.map((opening) => (
        <OpeningView key={opening.id} opening={opening} />
      ))}
      {open.map((draft) => (
        <Composer key={draft.key} draft={draft} />
      ))}
      {contested.value !== undefined && <Contested begun={contested.value.begun} />}
    </div>
  );
}

/** Milliseconds after which what could not be opened again is tried once more. */
const TRY_AGAIN = 10_000;

/** It needs the editor and the identities, which a line that is just then away does not bring. */
function restoreUntilDone(): Cancel {
  let next: Cancel | undefined;
  let isOver = false;
  const restore = (): void => {
    restoreLeft().then(findOutAll, () => {
      if (!isOver) next = clock.after(TRY_AGAIN, restore);
    });
  };
  restore();
  return () => {
    isOver = true;
    next?.();
  };
}

/** What was to be sent when the page ended. */
function findOutAll(): void {
  for (const draft of drafts.peek()) void findOut(draft);
}

/** The browser was given a mailto: link and hands it to this page, once. */
function openAsked(): void {
  const url = new URL(location.href);
  const link = url.searchParams.get('mailto');
  if (link === null) return;
  url.searchParams.delete('mailto');
  history.replaceState(null, '', url);
  if (/^mailto:/iu.test(link)) void write({ kind: 'new', to: link });
}

function FoldedDraft({ draft }: { readonly draft: Draft }) {
  const subject = draft.content.value.subject.trim() || say.title;
  const isUnsaved = draft.save.value.kind === 'failed';
  return (
    <li class="compose-bar" data-failed={isUnsaved ? '' : undefined}>
      <button
        type="button"
        aria-label={say.unfold(subject)}
        onClick={() => {
          show(draft);
        }}
      >
        <Icon name={isUnsaved ? 'alert' : 'pencil'} />
        <span class="compose-bar-name">
          <Foreign text={subject} />
        </span>
      </button>
      <IconButton icon="close" name={say.close} onClick={() => void leave(draft)} />
    </li>
  );
}

function OpeningView({ opening }: { readonly opening: Opening }) {
  const { trouble } = opening;
  const box = useRef<HTMLElement>(null);
  // What is typed ahead is meant for the message, and must not act on the list: "e" would archive.
  useLayoutEffect(() => box.current?.focus(), []);
  return (
    <section
      ref={box}
      class="composer compose-opening"
      data-place="docked"
      aria-label={say.title}
      tabIndex={-1}
      onKeyDown={(event) => {
        event.stopPropagation();
        if (event.key !== 'Escape') return;
        event.preventDefault();
        giveUp(opening);
      }}
    >
      {trouble === undefined ? (
        <Waiting>
          <p class="muted">{say.opening}</p>
        </Waiting>
      ) : (
        <ErrorCard
          what={say.openFailed}
          why={words.trouble[trouble.kind === 'busy' ? 'tooMany' : trouble.kind].why}
          said={trouble.said}
          youCan={
            <>
              <Button
                kind="primary"
                onClick={() => {
                  again(opening);
                }}
              >
                {words.common.tryAgain}
              </Button>
              <Button
                onClick={() => {
                  giveUp(opening);
                }}
              >
                {words.common.close}
              </Button>
            </>
          }
        />
      )}
    </section>
  );
}

function Contested({ begun }: { readonly begun: NonNullable<typeof contested.value>['begun'] }) {
  return (
    <Confirm
      title={say.contested.title}
      text={<p>{say.contested.text}</p>}
      doIt={say.contested.here}
      run={() => void openDraft(begun, null, true)}
      close={() => (contested.value = undefined)}
    />
  );
}
