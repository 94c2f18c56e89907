/** The key to sealed passwords when a house is opened: put where it is wished to be, and waited for while it can't be had. */
import { describeError } from '../../base/index.ts';
import type { Cancel } from '../../base/index.ts';
import { TroubleError } from '../../collect/index.ts';
import type { Core } from '../core.ts';
import { secretKeyOf } from './secret-key.ts';
import type { SecretKey } from './secret-key.ts';

/** How often a keyring is looked at that did not give out the key, in ms. It asks nobody anything. */
const LOOK_EVERY = 5_000;

export interface OpenedKey {
  readonly key: SecretKey;
  /** Whole sentences. */
  readonly told: readonly string[];
  /** Calls `onBack` once, when the key can be had that could not be; the answer ends the watch. */
  watch(onBack: () => void): () => void;
}

/** Rejects with a sentence when the file of the key holds none. A keyring that is locked does not stop the house from opening. */
export async function openKey(
  core: Core,
  { stateDirectory, isClient }: { readonly stateDirectory: string; readonly isClient: boolean },
): Promise<OpenedKey> {
  const key = secretKeyOf(core, stateDirectory);
  const told = isClient ? [...(await key.settle(core.config().client.keyring))] : [];
  const trouble = await withoutKey(key);
  if (trouble !== undefined) told.push(trouble);
  for (const sentence of told) core.log.info(sentence);
  return { key, told, watch: (onBack) => (trouble === undefined ? () => undefined : watchKey(core, key, onBack)) };
}

/** Why it can't be had now, as sentences; undefined: it is at hand. */
async function withoutKey(key: SecretKey): Promise<string | undefined> {
  try {
    await key.seal();
    return undefined;
  } catch (error) {
    if (!(error instanceof TroubleError)) throw error;
    const { what, why, you } = error.trouble;
    return `${what} ${why} ${you}`;
  }
}

/** The person is asked once to unlock it; whatever they answer, it is looked again and again. */
function watchKey({ clock, log }: Core, key: SecretKey, onBack: () => void): () => void {
  const ended = new AbortController();
  let cancel: Cancel = () => undefined;
  const look = (ask?: AbortSignal): void => {
    key
      .seal(ask)
      .then(() => {
        if (!ended.signal.aborted) onBack();
      })
      .catch((error: unknown) => {
        if (!(error instanceof TroubleError))
          log.warn('The key could not be looked for', { cause: describeError(error) });
        if (!ended.signal.aborted) cancel = clock.after(LOOK_EVERY, () => look());
      });
  };
  look(ended.signal);
  return () => {
    ended.abort();
    cancel();
  };
}
