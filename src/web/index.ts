/** Floor 8: the web server, and the user interface it hands out. */
export { Entrance } from './server/entrance.ts';
export { openFiles } from './server/files.ts';
export type { StaticFiles } from './server/files.ts';
export { listenWeb } from './server/listen.ts';
export type { WebListener } from './server/listen.ts';
export { Pictures } from './server/pictures.ts';
export { PushPosts } from './server/push-posts.ts';
export { webApp } from './server/routes.ts';
