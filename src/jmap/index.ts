/** Floor 7: JMAP over the store, accounts and intake, without HTTP. */
export { notJson, overLimit } from './errors.ts';
export type { Problem } from './errors.ts';
export { openJmap } from './jmap.ts';
export type { Jmap } from './jmap.ts';
export type { JmapAccount } from './method.ts';
export type { JmapParts } from './parts.ts';
export type { Download, Uploaded, UploadOutcome } from './blobs.ts';
export { MOST_FILES } from './email/files.ts';
export type { FileInMessage, FilesWish } from './email/files.ts';
export type { JmapResponse } from './dispatch.ts';
export type { EventWishes, PushEvent } from './events.ts';
export type { PushMessage, PushOutcome, PushParts } from './push/post.ts';
export type { StateChange } from './push/states.ts';
export { LIMITS } from './limits.ts';
export type { Session, SessionUrls } from './session.ts';
