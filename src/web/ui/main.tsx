/** The browser's part of Posthorn: a mail client that speaks JMAP to the server it came from. */
import { render } from 'preact';
import './styles/tokens.css';
import './styles/base.css';
import './styles/components.css';
import './styles/shell.css';
import './styles/list.css';
import './styles/reader.css';
import './styles/compose.css';
import './styles/compose-text.css';
import './styles/outbox.css';
import './styles/accounts.css';
import { followLook } from './settings/device.ts';
import { App } from './shell/root.tsx';
import { start } from './shell/app.ts';
import { followAddress } from './shell/route.ts';
import { language } from './words/index.ts';

document.documentElement.lang = language.tag;
document.documentElement.dir = language.direction;
followLook(document.documentElement);
followAddress();
const root = document.getElementById('app');
if (root !== null) render(<App />, root);
void start();
