import { useEffect } from 'preact/hooks';
import { useSignal } from '@preact/signals';
import { Button, Icon } from '../components/index.ts';
import { useDesk } from '../shell/desk.ts';
import { size, words } from '../words/index.ts';
import { REMOTES } from './types.ts';

const say = words.accounts;

interface Origin {
  readonly emailId: string;
  readonly size: number;
  readonly isHeaderOnly: boolean;
  readonly restWanted: boolean;
  readonly isGoneThere: boolean;
}

/** Over a message whose header alone was collected: "Download the rest (4.2 MB)". */
export function RestBar({ email }: { readonly email: string }) {
  const { api } = useDesk();
  const origin = useSignal<Origin | undefined>(undefined);
  const isOffered = api.speaks(REMOTES);
  useEffect(() => {
    if (!isOffered) return;
    void api
      .call<{ readonly list: readonly Origin[] }>('Remote/origins', { emailIds: [email] })
      .then(({ list }) => (origin.value = list[0]))
      .catch(() => undefined);
  }, [api, email, isOffered]);
  const now = origin.value;
  if (now?.isHeaderOnly !== true) return null;
  const fetch = async (): Promise<void> => {
    await api.call('Remote/wantRest', { emailIds: [email] });
    origin.value = { ...now, restWanted: true };
  };
  return (
    <div class="notice-bar" role="status">
      <Icon name="info" />
      <span class="grow">{now.isGoneThere ? say.restGone : say.headerOnly}</span>
      {!now.isGoneThere && (
        <Button icon="download" disabled={now.restWanted} onClick={() => void fetch()}>
          {now.restWanted ? say.restComing : say.downloadRest(size(now.size))}
        </Button>
      )}
    </div>
  );
}
