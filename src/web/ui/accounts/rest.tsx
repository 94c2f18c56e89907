import { Button, Icon } from '../components/index.ts';
import type { Email } from '../jmap/types.ts';
import { size, words } from '../words/index.ts';
import type { Origin } from './origins.ts';
import { attempt, useAccounts, useOrigins } from './use.ts';

const say = words.accounts;

/** Whether of one of them the header alone is here. */
export function useIsPartial(emails: readonly Email[]): boolean {
  const origins = useOrigins();
  return emails.some(({ id }) => origins.of(id).value?.isHeaderOnly === true);
}

/** Beside a row of which the header alone is here. */
export function PartialMark() {
  return (
    <span class="row-partial" role="img" aria-label={say.partial} title={say.headerOnly}>
      <Icon name="partial" />
    </span>
  );
}

/** Over a message whose header alone was collected: "Download the rest (4.2 MB)". */
export function RestBar({ email }: { readonly email: string }) {
  const origins = useOrigins();
  const origin = origins.of(email).value;
  if (origin?.isHeaderOnly !== true) return null;
  return (
    <div class="notice-bar" role="status">
      <Icon name="partial" />
      <span class="grow">
        {origin.isGoneThere ? say.restGone : say.headerOnly} {origin.restWanted && <WhyNotYet origin={origin} />}
      </span>
      {!origin.isGoneThere && (
        <Button
          icon="download"
          disabled={origin.restWanted}
          onClick={() => {
            attempt(origins.wantRest(email));
          }}
        >
          {origin.restWanted ? say.restComing : say.downloadRest(size(origin.size))}
        </Button>
      )}
    </div>
  );
}

/** What keeps the rest from coming. */
function WhyNotYet({ origin }: { readonly origin: Origin }) {
  const remote = useAccounts().all.value?.find(({ id }) => id === origin.remoteId);
  if (remote === undefined || remote.visiting !== null || remote.standing.kind !== 'trouble') return null;
  return <>{say.restWaits(remote.standing.trouble.what)}</>;
}
