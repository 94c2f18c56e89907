import { useSignal } from '@preact/signals';
import { Button, Choice, IconButton, Switch } from '../components/index.ts';
import { Foreign } from '../components/names.tsx';
import { commands, isMac } from '../shell/all-commands.ts';
import { useDesk } from '../shell/desk.ts';
import { isSingle, keysInWords, strokeOf, takenBy } from '../shell/keys.ts';
import { go } from '../shell/route.ts';
import { words } from '../words/index.ts';
import { choices, look } from './device.ts';
import { Account, Writing } from './writing.tsx';

const say = words.settings;

const SECTIONS = ['look', 'reading', 'writing', 'account', 'pictures', 'keys'] as const;
type Section = (typeof SECTIONS)[number];

export function SettingsView({ section }: { readonly section: string | undefined }) {
  const here: Section = SECTIONS.find((one) => one === section) ?? 'look';
  return (
    <section class="page settings" aria-label={say.title}>
      <h1>{say.title}</h1>
      <nav class="settings-nav" aria-label={say.title}>
        {SECTIONS.map((one) => (
          <button
            key={one}
            class="chip"
            type="button"
            aria-pressed={one === here}
            onClick={() => {
              go({ view: 'settings', section: one }, true);
            }}
          >
            {say.sections[one]}
          </button>
        ))}
      </nav>
      <div class="settings-body">
        <h2>{say.sections[here]}</h2>
        {here === 'look' && <Look />}
        {here === 'reading' && <Reading />}
        {here === 'writing' && <Writing />}
        {here === 'account' && <Account />}
        {here === 'pictures' && <Pictures />}
        {here === 'keys' && <Keys />}
        {here !== 'account' && <p class="muted">{say.device}</p>}
      </div>
    </section>
  );
}

function Look() {
  return (
    <>
      <Choice
        label={say.theme}
        value={look.value.theme}
        of={say.themes}
        choose={(theme) => (look.value = { ...look.peek(), theme })}
      />
      <Choice
        label={say.density}
        value={look.value.density}
        of={say.densities}
        choose={(density) => (look.value = { ...look.peek(), density })}
      />
    </>
  );
}

function Reading() {
  const { list } = useDesk();
  return (
    <>
      <Choice
        label={say.markRead}
        value={choices.value.markRead}
        of={say.markReads}
        choose={(markRead) => (choices.value = { ...choices.peek(), markRead })}
      />
      <Choice
        label={say.afterRemove}
        value={choices.value.afterRemove}
        of={say.afterRemoves}
        choose={(afterRemove) => (choices.value = { ...choices.peek(), afterRemove })}
      />
      <Switch
        label={say.grouped}
        on={choices.value.grouped}
        set={(grouped) => {
          choices.value = { ...choices.peek(), grouped };
          list.reload();
        }}
      />
      <Switch
        label={say.preferText}
        on={choices.value.preferText}
        set={(preferText) => (choices.value = { ...choices.peek(), preferText })}
      />
    </>
  );
}

function Pictures() {
  const { kept } = useDesk();
  const all = Object.entries(kept.value.pictures).toSorted(([a], [b]) => (a < b ? -1 : 1));
  const forget = (who: string): void => {
    const { [who]: _, ...rest } = kept.peek().pictures;
    kept.value = { ...kept.peek(), pictures: rest };
  };
  return (
    <>
      <p>{say.picturesText}</p>
      {all.length === 0 && <p class="muted">{say.picturesNone}</p>}
      <ul class="settings-list">
        {all.map(([who, what]) => (
          <li key={who}>
            <span class="grow">
              <Foreign text={who} />
            </span>
            <span class="muted">{what === 'always' ? say.picturesAlways : say.picturesNever}</span>
            <IconButton
              icon="close"
              name={say.forget(who)}
              onClick={() => {
                forget(who);
              }}
            />
          </li>
        ))}
      </ul>
    </>
  );
}

function Keys() {
  const changing = useSignal<string | undefined>(undefined);
  const problem = useSignal<string | undefined>(undefined);
  const set = (id: string, keys: string): void => {
    const other = takenBy(commands.peek(), keys, id);
    problem.value = other === undefined ? undefined : say.keyTaken(keysInWords(keys, isMac), other.name);
    if (other !== undefined) return;
    choices.value = { ...choices.peek(), keys: { ...choices.peek().keys, [id]: [keys] } };
    changing.value = undefined;
  };
  return (
    <>
      <Switch
        label={say.singleKeys}
        hint={say.singleKeysText}
        on={choices.value.singleKeys}
        set={(singleKeys) => (choices.value = { ...choices.peek(), singleKeys })}
      />
      {problem.value !== undefined && (
        <p class="field-error" role="alert">
          {problem.value}
        </p>
      )}
      <ul class="settings-list">
        {commands.value.map(({ id, name, keys }) => (
          <li key={id}>
            <span class="grow">{name}</span>
            {changing.value === id ? (
              <KeyCatcher
                caught={(stroke) => {
                  if (stroke === 'Escape') changing.value = undefined;
                  else set(id, stroke);
                }}
              />
            ) : (
              <button
                class="key-button"
                type="button"

                onClick={() => (changing.value = id)}
              >
                {keys.length === 0 ? (
                  <span class="muted">{say.noKey}</span>
                ) : (
                  keys.map((one) => (
                    <kbd key={one} data-off={!choices.value.singleKeys && isSingle(one) ? '' : undefined}>
                      {keysInWords(one, isMac)}
                    </kbd>
                  ))
                )}
                <span class="unseen">{say.changeKey(name)}</span>
              </button>
            )}
          </li>
        ))}
      </ul>
      <Button onClick={() => (choices.value = { ...choices.peek(), keys: {} })}>{say.resetKeys}</Button>
    </>
  );
}

/** Takes the next key. Tab leaves it, so that nobody is caught in it. */
function KeyCatcher({ caught }: { readonly caught: (stroke: string) => void }) {
  return (
    <input
      ref={(input) => {
        input?.focus();
      }}
      class="input key-catcher"
      type="text"
      readOnly
      value={say.pressKey}
      aria-label={say.pressKey}
      onBlur={() => {
        caught('Escape');
      }}
      onKeyDown={(event) => {
        if (event.key === 'Tab' || ['Shift', 'Control', 'Alt', 'Meta'].includes(event.key)) return;
        event.preventDefault();
        event.stopPropagation();
        caught(strokeOf(event));
      }}
    />
  );
}
