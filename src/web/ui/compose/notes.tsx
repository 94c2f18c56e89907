/** What is said in the composer itself: questions before sending, what went wrong, what somebody may not have noticed. */
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { useSignal } from '@preact/signals';
import { Button, ErrorCard, Icon } from '../components/index.ts';
import { visibleString } from '../letter/visible-text.ts';
import { nameOf } from '../list/names.ts';
import { size, words } from '../words/index.ts';
import { peopleIn } from './content.ts';
import type { Draft, Obstacle } from './draft.ts';
import { leave } from './open.ts';
import { letterOctets } from './packed-size.ts';
import { sameAddress } from './people.ts';
import type { Entry } from './people.ts';
import { missingFile, send } from './send.ts';

const say = words.compose.notes;

/** People who see each other before that is worth a question. */
const MANY = 10;

export function Notes({ draft, attach }: { readonly draft: Draft; readonly attach: () => void }) {
  const obstacle = draft.obstacle.value;
  const { to, cc, bcc } = draft.content.value;
  const isManyMeant = useSignal(false);
  const seen = to.length + cc.length;
  const word = missingFile(draft.content.value);
  const isWordMeant = useSignal(draft.answered.has('attachment'));
  const saving = draft.save.value;
  const there = new Set(peopleIn([...to, ...cc, ...bcc]).map(({ email }) => sameAddress(email)));
  const doubtful = draft.doubtful.value.filter((email) => there.has(sameAddress(email)));
  return (
    <div class="compose-notes">
      {saving.kind === 'failed' && saving.isRefused && obstacle?.is !== 'refused' && (
        <ErrorCard
          what={words.compose.save.refused}
          why={words.compose.refusals[saving.type ?? ''] ?? words.compose.refusals['other'] ?? ''}
          weWill={words.compose.refusals['keptHere']}
          said={saving.why}
          youCan={<Button onClick={() => void draft.flush().catch(() => undefined)}>{words.common.tryAgain}</Button>}
        />
      )}
      {draft.tooLarge.value.length > 0 && <TooLarge draft={draft} />}
      {draft.isRestored.value && (
        <Note icon="undo" tone="info" close={() => (draft.isRestored.value = false)}>
          {say.restored}
        </Note>
      )}
      {draft.isForked.value && (
        <Note icon="copy" tone="warn" close={() => (draft.isForked.value = false)}>
          {say.forked}
        </Note>
      )}
      {draft.isDoubtful.value && (
        <Note icon="help" tone="warn">
          {say.doubt}
        </Note>
      )}
      {draft.wasSent.value && (
        <Note icon="send" tone="warn" close={() => (draft.wasSent.value = false)}>
          {say.wasSent}
        </Note>
      )}
      {doubtful.length > 0 && (
        <Note icon="alert" tone="warn" close={() => (draft.doubtful.value = [])}>
          {say.doubtful(doubtful.join(', '))}
        </Note>
      )}
      {draft.blindTo.value !== undefined && seen > draft.blindTo.value.length && (
        <BlindNote draft={draft} alone={draft.blindTo.value} />
      )}
      {seen >= MANY && !isManyMeant.value && (
        <Note icon="info" tone="info">
          {say.manySee(seen)}
          <Button
            kind="quiet"
            onClick={() => {
              draft.change({ to: [], cc: [], bcc: [...bcc, ...to, ...cc] });
            }}
          >
            {say.manyMove}
          </Button>
          <Button kind="quiet" onClick={() => (isManyMeant.value = true)}>
            {say.manyLeave}
          </Button>
        </Note>
      )}
      {word !== undefined && !isWordMeant.value && (
        <Note icon="paperclip" tone="warn" wantsFocus={obstacle?.is === 'attachment'}>
          {say.attachment(word)}
          <Button kind="quiet" onClick={attach}>
            {say.attachmentAdd}
          </Button>
          <Button
            kind="quiet"
            onClick={() => {
              draft.answered.add('attachment');
              isWordMeant.value = true;
              if (obstacle?.is !== 'attachment') return;
              draft.obstacle.value = undefined;
              void send(draft);
            }}
          >
            {obstacle?.is === 'attachment' ? say.sendAnyway : say.attachmentNo}
          </Button>
        </Note>
      )}
      {obstacle !== undefined && <ObstacleNote draft={draft} obstacle={obstacle} />}
    </div>
  );
}

function TooLarge({ draft }: { readonly draft: Draft }) {
  const { limits, tooLarge } = draft;
  return (
    <Note icon="alert" tone="danger" close={() => (tooLarge.value = [])}>
      {tooLarge.value.map((file) => (
        <span key={file.name}>
          {words.compose.files.tooLarge({
            name: visibleString(file.name),
            is: size(file.size),
            becomes: size(letterOctets({ text: 0, html: 0, files: [file.size] })),
            most: size(limits.message),
          })}{' '}
        </span>
      ))}
    </Note>
  );
}

/** Whoever had the letter by Bcc may not want the others to know. */
function BlindNote({ draft, alone }: { readonly draft: Draft; readonly alone: readonly Entry[] }) {
  return (
    <Note icon="info" tone="warn">
      {say.blind}
      <Button
        kind="quiet"
        onClick={() => {
          draft.blindTo.value = undefined;
          draft.change({ to: alone, cc: [] });
        }}
      >
        {say.blindAlone(peopleIn(alone).map(nameOf).join(', '))}
      </Button>
      <Button kind="quiet" onClick={() => (draft.blindTo.value = undefined)}>
        {say.manyLeave}
      </Button>
    </Note>
  );
}

function FilesNote({ draft, wish }: { readonly draft: Draft; readonly wish: 'send' | 'close' }) {
  const hasFailed = [...draft.files.value.values()].some(({ is }) => is === 'failed');
  const isWaiting = wish === 'send' && !hasFailed;
  return (
    <Note icon={isWaiting ? 'info' : 'alert'} tone={isWaiting ? 'info' : 'danger'}>
      {say.files[wish][hasFailed ? 'failed' : 'going']}
      {isWaiting && (
        <Button kind="quiet" onClick={() => (draft.obstacle.value = undefined)}>
          {say.notYet}
        </Button>
      )}
      {wish === 'close' && (
        <Button
          kind="quiet"
          onClick={() => {
            draft.removeUnsent();
            void leave(draft);
          }}
        >
          {say.closeWithout}
        </Button>
      )}
    </Note>
  );
}

function ObstacleNote({ draft, obstacle }: { readonly draft: Draft; readonly obstacle: Obstacle }) {
  switch (obstacle.is) {
    case 'attachment':
      return null;
    case 'subject':
      return (
        <Note icon="help" tone="warn" wantsFocus>
          {say.subject}
          <Button
            kind="quiet"
            onClick={(event) => {
              draft.obstacle.value = undefined;
              (event.currentTarget as Element)
                .closest('.composer')
                ?.querySelector<HTMLElement>('[data-subject]')
                ?.focus();
            }}
          >
            {say.subjectWrite}
          </Button>
          <Button
            kind="quiet"
            startsHere
            onClick={() => {
              draft.answered.add('subject');
              draft.obstacle.value = undefined;
              void send(draft);
            }}
          >
            {say.sendAnyway}
          </Button>
        </Note>
      );
    case 'files':
      return <FilesNote draft={draft} wish={obstacle.wish} />;
    case 'refused':
      return <Refusal draft={draft} obstacle={obstacle} />;
    default:
      return (
        <Note icon="alert" tone="danger">
          {say[obstacle.is]}
        </Note>
      );
  }
}

function Refusal({
  draft,
  obstacle,
}: {
  readonly draft: Draft;
  readonly obstacle: Obstacle & { readonly is: 'refused' };
}) {
  const { type, trouble } = obstacle;
  const texts = words.compose.refusals;
  const isAway = ['offline', 'gone', 'ended'].includes(trouble.kind);
  const isSaved = draft.save.value.kind !== 'failed';
  return (
    <ErrorCard
      what={texts['title'] ?? ''}
      why={(isAway ? texts[trouble.kind] : texts[type]) ?? texts[trouble.kind] ?? texts['other'] ?? ''}
      weWill={texts[isSaved ? 'kept' : 'keptHere']}
      said={isAway ? undefined : trouble.said}
      youCan={
        <Button
          onClick={() => {
            draft.obstacle.value = undefined;
            void send(draft);
          }}
        >
          {words.common.tryAgain}
        </Button>
      }
    />
  );
}

function Note(props: {
  readonly icon: 'undo' | 'send' | 'copy' | 'alert' | 'info' | 'paperclip' | 'help';
  readonly tone: 'info' | 'warn' | 'danger';
  readonly wantsFocus?: boolean;
  readonly close?: () => void;
  readonly children: ComponentChildren;
}) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (props.wantsFocus !== true) return;
    const buttons = box.current?.querySelectorAll<HTMLElement>('button');
    (box.current?.querySelector<HTMLElement>('[data-autofocus]') ?? buttons?.[buttons.length - 1])?.focus();
  }, [props.wantsFocus]);
  return (
    <div ref={box} class="compose-note" data-tone={props.tone} role={props.tone === 'info' ? 'status' : 'alert'}>
      <Icon name={props.icon} />
      <span class="compose-note-text">{props.children}</span>
      {props.close !== undefined && (
        <button class="link" type="button" onClick={props.close}>
          {words.common.dismiss}
        </button>
      )}
    </div>
  );
}
