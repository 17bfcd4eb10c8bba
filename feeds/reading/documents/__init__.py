"""Documents that announce stories or sources: feeds, sitemaps, OPML, and where a site has them."""
