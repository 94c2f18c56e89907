import { useEffect } from 'preact/hooks';
import { useSignal } from '@preact/signals';
import { ErrorCard, Waiting } from '../components/index.ts';
import { directionOf } from '../components/direction.ts';
import { Foreign } from '../components/names.tsx';
import { asTrouble } from '../jmap/trouble.ts';
import type { Trouble } from '../jmap/trouble.ts';
import type { FullEmail, Id } from '../jmap/types.ts';
import { useDesk } from '../shell/desk.ts';
import { words } from '../words/index.ts';
import { BodyView } from './body-view.tsx';
import { Files } from './files.tsx';
import { HeaderView } from './header.tsx';
import { InnerTools } from './inner-tools.tsx';
import { parseLetter } from './letters.ts';

/** A message that came inside another, or lies in a file: read by the server and shown like any other. */
export function InnerMessage({ blob }: { readonly blob: Id }) {
  const { api } = useDesk();
  const email = useSignal<FullEmail | undefined>(undefined);
  const trouble = useSignal<Trouble | undefined>(undefined);
  useEffect(() => {
    parseLetter(api, blob)
      .then((found) => (email.value = found))
      .catch((error: unknown) => (trouble.value = asTrouble(error)));
  }, [blob]);
  if (trouble.value !== undefined)
    return (
      <ErrorCard
        what={words.reader.loadFailed}
        why={trouble.value.said ?? words.trouble[trouble.value.kind === 'busy' ? 'tooMany' : trouble.value.kind].why}
      />
    );
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
      <InnerTools blob={blob} />
    </div>
  );
}
