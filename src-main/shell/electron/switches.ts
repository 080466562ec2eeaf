/** Chromium's own conversations with the outside, switched off before it starts. */

/**
 * Name and value of each switch. The window has no address that is not ours, so the resolver may know none: even a part
 * of Chromium that would ask for something finds no host. daimon's own connections are Node's, in the core, through
 * the dialler; these switches do not touch them.
 */
export const SWITCHES: readonly (readonly [name: string, value?: string])[] = [
  ['host-resolver-rules', 'MAP * ~NOTFOUND'],
  ['no-proxy-server'],
  ['disable-background-networking'],
  ['disable-component-update'],
  ['disable-domain-reliability'],
  ['disable-sync'],
  ['disable-default-apps'],
  ['dns-prefetch-disable'],
  ['no-pings'],
  ['no-first-run'],
  ['force-webrtc-ip-handling-policy', 'disable_non_proxied_udp'],
  [
    'disable-features',
    [
      'AutofillServerCommunication',
      'CertificateTransparencyComponentUpdater',
      'DialMediaRouteProvider',
      'DnsOverHttps',
      'MediaRouter',
      'NetworkTimeServiceQuerying',
      'OptimizationHints',
      'Translate',
    ].join(),
  ],
];

/**
 * Ways to take a running window over from outside, which a package has no use for: with one of them another program
 * would read what is on screen through Chromium itself. In development they stay, for the end-to-end tests.
 */
export const REMOVED = ['remote-debugging-port', 'remote-debugging-pipe', 'remote-allow-origins', 'load-extension'];
