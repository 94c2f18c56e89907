/** Accounts at other providers, on a person's own computer: set-up, pages, progress. */
export { OfflineBanner } from './banner.tsx';
export { FirstRun } from './first-run.tsx';
export { ProgressChip } from './progress.tsx';
export { PartialMark, RestBar, useIsPartial } from './rest.tsx';
export { useAccounts, useFreshAccounts } from './use.ts';
export { AccountsView } from './view.tsx';
