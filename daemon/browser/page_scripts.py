"""What runs inside a page beside its own scripts; whatever a page does to it, costs that page only."""

# No calls and no windows: both reach past what is stopped, the one by UDP, the other by its number.
#
# When the page last got or lost an element. Texts that change (clocks, counters) do not count.
WATCH = """
(() => {
  for (const name of ["RTCPeerConnection", "webkitRTCPeerConnection", "RTCDataChannel", "WebTransport"])
    delete window[name];
  window.open = () => null;
  let last = performance.now();
  new MutationObserver(all => {
    for (const one of all)
      for (const node of [...one.addedNodes, ...one.removedNodes])
        if (node.nodeType === 1 && !/^(SCRIPT|STYLE|LINK|META|IFRAME|IMG)$/.test(node.nodeName)) {
          last = performance.now();
          return;
        }
  }).observe(document, {subtree: true, childList: true});
  Object.defineProperty(window, Symbol.for("bantin idle"), {get: () => performance.now() - last});
})();
"""

# Milliseconds without a new element; links with a headline's words; letters of paragraphs.
LOOK = """
() => {
  const seen = new Set();
  for (const link of document.querySelectorAll("a[href]"))
    if (link.textContent.trim().split(/\\s+/).length >= 4) seen.add(link.href);
  let letters = 0;
  for (const one of document.querySelectorAll("p")) letters += one.textContent.length;
  return [window[Symbol.for("bantin idle")] ?? 1e9, seen.size, letters];
}
"""

SCROLL = """
() => {
  window.scrollTo(0, document.documentElement.scrollHeight);
  for (const one of document.querySelectorAll("main, section, div, ul"))
    if (one.scrollHeight > one.clientHeight + 100 && one.clientHeight > 200) one.scrollTop = one.scrollHeight;
}
"""

# Press what says "load more" in one of the languages, the last such thing of the page; whether there was one.
CLICK_MORE = """
words => {
  const said = element => element.textContent.toLowerCase().replace(/[\\d\\s.,…:!»›→+()]+/g, " ").trim();
  const means = text => words.some(word => word.endsWith("…") ? text.startsWith(word.slice(0, -1)) : text === word);
  const pressed = 'button, [role=button], a:not([href]), a[href^="#"], a[href^="javascript:"]';
  const found = [...document.querySelectorAll(pressed)]
    .filter(one => !one.disabled && one.textContent.length < 60 && means(said(one)));
  if (!found.length) return false;
  found[found.length - 1].click();
  return true;
}
"""
