"""Reading: bytes of a page, a feed or a sitemap in; Teasers and Articles out."""
