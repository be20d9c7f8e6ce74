/**
 * Keeps an open page true. A page that merely reloaded would be replaced by the browser's error when the node dies; this one stays
 * and says that it has become old. Without script the page reloads itself instead.
 */
export const REFRESH_S = 5

export const SCRIPT = `
'use strict';
const banner = document.getElementById('banner');
let answeredAt = Date.now();
async function refresh() {
  try {
    const response = await fetch('/', { signal: AbortSignal.timeout(4000) });
    if (!response.ok) throw new Error(String(response.status));
    const fresh = new DOMParser().parseFromString(await response.text(), 'text/html');
    document.querySelector('main').replaceWith(fresh.querySelector('main'));
    document.title = fresh.title;
    answeredAt = Date.now();
    banner.hidden = true;
  } catch {
    const seconds = Math.round((Date.now() - answeredAt) / 1000);
    banner.textContent = 'This node has not answered for ' + seconds + ' s: what stands below is old.';
    banner.hidden = false;
  }
  setTimeout(refresh, document.hidden ? ${REFRESH_S * 4000} : ${REFRESH_S * 1000});
}
setTimeout(refresh, ${REFRESH_S * 1000});
`
