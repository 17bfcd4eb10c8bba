"""What an English newcomer can read in the demonstration: the words of a second invented paper, on the same river."""

from __future__ import annotations

from daemon.demo.news import Vocabulary

ENGLISH = Vocabulary(
    sections={"town": "Town", "river": "River"},
    places=("Reed Harbour", "Oakmarsh", "Little Ferry", "Stonebridge", "Heron Quay", "Nether Bay", "Alder Mill"),
    people=("Martha Quill", "Owen Hartley", "Ruth Abbott", "Samuel Pike", "Ines Calder"),
    authors=("Nora Finch", "Tom Wren", "Ada Marsh"),
    topics={
        "town": (
            (
                "{p} opens {n} allotments behind the old station",
                "The first spades went in this morning at {n} new allotments behind {p}'s old station.",
                "the allotments",
            ),
            (
                "Night buses return to {p} after {n} days",
                "Night buses run again between {p} and the county town, {n} days after they were stopped.",
                "the night buses",
            ),
            (
                "Library van brings {n} books to {p}",
                "The travelling library has brought {n} books to {p}, half of them chosen by its schools.",
                "the library van",
            ),
            (
                "Council of {p} votes to mend the {n}-year-old clock",
                "The council of {p} has voted to mend the town's clock, {n} years old, which stopped in May.",
                "the town clock",
            ),
        ),
        "river": (
            (
                "{n} boats enter the {p} regatta",
                "This year's regatta at {p} has {n} boats, more than in any year before.",
                "the regatta",
            ),
            (
                "Ferry at {p} carries its {n},000th passenger",
                "The small ferry at {p} has carried {n},000 passengers since it was bought by the village.",
                "the ferry",
            ),
            (
                "Fishers of {p} land {n} tonnes of eel",
                "The season has ended for the fishers of {p} with {n} tonnes of eel, the best in years.",
                "the eel fishery",
            ),
            (
                "Flood wall at {p} grows by {n} metres",
                "Builders have added {n} metres to the flood wall at {p} ahead of the winter rain.",
                "the flood wall",
            ),
        ),
    },
    sentences=(
        "According to {who}, {topic} had been planned since the spring, and most people in {p} were in favour.",
        "People in {p} like to talk about {topic}, above all when it rains for days.",
        "So far {n} households have put their names down, more than were expected last month.",
        "The money comes from the parish and from families who have moved away.",
        "From early morning a small crowd had gathered in {p} to see {topic} for themselves.",
        "“We hope that this lasts,” said {who}, who has always lived in {p}.",
        "In the coming months {p} wants to go further, and has asked experts to train {n} people.",
        "The organisers say that {topic} will be looked at again at the end of the quarter.",
        "Some difficulties with the ground and the weather are being dealt with one by one.",
    ),
    captions=("People of {p} look at {topic}", "{p}, seen from the dyke", "{who} talks about {topic}"),
    updated="Update: ",
    credit="River Press",
)
