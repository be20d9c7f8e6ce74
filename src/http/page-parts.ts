/** The pieces that the page is made of. Whatever is put into html`` is escaped. */
import { html } from 'hono/html'
import { duration, type Since } from './times.ts'

export type Html = ReturnType<typeof html>
export type Mood = 'good' | 'warn' | 'bad' | 'calm'

/** A word with a colour behind it; the word says it all, the colour only finds it faster. */
export const chip = (mood: Mood, words: string): Html => html`<span class="state ${mood}">${words}</span>`

/** A name from a configuration or a peer, kept from turning the text around it. */
export const name = (text: string): Html => html`<bdi>${text}</bdi>`

/** '3 min 20 s ago', with the exact time behind it. */
export function ago(since: Since): Html {
  const words = since.secondsAgo < 1 ? 'just now' : `${duration(since.secondsAgo)} ago`
  return html`<time datetime="${since.at}" title="${since.at}">${words}</time>`
}

/** One of several things in one cell. */
export const part = (content: Html): Html => html`<span class="part">${content}</span>`

/** Something to show where there is nothing. */
export const none = (words = 'none'): Html => html`<span class="faint">${words}</span>`

/**
 * A table whose rows become cards on a narrow screen; the roles are written out because browsers forget them when a
 * table is laid out as blocks. The first cell of a row is its heading.
 */
export function table(caption: string, columns: readonly string[], rows: readonly (readonly Html[])[]): Html {
  const head = columns.map((column) => html`<th role="columnheader" scope="col">${column}</th>`)
  const cell = (content: Html, index: number) =>
    index === 0
      ? html`<th role="rowheader" scope="row" data-label="${columns[index] ?? ''}"><div>${content}</div></th>`
      : html`<td role="cell" data-label="${columns[index] ?? ''}"><div>${content}</div></td>`
  return html`<table role="table">
<caption>${caption}</caption>
<thead role="rowgroup"><tr role="row">${head}</tr></thead>
<tbody role="rowgroup">
${rows.map((row) => html`<tr role="row">${row.map(cell)}</tr>\n`)}</tbody>
</table>`
}
