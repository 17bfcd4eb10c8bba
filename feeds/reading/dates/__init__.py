"""Reading dates: from texts and markup to moments."""
