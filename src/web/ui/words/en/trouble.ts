/** What, why, you can, we will: the fixed shape of everything that went wrong. */
export const trouble = {
  why: 'Why',
  youCan: 'You can',
  weWill: 'We will',
  serversWords: 'The server’s own words',
  offline: {
    what: 'There is no connection to the network',
    why: 'Your device says that it is offline.',
    will: 'We try again as soon as the connection is back.',
  },
  gone: {
    what: 'The mail server does not answer',
    why: 'It is stopped, restarting, or something on the way to it is broken.',
    will: 'We keep trying, a little less often each time.',
  },
  ended: {
    what: 'Your session has ended',
    why: 'Sessions end after a while, when you log out elsewhere, or when the password was changed.',
    will: 'Nothing you have open is lost; log in again and it goes on.',
  },
  refused: {
    what: 'The server refused this',
    why: 'Its own words are below.',
    will: 'Nothing was changed.',
  },
  notFound: {
    what: 'This is not here any more',
    why: 'It was moved or deleted, perhaps from another device.',
    will: 'The list shows what is there now.',
  },
  tooMany: {
    what: 'The server is busy',
    why: 'It takes only so many requests at once.',
    will: 'We try again in a moment.',
  },
  broken: {
    what: 'Something in this page failed',
    why: 'This is a mistake in Posthorn, not in your mail.',
    will: 'Your mail is untouched. Loading the page again usually helps.',
    reload: 'Load the page again',
  },
  rolledBack: (what: string) => `${what} did not work, so everything is as it was.`,
};
