"""XML of others: the one way in which bantin parses it."""

from __future__ import annotations

import lxml.etree as etree


def parse_xml(text: str, *, recover: bool = False) -> etree._Element | None:
    """The root of a document that is decoded already; None where nothing of it can be read.

    No entity is resolved, nothing is fetched, and depth and sizes have the bounds of libxml2. With ``recover`` faults
    cost what stands around them only. Raises `lxml.etree.XMLSyntaxError`.
    """
    # What the text's own declaration says of its encoding no longer holds.
    parser = etree.XMLParser(
        encoding="utf-8", resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=recover
    )
    return etree.fromstring(text.strip().encode("utf-8", "ignore"), parser)
