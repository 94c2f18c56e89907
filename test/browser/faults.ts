/** What may go wrong in a page, collected while it lives. */
import type { BrowserContext, ConsoleMessage, Page } from 'playwright-core';

export interface Fault {
  readonly kind:
    | 'console'
    /** Something the page's Content-Security-Policy had to stop. */
    | 'policy'
    /** An exception nobody caught. */
    | 'exception'
    /** A request to an origin that is not ours. */
    | 'elsewhere'
    | 'dialog';
  readonly text: string;
}

/** The list fills up while the context lives, pop-ups included. Dialogs are dismissed. */
export function watchFaults(context: BrowserContext, isOwn: (url: URL) => boolean): Fault[] {
  const faults: Fault[] = [];
  const elsewhere = (address: string): void => {
    const url = new URL(address);
    const leaves = ['http:', 'https:', 'ws:', 'wss:', 'ftp:'].includes(url.protocol);
    if (leaves && !isOwn(url)) faults.push({ kind: 'elsewhere', text: address });
  };
  context.on('request', (request) => {
    elsewhere(request.url());
  });
  context.on('console', (message) => {
    // Browsers ask for this one by themselves, where a page names no icon.
    if (message.location().url.endsWith('/favicon.ico')) return;
    if (message.type() === 'error' && !isLetterHeldBack(message.text())) faults.push(consoleFault(message));
  });
  context.on('weberror', (error) => faults.push({ kind: 'exception', text: error.error().message }));
  context.on('page', (page: Page) => {
    page.on('websocket', (socket) => {
      elsewhere(socket.url());
    });
    page.on('dialog', (dialog) => {
      faults.push({ kind: 'dialog', text: `${dialog.type()}: ${dialog.message()}` });
      // It may have gone with its page in the meantime.
      dialog.dismiss().catch(() => undefined);
    });
  });
  return faults;
}

/** A letter with a script in it, stopped where letters are: that is how it should be. */
function isLetterHeldBack(text: string): boolean {
  return /^Blocked script execution in '[^']*\/frame(#[^']*)?' because the document's frame is sandboxed/.test(text);
}

function consoleFault(message: ConsoleMessage): Fault {
  const { url } = message.location();
  const text = url === '' ? message.text() : `${message.text()} (${url})`;
  return { kind: /Content Security Policy/i.test(text) ? 'policy' : 'console', text };
}

export function isLoopbackUrl(url: URL): boolean {
  return /^(localhost|127(\.\d+){3}|\[::1\])$/.test(url.hostname);
}
