"""An invented provincial broadcaster, its site on loopback: the demonstration, and the tests' fixture.

Province, people and news are made up; the markup is of the kind that the first site's CMS family writes.
"""
