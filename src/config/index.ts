/** Floor 2: the only reader of configuration and environment. */
export type { Config, ListenAddress, RouteConfig } from './config.ts';
