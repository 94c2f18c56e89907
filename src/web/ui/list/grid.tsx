import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { useSignal } from '@preact/signals';
import type { MessageQuery } from '../jmap/message-query.ts';
import { useDesk } from '../shell/desk.ts';
import { open, openEmail, route } from '../shell/route.ts';
import { words } from '../words/index.ts';
import { look } from '../settings/device.ts';
import { Row } from './row.tsx';
import { scrollFor, windowOf } from './window.ts';
import type { View } from './window.ts';

/** The rows: only those in view are there, and the one in focus. */
export function Grid({ query }: { readonly query: MessageQuery }) {
  const { list } = useDesk();
  const scroller = useRef<HTMLDivElement>(null);
  const scrollTop = useSignal(0);
  const height = useSignal(0);
  const row = useSignal(56);
  const count = query.total.value ?? 0;
  void query.version.value;
  const active = list.active.value;
  const view: View = { scrollTop: scrollTop.value, height: height.value, row: row.value, count };
  const shown = windowOf(view);
  const opened = openEmail(route.value);

  // The height of a row is the style sheet's: density and coarse pointers change it.
  const density = look.value.density;
  useLayoutEffect(() => {
    const element = scroller.current;
    if (element === null) return undefined;
    const measure = (): void => {
      height.value = element.clientHeight;
      row.value = Number.parseFloat(getComputedStyle(element).getPropertyValue('--row')) || 56;
    };
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    measure();
    return () => {
      observer.disconnect();
    };
  }, [height, row, density]);

  useEffect(() => {
    if (shown.last >= shown.first) void query.need(shown.first, shown.last);
  });

  useEffect(() => {
    list.settle();
  }, [list, query.version.value]);

  // A new list begins at its top.
  useLayoutEffect(() => {
    if (scroller.current !== null) scroller.current.scrollTop = 0;
  }, [query]);

  // A row that is drawn anew (now it is loaded, now it is gone) must not take focus away with it.
  const hasFocus = useRef(false);
  useLayoutEffect(() => {
    if (hasFocus.current && document.activeElement === document.body && scroller.current !== null) {
      focusRow(scroller.current, list.active.peek());
    }
  });

  const wanted = list.wantsFocus.value;
  const first = useRef(wanted);
  useLayoutEffect(() => {
    if (first.current === wanted) return;
    first.current = wanted;
    const element = scroller.current;
    if (element === null) return;
    const to = scrollFor(list.active.peek(), view);
    if (to !== undefined) {
      element.scrollTop = to;
      scrollTop.value = element.scrollTop;
    }
    focusRow(element, list.active.peek());
  }, [wanted]);

  const indexes = rowIndexes(shown.first, shown.last, active, count);
  return (
    <div
      ref={scroller}
      class="grid"
      role="grid"
      aria-label={words.list.label}
      aria-rowcount={count}
      aria-multiselectable="true"
      tabIndex={count === 0 ? 0 : -1}
      data-focus-inside=""
      onScroll={(event) => {
        scrollTop.value = event.currentTarget.scrollTop;
      }}
      onKeyDown={(event) => {
        if (moveByKey(event, Math.max(1, Math.floor(height.value / row.value) - 1))) event.preventDefault();
      }}
      onFocusOut={(event) => {
        const grid = event.currentTarget;
        const left = event.target as Element;
        // Taken away, it is gone a moment later; else somebody has moved on.
        queueMicrotask(() => {
          if (left.isConnected && !grid.contains(document.activeElement)) hasFocus.current = false;
        });
      }}
      onFocusIn={(event) => {
        hasFocus.current = true;
        const index = indexOf(event.target);
        if (index !== undefined && index !== list.active.peek()) list.focus(index, false);
      }}
    >
      <div class="grid-tall" role="presentation" style={{ blockSize: `${shown.tall}px` }}>
        {indexes.map((index) => (
          <Row
            key={query.at(index) ?? index}
            index={index}
            id={query.at(index)}
            top={shown.offset + (index - shown.first) * row.value}
            isActive={index === active}
            isOpen={opened !== undefined && query.at(index) === opened}
            onOpen={(at) => {
              list.focus(at, false);
              const id = list.idAt(at);
              if (id !== undefined) open(id);
            }}
          />
        ))}
      </div>
    </div>
  );

  function moveByKey(event: KeyboardEvent, page: number): boolean {
    const at = list.active.peek();
    const to = targetOf(event.key, at, page, count);
    if (to !== undefined && !event.ctrlKey && !event.metaKey && !event.altKey) {
      list.focus(to);
      if (event.shiftKey) void list.selectTo(list.active.peek());
      return true;
    }
    if (event.key === ' ' && !event.ctrlKey) {
      list.toggleAt(at);
      return true;
    }
    if (event.key === 'a' && (event.ctrlKey || event.metaKey)) {
      list.selectEverything();
      return true;
    }
    return false;
  }
}

function targetOf(key: string, at: number, page: number, count: number): number | undefined {
  switch (key) {
    case 'ArrowDown':
      return at + 1;
    case 'ArrowUp':
      return at - 1;
    case 'PageDown':
      return at + page;
    case 'PageUp':
      return at - page;
    case 'Home':
      return 0;
    case 'End':
      return count - 1;
    default:
      return undefined;
  }
}

/** The focused row is never taken away, or focus would fall out of the list. */
function rowIndexes(first: number, last: number, active: number, count: number): readonly number[] {
  const indexes = Array.from({ length: Math.max(0, last - first + 1) }, (_, n) => first + n);
  if (active < count && (active < first || active > last)) indexes.push(active);
  return indexes;
}

const indexOf = (target: EventTarget | null): number | undefined => {
  const index = (target as Element | null)?.closest<HTMLElement>('[role=row]')?.dataset['index'];
  return index === undefined ? undefined : Number(index);
};

/** After the row has been drawn where it is scrolled to. */
function focusRow(scroller: HTMLElement, index: number): void {
  requestAnimationFrame(() => {
    scroller.querySelector<HTMLElement>(`[role=row][data-index="${index}"]`)?.focus({ preventScroll: true });
  });
}
