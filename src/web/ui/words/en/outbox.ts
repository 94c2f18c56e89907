import { many } from '../many.ts';

/** What was sent and has not all arrived. */
export const outbox = {
  title: 'Outbox',
  none: {
    title: 'Nothing waits',
    text: 'What you send stands here until everybody has it, and what could not be delivered for a week.',
  },
  states: {
    held: 'Held',
    waiting: 'Waiting',
    sending: 'On its way',
    sent: 'Delivered',
    refused: 'Not delivered',
    unsure: 'Unsure',
    canceled: 'Stopped',
  } as Readonly<Record<string, string>>,
  heldUntil: (when: string) => `Goes ${when}.`,
  heldByKeeper: 'Whoever keeps the server holds it.',
  nextTry: (when: string) => `Next try ${when}.`,
  givesUp: (when: string) => `It is given up ${when}.`,
  tries: (n: number) => many(n, 'Tried once.', 'Tried # times.'),
  unsure:
    'The connection broke, or this server stopped, after the message was handed over and before an answer came. Nobody knows whether it arrived. It is never sent again by itself.',
  actions: {
    sendNow: 'Send now',
    tryAgain: 'Try now',
    sendAgain: 'Send again (may arrive twice)',
    cancel: 'Send no more',
  } as Readonly<Record<string, string>>,
  leave: 'It arrived, or leave it',
  left: 'It stays as it is, and is not sent again.',
  backToDraft: 'Back to Drafts',
  otherTime: 'Another time…',
  correct: 'Correct and send again',
  sendAgainTitle: 'Send it again?',
  sendAgainText: (who: string) =>
    `The server there may have taken it, and only its answer was lost. Then ${who} would get it twice. Ask first, if you can.`,
  acted: 'Done.',
};

/** What came back: a report of a delivery, as a card. */
export const report = {
  failed: (n: number) => many(n, 'It could not be delivered', 'It could not be delivered to # people'),
  delayed: 'It is late, and still being tried',
  delivered: 'It was delivered',
  displayed: 'It was opened by its recipient',
  read: (who: string) => `A confirmation from ${who}.`,
  about: (subject: string) => `About “${subject}”`,
  until: (when: string) => `They try until ${when}.`,
  youCan: 'You can',
  correct: 'Correct and send again',
  gone: 'The message itself is no longer here, so it can’t be opened again.',
  journey: 'What happened to it',
  itself: 'The report itself',
  server: (name: string) => `Said by ${name}`,
  near: (meant: string) => `Did you mean ${meant}?`,
};
