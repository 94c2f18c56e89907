import { useEffect } from 'preact/hooks';
import { RestBar } from '../accounts/index.ts';
import { clock } from '../clock.ts';
import { Bone, Button, ErrorCard, Icon, IconButton, MenuButton, Waiting } from '../components/index.ts';
import type { MenuEntry } from '../components/index.ts';
import { Foreign } from '../components/names.tsx';
import { write } from '../compose/index.ts';
import { ReportCard } from '../outbox/index.ts';
import { downloadUrl } from '../jmap/api.ts';
import { isUnread } from '../jmap/patch.ts';
import type { Email } from '../jmap/types.ts';
import { isOwn, nameOf } from '../list/names.ts';
import { useDesk } from '../shell/desk.ts';
import { choices } from '../settings/device.ts';
import { longDate, shortDate } from '../words/dates.ts';
import { words } from '../words/index.ts';
import { BodyView } from './body-view.tsx';
import { Files } from './files.tsx';
import { HeaderView } from './header.tsx';
import type { Letters } from './letters.ts';
import { panel, subjectInName } from './panels.ts';
import { unfolded } from './unfolded.ts';

const say = words.reader;

/** Milliseconds that a message must be open before it counts as read, where that was chosen. */
const SOON = 2_000;

interface MessageProps {
  readonly email: Email;
  readonly letters: Letters;
  readonly isAlone: boolean;
}

/** One message of a conversation: a line when folded, everything when not. */
export function Message({ email, letters, isAlone }: MessageProps) {
  const isOpen = isAlone || unfolded.value.has(email.id);
  const toggle = (): void => {
    const next = new Set(unfolded.peek());
    if (!next.delete(email.id)) next.add(email.id);
    unfolded.value = next;
  };
  if (!isOpen) return <Folded email={email} unfold={toggle} />;
  return <Unfolded email={email} letters={letters} fold={isAlone ? undefined : toggle} />;
}

function Folded({ email, unfold }: { readonly email: Email; readonly unfold: () => void }) {
  const { own } = useDesk();
  const [from] = email.from ?? [];
  return (
    <section class="message" data-message={email.id}>
      <button
        class="message-folded"
        type="button"
        aria-expanded="false"
        data-unread={isUnread(email.keywords) ? '' : undefined}
        onClick={unfold}
      >
        <span class="message-who" dir="auto">
          <Foreign
            text={from === undefined ? words.common.nobody : isOwn(from, own.value) ? words.common.me : nameOf(from)}
            isAlone
          />
        </span>
        <span class="message-preview muted" dir="auto">
          <Foreign text={email.preview} isAlone />
        </span>
        {email.hasAttachment && <Icon name="paperclip" />}
        <time dateTime={email.receivedAt}>{shortDate(Date.parse(email.receivedAt), clock.now(), words.list)}</time>
      </button>
    </section>
  );
}

function Unfolded({
  email,
  letters,
  fold,
}: {
  readonly email: Email;
  readonly letters: Letters;
  readonly fold: (() => void) | undefined;
}) {
  const letter = letters.of(email.id).value;
  useMarkRead(email);
  const isDraft = email.keywords['$draft'] === true;
  return (
    <section class="message" data-message={email.id} data-open="" aria-label={longDate(Date.parse(email.receivedAt))}>
      <HeaderView email={email} full={letter.is === 'there' ? letter.email : undefined} fold={fold}>
        <MessageTools email={email} isDraft={isDraft} />
      </HeaderView>
      <RestBar email={email.id} />
      {letter.is === 'loading' && (
        <Waiting>
          <div class="message-body" aria-hidden="true">
            <Bone width="90%" />
            <Bone width="80%" />
            <Bone width="60%" />
          </div>
        </Waiting>
      )}
      {letter.is === 'failed' && (
        <div class="message-body">
          <ErrorCard
            what={say.loadFailed}
            why={
              letter.trouble.kind === 'refused'
                ? say.unread
                : words.trouble[letter.trouble.kind === 'busy' ? 'tooMany' : letter.trouble.kind].why
            }
            said={letter.trouble.said}
            youCan={
              <>
                <Button onClick={() => void letters.again(email.id)}>{words.common.tryAgain}</Button>
                <Button
                  onClick={() => {
                    panel.value = { kind: 'source', email: email.id };
                  }}
                >
                  {say.actions.source}
                </Button>
              </>
            }
          />
        </div>
      )}
      {letter.is === 'there' && (
        <>
          <ReportCard key={email.id} email={letter.email}>
            <BodyView email={letter.email} showWhole={() => void letters.again(email.id, true)} />
            <Files email={letter.email} />
          </ReportCard>
          {isDraft ? (
            <div class="message-foot">
              <Button
                kind="primary"
                icon="pencil"
                onClick={() => {
                  write({ kind: 'draft', email: email.id });
                }}
              >
                {say.draft}
              </Button>
            </div>
          ) : (
            <div class="message-foot">
              <Button
                icon="reply"
                shortcut="r"
                onClick={() => {
                  write({ kind: 'reply', email: email.id });
                }}
              >
                {words.commands.reply}
              </Button>
              <Button
                icon="replyAll"
                shortcut="a"
                onClick={() => {
                  write({ kind: 'reply-all', email: email.id });
                }}
              >
                {words.commands.replyAll}
              </Button>
              <Button
                icon="forward"
                shortcut="f"
                onClick={() => {
                  write({ kind: 'forward', email: email.id });
                }}
              >
                {words.commands.forward}
              </Button>
            </div>
          )}
        </>
      )}
    </section>
  );
}

/** Opening a message reads it: at once, after two seconds, or never, as was chosen. */
function useMarkRead(email: Email): void {
  const { acts, mail } = useDesk();
  const when = choices.value.markRead;
  useEffect(() => {
    if (when === 'never' || !isUnread(email.keywords)) return undefined;
    return clock.after(when === 'soon' ? SOON : 0, () => {
      const now = mail.records.email(email.id).peek();
      if (now !== undefined && isUnread(now.keywords)) void acts.mark('read', [now], true);
    });
    // Once for each message that is opened: who marks it as unread again must not be overruled.
  }, [email.id, when]);
}

function MessageTools({ email, isDraft }: { readonly email: Email; readonly isDraft: boolean }) {
  const { api, acts } = useDesk();
  const name = say.emlName(subjectInName(email));
  const url = downloadUrl(api.session, api.account, email.blobId, name, 'message/rfc822');
  const show = (kind: 'source' | 'headers' | 'journey') => () => {
    panel.value = { kind, email: email.id };
  };
  const items = (): readonly MenuEntry[] => [
    {
      text: isUnread(email.keywords) ? words.commands.read : words.commands.unread,
      icon: 'mail',
      run: () => void acts.mark(isUnread(email.keywords) ? 'read' : 'unread', [email]),
    },
    {
      text: words.commands.forwardAttached,
      icon: 'forward',
      run: () => {
        write({ kind: 'forward-attached', email: email.id });
      },
    },
    'line',
    { text: say.actions.journey, icon: 'route', run: show('journey') },
    { text: say.actions.headers, icon: 'text', run: show('headers') },
    { text: say.actions.source, icon: 'source', run: show('source') },
    {
      text: say.actions.save,
      icon: 'download',
      run: () => {
        save(url, name);
      },
    },
  ];
  return (
    <span class="message-tools">
      {!isDraft && (
        <IconButton
          icon="reply"
          name={words.commands.reply}
          onClick={() => {
            write({ kind: 'reply', email: email.id });
          }}
        />
      )}
      <MenuButton icon="more" name={say.actions.more} items={items} />
    </span>
  );
}

/** Lets the browser save a file of ours. */
function save(url: string, name: string): void {
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
}
