import { useEffect } from 'preact/hooks';
import { useSignal } from '@preact/signals';
import { ErrorCard, Waiting } from '../components/index.ts';
import { directionOf } from '../components/direction.ts';
import { Foreign } from '../components/names.tsx';
import { asTrouble, Trouble } from '../jmap/trouble.ts';
import type { FullEmail, Id } from '../jmap/types.ts';
import { useDesk } from '../shell/desk.ts';
import { words } from '../words/index.ts';
import { BodyView } from './body-view.tsx';
import { Files } from './files.tsx';
import { HeaderView } from './header.tsx';
import { BODY_PROPERTIES, FULL_PROPERTIES, SHOWN } from './letters.ts';

/** A message that came inside another: read by the server (Email/parse, RFC 8621 §4.9) and shown like any other. */
export function InnerMessage({ blob }: { readonly blob: Id }) {
  const { api } = useDesk();
  const email = useSignal<FullEmail | undefined>(undefined);
  const trouble = useSignal<Trouble | undefined>(undefined);
  useEffect(() => {
    api
      .call<{ readonly parsed: Readonly<Record<Id, FullEmail>> | null }>('Email/parse', {
        blobIds: [blob],
        properties: FULL_PROPERTIES,
        bodyProperties: BODY_PROPERTIES,
        fetchTextBodyValues: true,
        fetchHTMLBodyValues: true,
        maxBodyValueBytes: SHOWN,
      })
      .then(({ parsed }) => {
        const found = parsed?.[blob];
        if (found === undefined) trouble.value = new Trouble('refused', words.reader.unread);
        // It lies in no mailbox and has no keywords of its own.
        else
          email.value = {
            ...found,
            id: found.id ?? blob,
            keywords: {},
            mailboxIds: {},
            receivedAt: found.sentAt ?? '',
          };
      })
      .catch((error: unknown) => (trouble.value = asTrouble(error)));
  }, [blob]);
  if (trouble.value !== undefined)
    return <ErrorCard what={words.reader.loadFailed} why={trouble.value.said ?? words.reader.unread} />;
  if (email.value === undefined) {
    return (
      <Waiting>
        <p class="muted">{words.common.loading}</p>
      </Waiting>
    );
  }
  return (
    <div class="inner-message">
      <h3 dir={directionOf(email.value.subject ?? '')}>
        <Foreign text={email.value.subject ?? words.common.noSubject} isAlone />
      </h3>
      <HeaderView email={email.value} full={email.value} fold={undefined}>
        {null}
      </HeaderView>
      <BodyView email={email.value} showWhole={undefined} />
      <Files email={email.value} />
    </div>
  );
}
