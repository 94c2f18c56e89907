import { useEffect, useRef } from 'preact/hooks';
import { useSignal } from '@preact/signals';
import { clock } from '../clock.ts';
import { Icon, IconButton } from '../components/index.ts';
import { folderName } from '../folders/name.ts';
import { useDesk } from '../shell/desk.ts';
import { go, route } from '../shell/route.ts';
import { words } from '../words/index.ts';
import { OPERATORS, parseSearch, withoutToken } from './parse.ts';
import type { Folder, Search, Wrong } from './parse.ts';

const say = words.search;

/** Searches that are kept, newest first. */
const RECENT = 8;

interface Suggestion {
  readonly text: string;
  readonly says: string;
  /** Searched at once; else it is put into the box, to be gone on with. */
  readonly whole: boolean;
}

export function useSearch(query: string): Search {
  const { mail } = useDesk();
  const folders: readonly Folder[] = [...mail.records.mailboxes.value.values()].map(({ id, name, role }) => ({
    id,
    role,
    name: folderName({ name, role }),
  }));
  return parseSearch(query, { folders, now: clock.now() });
}

/** The box in the bar: a combobox of recent searches and of what narrows a search down. */
export function SearchBox() {
  const { kept } = useDesk();
  const here = route.value;
  const shown = here.view === 'search' ? here.query : '';
  const text = useSignal(shown);
  const isOpen = useSignal(false);
  const marked = useSignal(-1);
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    text.value = shown;
  }, [shown, text]);
  const search = useSearch(text.value);
  const suggestions = isOpen.value ? suggestionsFor(text.value, kept.value.recentSearches) : [];

  const run = (query: string): void => {
    const wanted = query.trim();
    isOpen.value = false;
    marked.value = -1;
    text.value = wanted;
    if (wanted === '') {
      if (here.view === 'search') go({ view: 'folder' });
      return;
    }
    const before = kept.peek().recentSearches.filter((one) => one !== wanted);
    kept.value = { ...kept.peek(), recentSearches: [wanted, ...before].slice(0, RECENT) };
    go({ view: 'search', query: wanted });
  };
  const take = ({ text: chosen, whole }: Suggestion): void => {
    if (whole) run(chosen);
    else {
      text.value = `${text.value.replace(/\S*$/, '')}${chosen}`;
      marked.value = -1;
      input.current?.focus();
    }
  };

  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.isComposing) return;
    const chosen = suggestions[marked.value];
    if (event.key === 'ArrowDown') {
      isOpen.value = true;
      marked.value = Math.min(marked.value + 1, suggestions.length - 1);
    } else if (event.key === 'ArrowUp') marked.value = Math.max(marked.value - 1, -1);
    else if (event.key === 'Enter' && chosen !== undefined) take(chosen);
    else if (event.key === 'Enter') run(text.value);
    else if (event.key === 'Escape' && isOpen.value && suggestions.length > 0) isOpen.value = false;
    else if (event.key === 'Escape')
      (document.querySelector<HTMLElement>('[role=grid] [tabindex="0"]') ?? input.current)?.focus();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  const hasList = suggestions.length > 0;
  return (
    <div
      class="search"
      role="search"
      onFocusOut={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget as Node | null)) isOpen.value = false;
      }}
    >
      <Icon name="search" />
      <input
        ref={input}
        class="search-input"
        type="text"
        role="combobox"
        enterKeyHint="search"
        data-search=""
        aria-label={say.label}
        aria-expanded={hasList}
        aria-controls="search-list"
        aria-autocomplete="list"
        aria-activedescendant={marked.value >= 0 && hasList ? `search-${marked.value}` : undefined}
        aria-describedby="search-wrong"
        aria-invalid={search.wrong.length > 0}
        aria-keyshortcuts="/"
        autoComplete="off"
        autoCapitalize="off"
        spellcheck={false}
        placeholder={say.placeholder}
        value={text.value}
        onFocus={() => (isOpen.value = true)}
        onInput={(event) => {
          text.value = event.currentTarget.value;
          isOpen.value = true;
          marked.value = -1;
        }}
        onKeyDown={onKeyDown}
      />
      {text.value !== '' && (
        <IconButton
          icon="close"
          name={say.clear}
          onClick={() => {
            text.value = '';
            input.current?.focus();
            if (here.view === 'search') go({ view: 'folder' });
          }}
        />
      )}
      <p id="search-wrong" class={search.wrong.length > 0 ? 'search-wrong' : 'unseen'} role="status">
        {search.wrong.map(sentenceOf).join(' ')}
      </p>
      {hasList && (
        <div id="search-list" class="search-list" role="listbox" aria-label={say.narrow}>
          {suggestions.map((suggestion, n) => (
            <div
              key={suggestion.text}
              id={`search-${n}`}
              class="search-option"
              role="option"
              tabIndex={-1}
              aria-selected={n === marked.value}
              onMouseDown={(event) => {
                event.preventDefault();
              }}
              onClick={() => {
                take(suggestion);
              }}
            >
              {suggestion.whole ? <Icon name="clock" /> : <code>{suggestion.text}</code>}
              <span class={suggestion.whole ? '' : 'muted'}>{suggestion.says}</span>
            </div>
          ))}
        </div>
      )}
    </div>
  );
}

/** What was searched for, piece by piece, each removable. */
export function SearchChips() {
  const here = route.value;
  const query = here.view === 'search' ? here.query : '';
  const search = useSearch(query);
  if (search.tokens.length < 1) return null;
  return (
    <ul class="search-chips">
      {search.tokens.map(({ text }, n) => (
        <li key={n}>
          <button
            class="chip"
            type="button"
            aria-label={say.removeChip(text)}
            onClick={() => {
              const rest = withoutToken(search.tokens, n);
              go(rest === '' ? { view: 'folder' } : { view: 'search', query: rest });
            }}
          >
            <bdi>{text}</bdi>
            <Icon name="close" />
          </button>
        </li>
      ))}
    </ul>
  );
}

/** With nothing typed: what was searched for last. Behind a space: the operators that begin so. */
function suggestionsFor(text: string, recent: readonly string[]): readonly Suggestion[] {
  const last = /\S*$/.exec(text)?.[0].toLowerCase() ?? '';
  const operators = Object.entries(OPERATOR_TEXTS)
    .filter(([operator]) => operator.startsWith(last) && operator !== last)
    .map(([operator, says]): Suggestion => ({ text: operator, says, whole: false }));
  const earlier = recent.filter((one) => (text.trim() !== '' ? one !== text && one.startsWith(text.trim()) : true));
  const kept = earlier.map((one): Suggestion => ({ text: one, says: one, whole: true }));
  return [...kept.slice(0, text === '' ? RECENT : 3), ...operators];
}

const OPERATOR_TEXTS: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(say.operators).map(([name, says]) => [OPERATORS.includes(name) ? `${name}:` : name, says]),
);

function sentenceOf(wrong: Wrong): string {
  switch (wrong.kind) {
    case 'quote':
      return say.wrong.quote;
    case 'empty':
      return say.wrong.empty(wrong.operator);
    default:
      return say.wrong[wrong.kind](wrong.text);
  }
}
