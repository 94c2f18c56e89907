import type { Email, Id } from '../jmap/types.ts';
import { PartialMark, useIsPartial } from '../accounts/index.ts';
import { Bone, Icon, IconButton } from '../components/index.ts';
import { directionOf } from '../components/direction.ts';
import { Foreign } from '../components/names.tsx';
import { visibleString } from '../letter/visible-text.ts';
import { clock } from '../clock.ts';
import { SentChip } from '../outbox/index.ts';
import { useDesk } from '../shell/desk.ts';
import { longDate, shortDate } from '../words/dates.ts';
import { words } from '../words/index.ts';
import { marksOf, recipients, senders } from './names.ts';
import type { Marks } from './names.ts';
import { Snippet } from './snippets.tsx';

const say = words.list.row;
const names = { me: words.common.me, nobody: words.common.nobody };

interface RowProps {
  readonly index: number;
  readonly id: Id | undefined;
  /** From the top of what is scrolled. */
  readonly top: number;
  readonly isActive: boolean;
  readonly isOpen: boolean;
  readonly onOpen: (index: number) => void;
}

export function Row(props: RowProps) {
  const { id, top, index, isActive } = props;
  const { mail } = useDesk();
  const email = id === undefined ? undefined : mail.records.email(id).value;
  if (email !== undefined) return <MessageRow {...props} email={email} />;
  return (
    <div
      class="row"
      role="row"
      aria-rowindex={index + 1}
      aria-label={say.loading}
      tabIndex={isActive ? 0 : -1}
      data-index={index}
      style={{ transform: `translateY(${top}px)` }}
    >
      <div class="row-main" role="gridcell">
        <Bone width={`${30 + ((index * 7) % 30)}%`} />
        <Bone width={`${50 + ((index * 11) % 40)}%`} />
      </div>
    </div>
  );
}

function MessageRow({ index, email, top, isActive, isOpen, onOpen }: RowProps & { readonly email: Email }) {
  const { mail, list, acts, own } = useDesk();
  const conversation = list.collapses ? mail.records.conversation(email) : [email];
  const here = list.folder;
  // What is unread or flagged counts where one is; how many there are, everywhere.
  const inFolder =
    here === undefined ? conversation : conversation.filter(({ mailboxIds }) => mailboxIds[here] === true);
  const marks = { ...marksOf(inFolder.length === 0 ? [email] : inFolder), count: conversation.length };
  const isSelected = list.isSelected(email.id);
  const isPartial = useIsPartial(conversation);
  const who = whoOf(
    email,
    conversation,
    own.value,
    list.folder === undefined ? undefined : mail.records.mailboxes.value.get(list.folder)?.role,
  );
  const at = Date.parse(email.receivedAt);
  const date = shortDate(at, clock.now(), words.list);
  const subject = email.subject?.trim() === '' ? null : email.subject;
  return (
    <div
      class="row"
      role="row"
      aria-rowindex={index + 1}
      aria-selected={isSelected}
      aria-current={isOpen ? 'true' : undefined}
      aria-label={rowName({ who, subject: subject ?? words.common.noSubject, date, marks, isPartial })}
      tabIndex={isActive ? 0 : -1}
      data-focus-inside=""
      data-index={index}
      data-unread={marks.unread ? '' : undefined}
      style={{ transform: `translateY(${top}px)` }}
      onClick={(event) => {
        if (event.shiftKey) void list.selectTo(index);
        else if (event.ctrlKey || event.metaKey) list.toggleAt(index);
        else onOpen(index);
      }}
    >
      <div class="row-select" role="gridcell">
        <input
          class="check"
          type="checkbox"
          tabIndex={-1}
          aria-label={say.selected}
          checked={isSelected}
          onClick={(event) => {
            event.stopPropagation();
            list.focus(index, false);
            if (event.shiftKey) void list.selectTo(index);
            else list.toggleAt(index);
          }}
        />
      </div>
      <div class="row-main" role="gridcell">
        <span class="row-who" dir="auto">
          <Foreign text={who} isAlone />
          {marks.count > 1 && <span class="row-count">{marks.count}</span>}
        </span>
        <span class="row-subject" dir={directionOf(subject ?? '')}>
          {subject === null ? (
            <span class="muted">{words.common.noSubject}</span>
          ) : (
            <Snippet id={email.id} part="subject" text={subject} />
          )}
        </span>
        <span class="row-preview" dir="auto">
          <Snippet id={email.id} part="preview" text={email.preview} />
        </span>
      </div>
      <div class="row-side" role="gridcell">
        <time class="row-date" dateTime={email.receivedAt} title={longDate(at)}>
          {date}
        </time>
        <span class="row-marks">
          {marks.draft && <span class="chip">{say.draft}</span>}
          <SentChip email={email.id} />
          {marks.answered && <Icon name="reply" />}
          {marks.forwarded && <Icon name="forward" />}
          {isPartial && <PartialMark />}
          {marks.files && <Icon name="paperclip" />}
          <span class="row-flag" data-on={marks.flagged ? '' : undefined}>
            <IconButton
              icon="flag"
              filled={marks.flagged}
              name={marks.flagged ? words.commands.unflag : words.commands.flag}
              tabIndex={-1}
              onClick={(event) => {
                event.stopPropagation();
                const flagged = conversation.filter(({ keywords }) => keywords['$flagged'] === true);
                void acts.mark(marks.flagged ? 'unflag' : 'flag', marks.flagged ? flagged : [email]);
              }}
            />
          </span>
        </span>
      </div>
    </div>
  );
}

/** In Sent and Drafts it matters who it goes to. */
function whoOf(
  email: Email,
  conversation: readonly Email[],
  own: ReadonlySet<string>,
  role: string | null | undefined,
): string {
  if (role === 'sent' || role === 'drafts') return words.list.to(recipients(email, names));
  return senders(conversation, own, names);
}

interface NameParts {
  readonly who: string;
  readonly subject: string;
  readonly date: string;
  readonly marks: Marks;
  readonly isPartial: boolean;
}

/** What a screen reader says of a row, in one breath. */
function rowName({ who, subject, date, marks, isPartial }: NameParts): string {
  const parts = [
    marks.unread ? say.unread : '',
    marks.draft ? say.draft : '',
    visibleString(who),
    visibleString(subject),
    date,
    marks.flagged ? say.flagged : '',
    isPartial ? words.accounts.partial : '',
    marks.files ? say.files : '',
    marks.answered ? say.answered : '',
    marks.forwarded ? say.forwarded : '',
    marks.count > 1 ? say.thread(marks.count) : '',
  ];
  return parts.filter((part) => part !== '').join('. ');
}
