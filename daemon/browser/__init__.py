"""A browser for pages that are nothing before their scripts have run: Chromium, driven through Playwright.

1. The browser has no network. Each of its requests is stopped before it leaves (`visit`), and asked for by bantin's own
   fetcher, with its guard and its limits, where `feeds.deciding.rendering` says that the page needs it. What is not
   stopped so, goes to a proxy that refuses everything (`nowhere`).
2. What comes out is a page's HTML, read as any other.
3. A page that hangs, or grows without end, costs itself only: it is in a process of its own, which is ended.
4. Browser and driver are started when the first page needs them, and ended when none did for a while.
"""
