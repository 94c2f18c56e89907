/**
 * The configuration as the program sees it: checked, defaulted, units resolved (ms, octets),
 * relative paths made absolute. The file's own words and their defaults stand in fields.ts.
 */
export interface ListenAddress {
  /** IPv4 or IPv6 without brackets, or a host name such as "localhost". */
  readonly host: string;
  /** 0 takes a free port. */
  readonly port: number;
}

export interface RouteConfig {
  /** A domain in A-labels, or "*". */
  readonly domain: string;
  /** "alice@a.test", its local part in lower case, or "@a.test". */
  readonly sender?: string;
  /** A name, an IP address, or "unix:/path", the path absolute. */
  readonly host: string;
  /** 0 where `host` is a socket. */
  readonly port: number;
  readonly protocol: 'smtp' | 'lmtp';
  readonly tls: 'never' | 'opportunistic' | 'required' | 'implicit';
  readonly login?: { readonly user: string; readonly passwordFile: string };
}

export interface Config {
  /** The file it was read from; absent: defaults only. */
  readonly file?: string;
  readonly hostname: string;
  /** A-labels, lower case. */
  readonly domains: readonly string[];
  readonly postmaster?: string;
  readonly smtp: { readonly enabled: boolean; readonly listen: readonly ListenAddress[] };
  readonly submission: {
    readonly enabled: boolean;
    readonly listen: readonly ListenAddress[];
    readonly listenTls: readonly ListenAddress[];
    readonly showClient: boolean;
  };
  readonly pop3: {
    readonly enabled: boolean;
    readonly listen: readonly ListenAddress[];
    readonly listenTls: readonly ListenAddress[];
  };
  readonly lmtp: { readonly listen: readonly ListenAddress[] };
  readonly web: {
    readonly listen: readonly ListenAddress[];
    readonly listenTls: readonly ListenAddress[];
    /** A-labels. */
    readonly names: readonly string[];
    readonly proxy: readonly string[];
    readonly pictures: boolean;
    readonly pushLocal: boolean;
    readonly idle: number;
  };
  readonly tls: { readonly cert?: string; readonly key?: string };
  readonly login: { readonly plainOnLoopback: boolean; readonly channelBinding: readonly ('submission' | 'pop3')[] };
  readonly limits: { readonly messageSize: number; readonly perAddress: boolean; readonly perAccount: boolean };
  readonly relay: { readonly networks: readonly string[]; readonly domains: readonly string[]; readonly open: boolean };
  readonly queue: {
    readonly retry: readonly number[];
    readonly giveUp: number;
    readonly delayNotice: number;
    /** 0: off. */
    readonly suppress: number;
    readonly most: number;
    readonly mostPerDestination: number;
  };
  readonly outbound: {
    readonly port: number;
    readonly allowPrivate: boolean;
    readonly timeouts: {
      readonly connect: number;
      readonly greeting: number;
      readonly command: number;
      readonly data: number;
      readonly block: number;
      readonly dot: number;
    };
  };
  readonly client: {
    readonly keyring: 'auto' | 'on' | 'off';
    /** An https address without its last slash; '': nobody is asked. */
    readonly ispdb: string;
  };
  readonly dns: { readonly servers: readonly string[] };
  readonly journey: { readonly keep: number };
  readonly routes: readonly RouteConfig[];
}
