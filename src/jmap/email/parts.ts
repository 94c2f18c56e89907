/** What the methods of emails are built from. */
import type { JmapParts } from '../parts.ts';
import type { MailReading } from '../reading/index.ts';

export interface EmailParts extends JmapParts {
  readonly reading: MailReading;
}
