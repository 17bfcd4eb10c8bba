"""What pages that scripts build carry for them: the state, read without a browser.

1. `scripts` finds the data in a page's ``<script>`` elements, in whatever way they are handed to the scripts;
2. `references` puts together what was taken apart to be sent (flattened lists, caches by key, streamed rows);
3. `stories` tells by their shape the objects that are stories: a headline, an address, a time, a text;
4. `prose` writes the texts of such objects as HTML: they are trees of blocks as a rule;
5. `addresses` makes out the addresses of stories that have nothing but a slug, from those that the page shows.

Nothing here is keyed to a framework's names or paths: those change with each version, the shapes of stories do not.
"""
