import { useMemo } from 'preact/hooks';
import { useSignal } from '@preact/signals';
import { Button, Icon } from '../components/index.ts';
import { Foreign } from '../components/names.tsx';
import { write } from '../compose/index.ts';
import { downloadUrl } from '../jmap/api.ts';
import type { FullEmail } from '../jmap/types.ts';
import { LetterBody } from '../letter/index.ts';
import type { LetterFacts, LetterLook } from '../letter/index.ts';
import { nameOf } from '../list/names.ts';
import { choices } from '../settings/device.ts';
import { darkNow } from '../settings/dark.ts';
import { useDesk } from '../shell/desk.ts';
import { size, words } from '../words/index.ts';
import { bodyOf, picturesInside } from './body.ts';
import { SHOWN } from './letters.ts';

const say = words.reader;

interface BodyProps {
  readonly email: FullEmail;
  /** Loads all of a text that was cut. */
  readonly showWhole: (() => void) | undefined;
}

/** What somebody wrote: HTML in a frame of its own, or text; with the bars that go with it. */
export function BodyView({ email, showWhole }: BodyProps) {
  const { api, kept } = useDesk();
  const asText = useSignal(choices.value.preferText);
  const once = useSignal(false);
  const facts = useSignal<LetterFacts | undefined>(undefined);
  const shownLook = useSignal<LetterLook>('sent');
  const body = bodyOf(email, asText.value);
  const cids = useMemo(
    () =>
      new Map(
        picturesInside(email).map((part) => [
          part.cid ?? '',
          downloadUrl(api.session, api.account, part.blobId ?? '', part.name ?? 'picture', part.type),
        ]),
      ),
    [email, api],
  );
  const sender = email.from?.[0];
  const address = sender?.email.toLowerCase() ?? '';
  const choice = kept.value.pictures[address];
  const pictures = once.value || choice === 'always' ? 'shown' : 'blocked';
  const look = kept.value.looks[address];
  const chooseLook = (value: LetterLook): void => {
    kept.value = { ...kept.peek(), looks: { ...kept.peek().looks, [address]: value } };
  };
  const choose = (value: 'always' | 'never'): void => {
    kept.value = { ...kept.peek(), pictures: { ...kept.peek().pictures, [address]: value } };
  };
  const theme = darkNow.value ? 'dark' : 'light';
  return (
    <div class="message-body">
      {body.isDamaged && <p class="note">{say.partial}</p>}
      {body.html !== undefined && pictures === 'blocked' && choice !== 'never' && facts.value !== undefined && (
        <PicturesBar
          facts={facts.value}
          sender={sender === undefined ? say.pictures.somebody : nameOf(sender)}
          once={() => (once.value = true)}
          choose={address === '' ? undefined : choose}
        />
      )}
      {body.html === undefined && body.text === undefined ? (
        <p class="muted">{say.noText}</p>
      ) : (
        <LetterBody
          key={`${email.id} ${String(asText.value)}`}
          {...(body.html === undefined ? {} : { html: body.html })}
          {...(body.text === undefined ? {} : { text: body.text })}
          {...(body.flowed === undefined ? {} : { flowed: body.flowed })}
          {...(look === undefined ? {} : { look })}
          cids={cids}
          pictures={pictures}
          theme={theme}
          title={say.bodyTitle(sender === undefined ? words.common.nobody : nameOf(sender))}
          onFacts={(found, suggested) => {
            facts.value = found;
            shownLook.value = suggested;
          }}
          onMailto={(to) => {
            write({ kind: 'new', to });
          }}
        />
      )}
      <div class="body-tools">
        {body.isTruncated && (
          <p class="note">
            {say.truncated(size(SHOWN))}{' '}
            {showWhole !== undefined && (
              <button class="link" type="button" onClick={showWhole}>
                {say.showWhole}
              </button>
            )}
          </p>
        )}
        {body.hasBoth && (
          <button class="link" type="button" onClick={() => (asText.value = !asText.value)}>
            {asText.value ? say.asHtml : say.asText}
          </button>
        )}
        {body.html !== undefined && theme === 'dark' && (
          <button
            class="link"
            type="button"
            onClick={() => {
              chooseLook(shownLook.value === 'sent' ? 'adapt' : 'sent');
            }}
          >
            {shownLook.value === 'sent' ? say.lookAdapt : say.lookSent}
          </button>
        )}
      </div>
    </div>
  );
}

interface BarProps {
  readonly facts: LetterFacts;
  readonly sender: string;
  readonly once: () => void;
  readonly choose: ((value: 'always' | 'never') => void) | undefined;
}

/** Pictures on other servers, and who would learn what if they were loaded. */
function PicturesBar({ facts, sender, once, choose }: BarProps) {
  const { pictures, hosts } = facts;
  if (pictures.length === 0) return null;
  const trackers = pictures.filter(({ tracker }) => tracker !== undefined).length;
  return (
    <div class="pictures-bar" role="region" aria-label={words.settings.pictures}>
      <Icon name="image" />
      <p>
        {say.pictures.some(pictures.length)}{' '}
        {say.pictures.why(pictures.length, hosts.slice(0, 2).join(', ') + (hosts.length > 2 ? ' …' : ''))}{' '}
        {trackers > 0 && say.pictures.trackers(trackers, pictures.length)}
      </p>
      <div class="pictures-choices">
        <Button onClick={once}>{say.pictures.once}</Button>
        {choose !== undefined && (
          <>
            <Button
              kind="quiet"
              onClick={() => {
                choose('always');
              }}
            >
              <Foreign text={say.pictures.always(sender)} />
            </Button>
            <Button
              kind="quiet"
              onClick={() => {
                choose('never');
              }}
            >
              <Foreign text={say.pictures.never(sender)} />
            </Button>
          </>
        )}
      </div>
    </div>
  );
}
