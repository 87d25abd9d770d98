"""Teams, channels, membership and posts: what the API and the pages let people do with them.  No HTTP, no table."""
