import { useEffect, useId, useRef } from 'preact/hooks';
import { useSignal } from '@preact/signals';
import { clock } from '../clock.ts';
import { Icon, notices } from '../components/index.ts';
import { Foreign } from '../components/names.tsx';
import { nameOf } from '../list/names.ts';
import { words } from '../words/index.ts';
import type { Field } from './content.ts';
import type { Correspondent } from './correspondents.ts';
import type { Draft } from './draft.ts';
import { formatPerson, readPeople, readPerson, sameAddress } from './people.ts';
import type { Entry } from './people.ts';
import { writers } from './writers.ts';

const say = words.compose.people;

/** Milliseconds after a key until suggestions are asked for. */
const SOON = 120;

const textOfEntry = (entry: Entry): string => (entry.kind === 'person' ? formatPerson(entry.person) : entry.text);
const shortOf = (entry: Entry): string => (entry.kind === 'person' ? nameOf(entry.person) : entry.text);

/** To, Cc or Bcc: people as chips, and a place to type more. Nothing typed is ever lost. */
export function PeopleField({ draft, field }: { readonly draft: Draft; readonly field: Field }) {
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  const row = useRef<HTMLDivElement>(null);
  const entries = draft.content.value[field];
  const typed = draft.content.value.typed[field];
  const found = useSignal<readonly Correspondent[]>([]);
  const chosen = useSignal(-1);
  const slip = useSignal<{ readonly typed: string; readonly meant: string } | undefined>(undefined);
  const { people } = writers();
  const refused = draft.obstacle.value?.is === 'refused' ? draft.obstacle.value.addresses : [];
  const doubtful = new Set([...refused, ...draft.doubtful.value].map(sameAddress));

  useEffect(() => {
    const text = typed.trim();
    if (text === '') {
      found.value = [];
      chosen.value = -1;
      return undefined;
    }
    let late = false;
    const cancel = clock.after(SOON, () => {
      void people.find(text).then((list) => {
        if (late || document.activeElement !== input.current) return;
        const there = new Set(entries.map((one) => (one.kind === 'person' ? sameAddress(one.person.email) : '')));
        found.value = list.filter(({ email }) => !there.has(sameAddress(email)));
        chosen.value = -1;
        if (found.value.length > 0) notices.speak(say.found(found.value.length));
      });
    });
    return () => {
      late = true;
      cancel();
    };
  }, [typed]);

  const setTyped = (text: string): void => {
    draft.change({ typed: { ...draft.content.peek().typed, [field]: text } });
  };
  const put = (more: readonly Entry[], text = ''): void => {
    const before = draft.content.peek();
    const there = new Set(before[field].map((one) => sameAddress(one.kind === 'person' ? one.person.email : one.text)));
    const fresh = more.filter((one) => one.kind === 'unclear' || !there.has(sameAddress(one.person.email)));
    draft.change({ [field]: [...before[field], ...fresh], typed: { ...before.typed, [field]: text } });
    found.value = [];
    for (const one of fresh) void look(one);
    if (fresh.length > 0) notices.speak(say.added(fresh.map(shortOf).join(', ')));
  };
  const look = async (entry: Entry): Promise<void> => {
    if (entry.kind !== 'person') return;
    const meant = await people.slip(entry.person.email);
    if (meant !== undefined) slip.value = { typed: entry.person.email, meant };
  };
  const commit = (): void => {
    const text = draft.content.peek().typed[field];
    if (text.trim() !== '') put(readPeople(text));
    else if (text !== '') setTyped('');
  };
  const choose = (one: Correspondent): void => {
    put([{ kind: 'person', person: { name: one.name, email: one.email } }]);
    input.current?.focus();
  };
  const remove = (at: number, focusAt: number): void => {
    const gone = entries[at];
    draft.change({ [field]: entries.filter((_, n) => n !== at) });
    if (gone !== undefined) notices.speak(say.removed(shortOf(gone)));
    if (slip.peek() !== undefined && gone?.kind === 'person' && gone.person.email === slip.peek()?.typed)
      slip.value = undefined;
    queueMicrotask(() => {
      focusChip(focusAt);
    });
  };
  const edit = (at: number): void => {
    const entry = entries[at];
    if (entry === undefined) return;
    const before = draft.content.peek().typed[field];
    if (before.trim() !== '') put([readPerson(before)]);
    const now = draft.content.peek();
    draft.change({
      [field]: now[field].filter((one) => one !== entry),
      typed: { ...now.typed, [field]: textOfEntry(entry) },
    });
    input.current?.focus();
  };
  const chips = (): HTMLElement[] => [...(row.current?.querySelectorAll<HTMLElement>('.person-chip') ?? [])];
  const focusChip = (at: number): void => {
    const all = chips();
    if (at >= 0 && at < all.length) all[at]?.focus();
    else input.current?.focus();
  };

  const onChipKey = (event: KeyboardEvent, at: number): void => {
    // Ctrl+Enter sends, here too.
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const isRtl = getComputedStyle(event.currentTarget as Element).direction === 'rtl';
    const [back, on] = isRtl ? ['ArrowRight', 'ArrowLeft'] : ['ArrowLeft', 'ArrowRight'];
    switch (event.key) {
      case back:
        focusChip(Math.max(0, at - 1));
        break;
      case on:
        focusChip(at + 1 >= entries.length ? -1 : at + 1);
        break;
      case 'Home':
        focusChip(0);
        break;
      case 'End':
        input.current?.focus();
        break;
      case 'Enter':
      case 'F2':
        edit(at);
        break;
      case 'Delete':
        remove(at, at < entries.length - 1 ? at : -1);
        break;
      case 'Backspace':
        remove(at, at === 0 ? (entries.length > 1 ? 0 : -1) : at - 1);
        break;
      default:
        return;
    }
    event.preventDefault();
    event.stopPropagation();
  };

  const onKey = (event: KeyboardEvent): void => {
    if (event.isComposing || event.keyCode === 229) return;
    const { key } = event;
    const list = found.peek();
    const isAtStart = input.current?.selectionStart === 0 && input.current.selectionEnd === 0;
    if (list.length > 0 && (key === 'ArrowDown' || key === 'ArrowUp')) {
      const step = key === 'ArrowDown' ? 1 : -1;
      chosen.value = (chosen.peek() + step + list.length + (chosen.peek() < 0 && step < 0 ? 1 : 0)) % list.length;
    } else if (list.length > 0 && key === 'Escape') found.value = [];
    else if (list.length > 0 && key === 'Delete' && event.shiftKey && chosen.peek() >= 0) forget(list[chosen.peek()]);
    else if ((key === 'Enter' || key === 'Tab') && chosen.peek() >= 0 && list[chosen.peek()] !== undefined)
      choose(list[chosen.peek()] as Correspondent);
    else if (key === 'Enter' && !event.ctrlKey && !event.metaKey) commit();
    else if ((key === ',' || key === ';') && !isQuoted(typed)) commit();
    else if (isAtStart && entries.length > 0 && (key === 'Backspace' || key === 'ArrowLeft'))
      focusChip(entries.length - 1);
    else return;
    if (key === 'Enter' || key === 'Escape') event.stopPropagation();
    event.preventDefault();
  };

  const forget = (one: Correspondent | undefined): void => {
    if (one === undefined) return;
    found.value = found.peek().filter(({ id: other }) => other !== one.id);
    chosen.value = -1;
    notices.speak(say.forgotten(one.email));
    void people.forget(one.id).catch(() => undefined);
  };

  const onPaste = (event: ClipboardEvent): void => {
    const text = event.clipboardData?.getData('text/plain') ?? '';
    if (!/[,;\n@]/u.test(text) || typed.trim() !== '') return;
    const pasted = readPeople(text);
    if (pasted.length < 2 && pasted[0]?.kind !== 'person') return;
    event.preventDefault();
    put(pasted);
  };

  const isOpen = found.value.length > 0;
  const unclear = entries.filter((entry) => entry.kind === 'unclear');
  return (
    <div class="compose-row people-field" data-field={field}>
      <label class="compose-label" for={id}>
        {words.compose[field]}
      </label>
      <div class="people-box">
        <div
          ref={row}
          class="people"
          role="presentation"
          onClick={(event) => {
            if (event.target === event.currentTarget) input.current?.focus();
          }}
        >
          {entries.map((entry, n) => {
            const isWrong = entry.kind === 'unclear' || doubtful.has(sameAddress(entry.person.email));
            return (
              <span
                key={`${n} ${textOfEntry(entry)}`}
                class="person-chip"
                role="button"
                tabIndex={-1}
                data-wrong={isWrong ? '' : undefined}
                title={textOfEntry(entry)}
                aria-label={
                  entry.kind === 'unclear' ? say.unclear(entry.text, entry.why) : say.chip(formatPerson(entry.person))
                }
                onKeyDown={(event) => {
                  onChipKey(event, n);
                }}
                onDblClick={() => {
                  edit(n);
                }}
              >
                <Foreign text={shortOf(entry)} />
                <span
                  class="person-remove"
                  role="presentation"
                  title={say.remove(shortOf(entry))}
                  onClick={(event) => {
                    event.stopPropagation();
                    remove(n, -1);
                  }}
                >
                  <Icon name="close" />
                </span>
              </span>
            );
          })}
          <input
            ref={input}
            id={id}
            class="people-input"
            type="text"
            dir="auto"
            role="combobox"
            aria-expanded={isOpen}
            aria-controls={`${id}-list`}
            aria-autocomplete="list"
            aria-activedescendant={isOpen && chosen.value >= 0 ? `${id}-${chosen.value}` : undefined}
            aria-describedby={unclear.length > 0 ? `${id}-why` : undefined}
            aria-invalid={unclear.length > 0 ? 'true' : undefined}
            autoComplete="off"
            autoCapitalize="off"
            spellcheck={false}
            value={typed}
            onInput={(event) => {
              setTyped(event.currentTarget.value);
            }}
            onKeyDown={onKey}
            onPaste={onPaste}
            onBlur={() => {
              found.value = [];
              commit();
            }}
          />
        </div>
        {isOpen && (
          <div id={`${id}-list`} class="people-list" role="listbox" aria-label={say.suggestions}>
            {found.value.map((one, n) => (
              <div
                key={one.id}
                id={`${id}-${n}`}
                class="people-option"
                role="option"
                aria-selected={n === chosen.value}
                onMouseDown={(event) => {
                  event.preventDefault();
                  choose(one);
                }}
              >
                <span class="grow">
                  {one.name !== null && one.name !== '' && (
                    <b>
                      <Foreign text={one.name} />
                    </b>
                  )}{' '}
                  <span class="muted">
                    <Foreign text={one.email} />
                  </span>
                </span>
                <span
                  class="people-forget"
                  role="presentation"
                  title={say.forget(one.email)}
                  onMouseDown={(event) => {
                    event.preventDefault();
                    event.stopPropagation();
                    forget(one);
                  }}
                >
                  <Icon name="close" />
                </span>
              </div>
            ))}
          </div>
        )}
        {unclear.length > 0 && (
          <p class="field-error people-why" id={`${id}-why`}>
            {unclear.map(({ text, why }) => (
              <span key={text}>
                <b>
                  <Foreign text={text} />
                </b>{' '}
                {why}{' '}
              </span>
            ))}
          </p>
        )}
        {slip.value !== undefined && (
          <Slip draft={draft} field={field} slip={slip.value} close={() => (slip.value = undefined)} />
        )}
      </div>
    </div>
  );
}

const isQuoted = (text: string): boolean => (text.match(/"/gu)?.length ?? 0) % 2 === 1;

function Slip(props: {
  readonly draft: Draft;
  readonly field: Field;
  readonly slip: { readonly typed: string; readonly meant: string };
  readonly close: () => void;
}) {
  const { draft, field, slip, close } = props;
  const change = (): void => {
    const entries = draft.content
      .peek()
      [field].map((entry) =>
        entry.kind === 'person' && entry.person.email === slip.typed
          ? { kind: 'person' as const, person: { ...entry.person, email: slip.meant } }
          : entry,
      );
    draft.change({ [field]: entries });
    close();
  };
  return (
    <p class="people-slip" role="status">
      <Icon name="help" />
      <span>{say.slip(slip.typed, slip.meant)}</span>
      <button class="link" type="button" onClick={change}>
        {say.slipYes(slip.meant)}
      </button>
      <button class="link" type="button" onClick={close}>
        {say.slipNo}
      </button>
    </p>
  );
}
