import { useEffect } from 'preact/hooks';
import { useSignal } from '@preact/signals';
import { Dialog, ErrorCard, Waiting } from '../components/index.ts';
import { asTrouble } from '../jmap/trouble.ts';
import type { Trouble } from '../jmap/trouble.ts';
import type { Id } from '../jmap/types.ts';
import { useDesk } from '../shell/desk.ts';
import { words } from '../words/index.ts';

const say = words.reader.journey;

/** One story: what was recorded, told in sentences. */
interface Story {
  readonly id: string;
  readonly lines: readonly string[];
}

export function JourneyPanel({ email, close }: { readonly email: Id; readonly close: () => void }) {
  const { api } = useDesk();
  const stories = useSignal<readonly Story[] | undefined>(undefined);
  const trouble = useSignal<Trouble | undefined>(undefined);
  useEffect(() => {
    api.call<{ readonly list: readonly Story[] }>('Journey/get', { ids: [email] }).then(
      ({ list }) => (stories.value = list),
      (error: unknown) => (trouble.value = asTrouble(error)),
    );
  }, [email]);
  return (
    <Dialog title={say.title} wide close={close}>
      {trouble.value !== undefined && <ErrorCard what={words.reader.loadFailed} why={trouble.value.said ?? ''} />}
      {stories.value === undefined && trouble.value === undefined && (
        <Waiting>
          <p class="muted">{words.common.loading}</p>
        </Waiting>
      )}
      {stories.value?.length === 0 && <p>{say.none}</p>}
      {stories.value?.map(({ id, lines }) => (
        <ol key={id} class="journey">
          {lines.map((line, n) => (
            <li key={n} dir="auto">
              {line}
            </li>
          ))}
        </ol>
      ))}
    </Dialog>
  );
}
