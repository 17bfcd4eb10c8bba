"""What directories of podcasts ask for: Apple's requirements (https://podcasters.apple.com/support/823-podcast-requirements),
which the others go by, too.
"""

from __future__ import annotations

from collections.abc import Iterator

from feeds.model import FeedSpec, Media

SMALLEST, LARGEST = 1400, 3000  # pixels: what Apple takes for a side of a podcast's picture
# Apple's categories, as of November 2026, and the parts of each.
CATEGORIES: dict[str, tuple[str, ...]] = {
    "Arts": ("Books", "Design", "Fashion & Beauty", "Food", "Performing Arts", "Visual Arts"),
    "Business": ("Careers", "Entrepreneurship", "Investing", "Management", "Marketing", "Non-Profit"),
    "Comedy": ("Comedy Interviews", "Improv", "Stand-Up"),
    "Education": ("Courses", "How To", "Language Learning", "Self-Improvement"),
    "Fiction": ("Comedy Fiction", "Drama", "Science Fiction"),
    "Government": (),
    "Health & Fitness": ("Alternative Health", "Fitness", "Medicine", "Mental Health", "Nutrition", "Sexuality"),
    "History": (),
    "Kids & Family": ("Education for Kids", "Parenting", "Pets & Animals", "Stories for Kids"),
    "Leisure": ("Animation & Manga", "Automotive", "Aviation", "Crafts", "Games", "Hobbies", "Home & Garden",
                "Video Games"),
    "Music": ("Music Commentary", "Music History", "Music Interviews"),
    "News": ("Business News", "Daily News", "Entertainment News", "News Commentary", "Politics", "Sports News",
             "Tech News"),
    "Religion & Spirituality": ("Buddhism", "Christianity", "Hinduism", "Islam", "Judaism", "Religion",
                                "Spirituality"),
    "Science": ("Astronomy", "Chemistry", "Earth Sciences", "Life Sciences", "Mathematics", "Natural Sciences",
                "Nature", "Physics", "Social Sciences"),
    "Society & Culture": ("Documentary", "Personal Journals", "Philosophy", "Places & Travel", "Relationships"),
    "Sports": ("Baseball", "Basketball", "Cricket", "Fantasy Sports", "Football", "Golf", "Hockey", "Rugby",
               "Running", "Soccer", "Swimming", "Tennis", "Volleyball", "Wilderness", "Wrestling"),
    "Technology": (),
    "True Crime": (),
    "TV & Film": ("After Shows", "Film History", "Film Interviews", "Film Reviews", "TV Reviews"),
}  # fmt: skip


def known_category(category: str) -> bool:
    """Whether directories know it: one of `CATEGORIES`, alone or with one of its parts behind a ``>``."""
    name, arrow, part = (text.strip() for text in category.partition(">"))
    return name in CATEGORIES and (part in CATEGORIES[name] if arrow else True)


def faults(spec: FeedSpec, address: str, *, is_public: bool) -> Iterator[str]:
    """What a directory would refuse of what a podcast says of itself; ``is_public``: its ``address`` can be reached."""
    show = spec.show
    if not is_public:
        yield f"{address} cannot be reached from outside; set [server] public_url"
    if not show.email:
        yield 'email is not there, by which a directory asks whose the podcast is; write email = "…"'
    if not show.image:
        yield f"image is not there: the address of a square picture, JPEG or PNG, {SMALLEST} to {LARGEST} pixels a side"
    elif not show.image.partition("?")[0].lower().endswith((".jpg", ".jpeg", ".png")):
        yield f"image is {show.image}; directories take JPEG and PNG, by .jpg and .png"
    if not spec.language:
        yield 'language is not there; write a code, such as "vi"'
    if not show.category:
        yield 'category is not there; write one of Apple\'s, such as "News" or "News > Daily News"'
    if not show.description:
        yield "description is not there: what the podcast is about, in a sentence or two"


def unfit(media: Media | None) -> str | None:
    """Why a directory would refuse an episode; None: it would not."""
    if media is None:
        return "they have no file"
    if not media.bytes:
        return "their servers do not tell the files' lengths (HEAD), and enclosures have to"
    return None
