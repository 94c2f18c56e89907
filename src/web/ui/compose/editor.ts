/** The editor of rich text, fitted into a page that takes no HTML as a string: what it puts back went through the sanitiser. */
import Squire from 'squire-rte';

export class Editor extends Squire {
  /** Undo and redo. */
  override _setRawHTML(html: string): this {
    const nodes = this._config.sanitizeToDOMFragment(html, this);
    this._root.replaceChildren(nodes);
    if (this._root.firstChild === null) this._root.append(this.createDefaultBlock());
    this._ignoreChange = true;
    return this;
  }
}
